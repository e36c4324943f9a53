import type { HttpRequest } from "../../src/ports/http.ts";
import type { KindOfCall } from "./sim-net.ts";

export function kindOfChatCall({ method, url }: Pick<HttpRequest, "method" | "url">): KindOfCall {
  if (method === "GET") return "asks";
  return isPost(url) ? "adds" : "changes";
}

/** Each method of Slack's has a limit of its own: only posting, which goes by the channel, holds up all else. */
export function isOfOneMethod(url: string): boolean {
  return url.startsWith("https://chat.sim/") && !isPost(url);
}

function isPost(url: string): boolean {
  return new URL(url).pathname.endsWith("/chat.postMessage");
}
