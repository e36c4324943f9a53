import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import type { buildConnector } from "undici";
import { isPastProxy, readNoProxy } from "../core/no-proxy.ts";
import { readProxyAddress, type ProxyAddress } from "../core/proxy-address.ts";
import type { Clock } from "./clock.ts";
import { established, usable } from "./established.ts";
import { NoConnectionError } from "./no-connection.ts";
import { openTunnel, type Target } from "./proxy-tunnel.ts";
import type { Secrets } from "./secrets.ts";
import { pinnedCertificate } from "./pinned-certificate.ts";
import { followTlsFiles } from "./tls-follower.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

export interface WayOutOptions {
  readonly settings: WayOutSettings;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** For DNS, the proxy, TCP and TLS together. */
  readonly timeoutMs: number;
  /** Told of a file that can't be used any more, while what was read before stays in use. */
  readonly troubled: (says: string) => void;
}

export interface WayOut {
  readonly connector: buildConnector.connector;
  /** Gives up every connection that is not there yet. */
  close(): void;
}

/**
 * Makes every connection to the outside: straight or through the proxy, and with the certificates that are in the
 * files now. A connection is handed over when the first byte of a request may be written to it, and no sooner.
 */
export function openWayOut(options: WayOutOptions): WayOut {
  const { settings, secrets, clock, timeoutMs } = options;
  const rules = settings.noProxy.map(readNoProxy).filter((rule) => typeof rule !== "string");
  const files = followTlsFiles(options);
  const fingerprint = settings.proof?.fingerprint ?? null;
  const pin = fingerprint === null ? null : pinnedCertificate(fingerprint, options);
  const sessions = sessionStore();
  const pending = new Set<AbortController>();

  async function open(protocol: string, target: Target, signal: AbortSignal): Promise<Socket> {
    const proxy = isPastProxy(rules, target.hostname, target.port) ? null : await proxyNow(settings, secrets);
    const usual = protocol === "https:" || proxy?.protocol === "https:" ? await files.context() : null;
    const context = protocol === "https:" && pin !== null ? await pin.context(usual) : usual;
    const tunnel = proxy === null ? null : await openTunnel(proxy, target, usual, signal);
    if (protocol !== "https:" || context === null)
      return tunnel === null ? established(tcp(target), "connect", signal) : usable(tunnel);
    const kept = sessions.of(context);
    const socket = connectTls({
      ...(tunnel === null ? { port: target.port } : { socket: tunnel }),
      host: target.hostname,
      // An address of numbers has no name to ask for, and a name is asked for without the dot that may end it.
      ...(isIP(target.hostname) === 0 && { servername: target.hostname.replace(/\.$/, "") }),
      ALPNProtocols: ["http/1.1"],
      // Said, since the environment can change what Node does where it is not.
      rejectUnauthorized: true,
      secureContext: context,
      session: kept.get(target),
      ...(pin !== null && { checkServerIdentity: pin.check }),
    });
    socket.on("session", (session) => kept.put(target, session));
    pin?.watch(socket);
    return established(socket, "secureConnect", signal);
  }

  async function openKnown(protocol: string, target: Target, signal: AbortSignal): Promise<Socket> {
    const before = pin?.known ?? false;
    try {
      return await open(protocol, target, signal);
    } catch (error) {
      // The first handshake is refused, as it should be of a stranger; by then it has shown its certificate.
      if (pin !== null && !before && pin.known && !signal.aborted) return open(protocol, target, signal);
      throw pin?.explain(error) ?? error;
    }
  }

  async function hand(protocol: string, target: Target, callback: buildConnector.Callback): Promise<void> {
    const abort = new AbortController();
    pending.add(abort);
    const cancel = clock.after(timeoutMs, () => abort.abort());
    let socket: Socket | null = null;
    let failure: Error | null = null;
    try {
      socket = await openKnown(protocol, target, abort.signal);
    } catch (error) {
      failure = error as Error;
    }
    cancel();
    pending.delete(abort);
    if (socket === null) callback(failure ?? new Error("no connection and no reason"), null);
    else callback(null, socket);
  }

  return {
    connector({ protocol, hostname, port }, callback) {
      const target = { hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
      hand(protocol, target, callback).catch((bug: unknown) => {
        throw bug;
      });
    },
    close() {
      for (const abort of pending) abort.abort();
    },
  };
}

function tcp({ hostname, port }: Target): Socket {
  return connectTcp({ host: hostname, port });
}

/** The proxy, whose address may have been replaced since it was last asked for; null: there is none. */
async function proxyNow({ proxy }: WayOutSettings, secrets: Secrets): Promise<ProxyAddress | null> {
  if (proxy === null) return null;
  const found = typeof proxy === "string" ? proxy : await secrets.read(proxy);
  if (typeof found !== "string" && found.kind === "unreadable")
    throw new NoConnectionError("secret_unreadable", `http_client.proxy: ${found.why}`);
  const address = readProxyAddress(typeof found === "string" ? found : found.value);
  if (typeof address === "string") throw new NoConnectionError("secret_unreadable", `http_client.proxy: ${address}`);
  return address;
}

/** As many hosts as are remembered: a kept session spares half of the next handshake. */
const HOSTS_MOST = 100;

interface Sessions {
  get(target: Target): Buffer | undefined;
  put(target: Target, session: Buffer): void;
}

/** Sessions end with the certificates under which they were made. */
function sessionStore(): { of(context: SecureContext): Sessions } {
  const all = new WeakMap<SecureContext, Map<string, Buffer>>();
  const keyOf = ({ hostname, port }: Target): string => `${hostname} ${port}`;
  return {
    of(context) {
      const kept = all.get(context) ?? new Map<string, Buffer>();
      all.set(context, kept);
      return {
        get: (target) => kept.get(keyOf(target)),
        put(target, session) {
          kept.delete(keyOf(target));
          if (kept.size >= HOSTS_MOST) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
          kept.set(keyOf(target), session);
        },
      };
    },
  };
}
