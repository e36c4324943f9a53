import type { Finding } from "../../core/check-up.ts";
import type { Later } from "../../core/outcome.ts";
import { SECOND_MS } from "../../core/time.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { Io } from "../connector.ts";
import { openAccess, type Access } from "./access.ts";
import { channelsOf } from "./app-next.ts";
import { Channels } from "./channels.ts";
import { readSlack } from "./client.ts";
import type { AppConfig } from "./kind.ts";
import { CLOCK_DIFFERENCE_MS } from "./find-message.ts";
import { memberOf, textIn } from "./members.ts";
import { NEEDED_SCOPES, SCOPES } from "./scopes.ts";

const ADD_SCOPE =
  "open the app at https://api.slack.com/apps, OAuth & Permissions, add it under Bot Token Scopes, and press Reinstall to Workspace";
/** More than this is not yet wrong, but on its way there. */
const CLOCK_WORTH_SAYING_MS = 60 * SECOND_MS;

/** Everything that can be told without showing anything to anybody, one finding each. */
export async function diagnose(config: AppConfig, io: Io): Promise<readonly Finding[]> {
  const access = await openAccess(config, io);
  if (access.kind === "later") return [bad("token", access)];
  const beganAt = io.clock?.now() ?? io.now;
  const self = await readSlack(io, access, "its own name", { method: "auth.test", query: {} }, selfIn);
  if (self.kind === "later") return [bad("token", self)];
  const { team, user, url } = self.value;
  const endedAt = io.clock?.now() ?? io.now;
  const findings: Finding[] = [
    good("token", `the token is ${cutPlainLine(user, 80)}'s in ${cutPlainLine(team, 80)} (${cutPlainLine(url, 120)})`),
    ...scopeFindings(self.http.headers["x-oauth-scopes"], config),
    ...clockFindings(self.http.headers["date"], (beganAt + endedAt) / 2),
  ];
  const channels = new Channels();
  for (const name of channelsOf(config)) findings.push(await channelFinding(name, channels, access, io));
  return findings;
}

/** What Slack says of itself with each answer; a proxy may take it off. */
function scopeFindings(header: string | undefined, { people }: AppConfig): readonly Finding[] {
  if (header === undefined)
    return [{ check: "scopes", ok: true, doubtful: true, says: "Slack did not say which scopes the app has" }];
  const granted = new Set(header.split(",").map((scope) => scope.trim()));
  const wanted = Object.keys(SCOPES).filter((scope) => scope !== "commands" || people !== undefined);
  const missing = wanted.filter((scope) => !granted.has(scope));
  if (missing.length === 0) return [good("scopes", `has all scopes: ${wanted.join(", ")}`)];
  return missing.map((scope) => {
    const says = `lacks ${scope} (${SCOPES[scope]}): ${ADD_SCOPE}`;
    const isNeeded = NEEDED_SCOPES.includes(scope);
    // A workspace that has only public channels needs none of the others' scopes.
    return isNeeded ? { check: "scopes", ok: false, says } : { check: "scopes", ok: true, doubtful: true, says };
  });
}

function clockFindings(header: string | undefined, ours: number): readonly Finding[] {
  const theirs = Date.parse(header ?? "");
  if (Number.isNaN(theirs)) return [good("clock", "Slack does not say what time it has")];
  const apart = theirs + SECOND_MS / 2 - ours;
  const seconds = Math.round(Math.abs(apart) / SECOND_MS);
  const says = `this machine's clock is ${seconds} s ${apart < 0 ? "ahead of" : "behind"} Slack's`;
  if (Math.abs(apart) < CLOCK_WORTH_SAYING_MS) return [good("clock", says)];
  const allowed = CLOCK_DIFFERENCE_MS / SECOND_MS;
  return [
    {
      check: "clock",
      ok: false,
      says: `${says}: set it right, best by NTP. Looks for lost messages allow for ${allowed} s`,
    },
  ];
}

async function channelFinding(configured: string, channels: Channels, access: Access, io: Io): Promise<Finding> {
  const check = `channel ${configured}`;
  const channel = await channels.idOf(configured, access, io);
  if (typeof channel !== "string") return bad(check, channel);
  const read = await readSlack(io, access, configured, { method: "conversations.info", query: { channel } }, infoIn);
  if (read.kind === "later") return bad(check, read);
  const { name, isArchived, isMember, isPrivate } = read.value;
  const named = `#${cutPlainLine(name, 80)} (${channel})`;
  if (isArchived) return { check, ok: false, says: `${named} is archived: unarchive it, or name another one` };
  if (isMember) return good(check, `the app is in ${named}`);
  if (isPrivate) return { check, ok: false, says: `the app is not in ${named}: write /invite @Riposte there` };
  return {
    check,
    ok: true,
    doubtful: true,
    says: `the app is not in ${named} yet, and joins it with its first message`,
  };
}

export function good(check: string, says: string): Finding {
  return { check, ok: true, says };
}

export function bad(check: string, { evidence }: Pick<Later, "evidence">): Finding {
  return { check, ok: false, says: evidence };
}

function selfIn(json: unknown) {
  const self = { url: textIn(json, "url"), team: textIn(json, "team"), user: textIn(json, "user") };
  const { url, team, user } = self;
  return url === null || team === null || user === null ? null : { url, team, user };
}

function infoIn(json: unknown) {
  const channel = memberOf(json, "channel");
  const name = textIn(channel, "name");
  const is = (what: string): boolean => memberOf(channel, `is_${what}`) === true;
  return name === null ? null : { name, isArchived: is("archived"), isMember: is("member"), isPrivate: is("private") };
}
