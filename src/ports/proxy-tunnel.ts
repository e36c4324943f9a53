import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { ProxyAddress } from "../core/proxy-address.ts";
import { codeOf, reasonOf, sayCode } from "./call-failure.ts";
import { NoConnectionError } from "./no-connection.ts";

/** Where the tunnel should lead. */
export interface Target {
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
}

/**
 * A connection to the target by way of the proxy, which looks up its name. Whatever goes wrong says which proxy it
 * was and what to do; its answer is read for its status only, and nothing of it is repeated.
 */
export async function openTunnel(
  proxy: ProxyAddress,
  target: Target,
  context: SecureContext | null,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${isIP(target.hostname) === 6 ? `[${target.hostname}]` : target.hostname}:${target.port}`;
  const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
    host: proxy.hostname,
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, "user-agent": "Riposte", ...authorization(proxy) },
    agent: false,
    // Else the name would be taken from the host header, which is the target's.
    ...(context !== null && {
      secureContext: context,
      servername: isIP(proxy.hostname) === 0 ? proxy.hostname : "",
      // Said, since the environment can change what Node does where it is not.
      rejectUnauthorized: true,
    }),
  });
  request.on("error", () => {});
  const answered = once(request, "connect", { signal });
  request.end();
  let answer: IncomingMessage;
  let socket: Socket;
  let head: Buffer;
  try {
    [answer, socket, head] = (await answered) as [IncomingMessage, Socket, Buffer];
  } catch (error) {
    request.destroy();
    throw new NoConnectionError("proxy_failed", sayUnreached(proxy, signal.aborted ? "ETIMEDOUT" : codeOf(error)));
  }
  socket.on("error", () => {});
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) {
    socket.destroy();
    throw new NoConnectionError("proxy_failed", sayRefused(proxy, answer));
  }
  if (head.length > 0) socket.unshift(head);
  return socket;
}

function authorization({ login }: ProxyAddress): Record<string, string> {
  return login === null ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

function sayUnreached({ shown }: ProxyAddress, code: string): string {
  const trouble = sayCode(code);
  if (trouble !== null) return `no connection to the proxy ${shown}: ${trouble}`;
  const reason = reasonOf(code, false);
  if (reason === "name_not_resolved")
    return `the name of the proxy ${shown} is not known; look at http_client.proxy and at this machine's DNS`;
  if (reason === "connect_timeout")
    return `the proxy ${shown} did not open a tunnel in time; look whether it is up and can be reached from here`;
  if (reason === "connection_reset")
    return `the proxy ${shown} cut the connection instead of opening a tunnel; its log says why`;
  if (reason === "unreadable_answer") return `what answers at ${shown} is no HTTP proxy; look at http_client.proxy`;
  return `nothing listens at the proxy ${shown} (${code}); look at http_client.proxy, and whether it is up`;
}

function sayRefused({ shown, login }: ProxyAddress, { statusCode = 0, headers }: IncomingMessage): string {
  const what = `the proxy ${shown} opened no tunnel (${statusCode})`;
  if (statusCode === 407) {
    const offered = headers["proxy-authenticate"] ?? "";
    if (offered !== "" && !/\bbasic\b/i.test(offered))
      return `${what}: it wants a login of another kind than Basic, which Riposte can't do`;
    if (login !== null)
      return `${what}: it does not take the login; correct the name and password where http_client.proxy says they are`;
    return `${what}: it wants a login; put its address with name and password into a file and write proxy: { file: … }`;
  }
  if (statusCode >= 500) return `${what}: it could not reach the other side; its log says why`;
  if (statusCode < 400) return `${what}: it did not answer as a proxy does; look at http_client.proxy`;
  return `${what}: let it allow CONNECT to the destination's host and port, or name the host in http_client.no_proxy`;
}
