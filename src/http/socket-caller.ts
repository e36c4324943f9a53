import type { Context } from "hono";
import { cutPlainLine } from "../core/plain-text.ts";
import { type Caller, MAY_ALL } from "./caller.ts";
import { decodeWho, WHO_HEADER } from "./client-name.ts";

const MOST_CHARACTERS = 64;

/**
 * Who asks at the admin socket. It is open to its owner only, so what he calls himself is believed; what he calls
 * himself also goes to Slack and into tickets, so it is one short line.
 */
export function callerAtSocket(context: Context): Caller {
  const said = decodeWho(context.req.header(WHO_HEADER) ?? "");
  return { name: cutPlainLine(said, MOST_CHARACTERS) || "someone at the admin socket", may: MAY_ALL };
}
