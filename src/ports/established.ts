import { once } from "node:events";
import type { Socket } from "node:net";
import { MINUTE_MS } from "../core/time.ts";
import { codeOf, reasonOf, sayCode } from "./call-failure.ts";
import { NoConnectionError } from "./no-connection.ts";

/** The socket once it can be written to; else a `NoConnectionError`, and nothing is left open. */
export async function established(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<Socket> {
  // Heard for as long as nobody else listens. Ended by it, since after a TLS alert the socket only goes on to its plain
  // end, and whoever writes to it would never learn why.
  socket.on("error", (error) => void socket.destroy(error));
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    const code = signal.aborted ? "ETIMEDOUT" : codeOf(error);
    throw new NoConnectionError(reasonOf(code, false), sayCode(code), { cause: error });
  }
  if (socket.destroyed) throw new NoConnectionError("connection_reset", null);
  return socket.setNoDelay(true).setKeepAlive(true, MINUTE_MS);
}
