import { once } from "node:events";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { MINUTE_MS } from "../core/time.ts";
import { codeOf, isOwnCertificateRefused, reasonOf, sayCode } from "./call-failure.ts";
import { NoConnectionError } from "./no-connection.ts";

/** The socket once it can be written to; else a `NoConnectionError`, and nothing is left open. */
export async function established(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<Socket> {
  // Heard for as long as nobody else listens. Ended by it, since after a TLS alert the socket only goes on to its plain
  // end, and whoever writes to it would never learn why.
  socket.on("error", (error) => void socket.destroy(neverLetIn(socket, error) ?? error));
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    const code = signal.aborted ? "ETIMEDOUT" : codeOf(error);
    throw new NoConnectionError(reasonOf(code, false), sayCode(code), { cause: error });
  }
  return usable(socket);
}

/** The socket, if it is one to write a request to. */
export function usable(socket: Socket): Socket {
  if (socket.destroyed) throw new NoConnectionError("connection_reset", null);
  if (socket.readableLength > 0) {
    // undici would give it up and make a new one, and so on, as fast as it can.
    socket.destroy();
    const says = "what answers there speaks before it is asked, which is not HTTP; look whether the port is right";
    throw new NoConnectionError("unreadable_answer", says);
  }
  return socket.setNoDelay(true).setKeepAlive(true, MINUTE_MS);
}

/**
 * Since TLS 1.3 the other side judges our certificate after we may have written. Its handshake has not ended then, so
 * it has read nothing of what came behind. Once it has answered anything its handshake is over, and in TLS 1.2 it is
 * over before we write: such an alert then says nothing about what became of the request.
 */
function neverLetIn(socket: Socket, error: unknown): NoConnectionError | null {
  const code = codeOf(error);
  if (!isOwnCertificateRefused(code) || !(socket instanceof TLSSocket)) return null;
  if (socket.getProtocol() !== "TLSv1.3" || socket.bytesRead > 0) return null;
  return new NoConnectionError("tls_failed", sayCode(code), { cause: error });
}
