import { chmodSync, lstatSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { DoorTls } from "../ports/door-settings.ts";
import { readDoorTls } from "../ports/door-tls.ts";
import {
  boundConnections,
  type DoorBounds,
  type Fetch,
  plainServer,
  SOCKET_BOUNDS,
  TCP_BOUNDS,
  tlsServer,
} from "./server.ts";
import { type DoorTlsTeller, followDoorTls, sayDoorTroubles } from "./tls.ts";

export type { Fetch } from "./server.ts";

export interface Listening {
  readonly kind: "listening";
  /** `127.0.0.1:8080`, or the socket's path. */
  readonly address: string;
  /** Takes no new request; resolves when those under way are answered, or cut off after `STOP_MS`. */
  stop(): Promise<void>;
}

export interface CannotListen {
  readonly kind: "cannot_listen";
  readonly code: "in_use" | "not_permitted" | "bad_address" | "bad_tls";
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

const STOP_MS = 2 * SECOND_MS;
/** The kernel's limit for the path of a Unix socket, less its final zero (unix(7)). */
const MOST_PATH_BYTES = 107;
/** Where it is bound before it has its name. */
const NURSERY = ".s-";
const NURSERY_BYTES = Buffer.byteLength(`/${NURSERY}123456/s`);

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly tls?: { readonly files: DoorTls; readonly tell: DoorTlsTeller };
  /** Where they are others than usual. */
  readonly bounds?: Partial<DoorBounds>;
}

export async function listenTcp(fetch: Fetch, options: TcpOptions): Promise<Listening | CannotListen> {
  const { host, port, clock, tls } = options;
  const bounds = { ...TCP_BOUNDS, ...options.bounds };
  const read = tls === undefined ? null : await readDoorTls(tls.files);
  if (read?.kind === "unusable") {
    return { kind: "cannot_listen", code: "bad_tls", message: sayDoorTroubles(read.troubles) };
  }
  const server = read === null ? plainServer(fetch, bounds) : tlsServer(fetch, bounds, read);
  const connections = boundConnections(server, bounds);
  const error = await listen(server, { host, port });
  if (error !== null) return cannotListen(error, `${host}:${port}`);
  let cancelOld = (): void => {};
  const unfollow =
    tls === undefined || read === null
      ? () => {}
      : followDoorTls({
          ...tls,
          first: read,
          clock,
          use(renewed, before) {
            (server as TlsServer).setSecureContext(renewed.context);
            if (renewed.clientCa === before.clientCa) return;
            // Whoever was let in by a CA that is none any more comes anew, or not.
            const old = [...connections];
            cancelOld();
            cancelOld = clock.after(OLD_CA_MS, () => {
              for (const socket of old) socket.destroy();
            });
          },
        });
  return {
    kind: "listening",
    address: addressOf(server.address() as AddressInfo),
    stop() {
      unfollow();
      cancelOld();
      return stop(server, clock);
    },
  };
}

/** Requests under way end within that. */
const OLD_CA_MS = 10 * SECOND_MS;

/**
 * The admin socket: whoever may open the file may do everything, so it is 0600 from the moment it has its name, in
 * a directory where nobody else can put another in its place. What a dead server left behind is replaced.
 */
export async function listenSocket(
  fetch: Fetch,
  options: { readonly path: string; readonly clock: Clock },
): Promise<Listening | CannotListen> {
  const { path, clock } = options;
  const refused = refusedPath(path) ?? (await occupiedBy(path));
  if (refused !== null) return refused;
  const server = plainServer(fetch, SOCKET_BOUNDS);
  let nursery: string;
  try {
    // Bound under another name in a directory of our own: whatever the umask, nobody connects before the mode is set.
    nursery = mkdtempSync(join(dirname(path), NURSERY));
  } catch (error) {
    return cannotListen(error as NodeJS.ErrnoException, path);
  }
  const newborn = join(nursery, "s");
  try {
    const error = await listen(server, { path: newborn });
    if (error !== null) return cannotListen(error, path);
    chmodSync(newborn, 0o600);
    renameSync(newborn, path);
  } catch (error) {
    await stop(server, clock);
    return cannotListen(error as NodeJS.ErrnoException, path);
  } finally {
    // Not recursively: that would list the folder, for which nothing may be left to open.
    rmSync(newborn, { force: true });
    rmdirSync(nursery);
  }
  const ours = lstatSync(path).ino;
  return {
    kind: "listening",
    address: path,
    async stop() {
      await stop(server, clock);
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === ours) unlinkSync(path);
    },
  };
}

/** Whether a server answers at the socket. */
export function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function refusedPath(path: string): CannotListen | null {
  const directory = dirname(path);
  if (Math.max(Buffer.byteLength(path), Buffer.byteLength(directory) + NURSERY_BYTES) > MOST_PATH_BYTES) {
    return bad(`${path}: too long for a socket (${MOST_PATH_BYTES} bytes at most). Name a shorter path`);
  }
  const stat = statSync(directory, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return bad(`${directory}: no such directory. Make it, or name another path`);
  const sticky = (stat.mode & 0o1000) !== 0;
  if ((stat.mode & 0o022) !== 0 && !sticky) {
    return bad(
      `${directory}: others may write there and could put their own socket in place. Run: chmod go-w ${directory}`,
    );
  }
  return null;
}

async function occupiedBy(path: string): Promise<CannotListen | null> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return null;
  if (!there.isSocket()) return bad(`${path}: is there and is no socket. Move it away, or name another path`);
  if (!(await isAlive(path))) return null;
  return {
    kind: "cannot_listen",
    code: "in_use",
    message: `${path}: another server is answering there. Stop it first, or name another path`,
  };
}

function listen(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once("error", failed);
    server.listen(where, () => {
      server.off("error", failed);
      // One connection that can't be accepted is no reason to end: whoever it was asks again.
      server.on("error", () => {});
      resolve(null);
    });
  });
}

function stop(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(STOP_MS, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

function addressOf({ address, family, port }: AddressInfo): string {
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}

const REFUSALS: Readonly<Record<string, readonly [CannotListen["code"], string]>> = {
  EADDRINUSE: ["in_use", "someone is listening there already. Stop him, or name another address"],
  EACCES: ["not_permitted", "this user may not open it. Name another, or give the right"],
  EPERM: ["not_permitted", "this user may not open it. Name another, or give the right"],
  EROFS: ["not_permitted", "the file system is read-only. Name a path on another"],
  EADDRNOTAVAIL: ["bad_address", "this machine has no such address. Name one that it has"],
  ENOTFOUND: ["bad_address", "no such name. Name an address of this machine"],
};

function cannotListen(error: NodeJS.ErrnoException, where: string): CannotListen {
  const [code, says] = REFUSALS[error.code ?? ""] ?? ["bad_address", "can't be listened on. Name another"];
  return { kind: "cannot_listen", code, message: `${where}: ${says} (${error.code ?? error.name})` };
}

function bad(message: string): CannotListen {
  return { kind: "cannot_listen", code: "bad_address", message };
}
