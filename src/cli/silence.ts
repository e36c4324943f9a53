import { parse } from "yaml";
import { visible } from "../core/visible.ts";
import type { SilenceDetail, SilenceDone, SilencePage, SilenceReport } from "../http/silence-routes.ts";
import type { Hidden } from "../http/silence-hides.ts";
import type { Instant } from "../core/time.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { ago, counted, duration, instant } from "./words.ts";

export interface AddFlags extends ServerFlags {
  readonly for?: number;
  readonly incident?: number;
  readonly untilResolved: boolean;
  readonly when?: string;
  readonly comment?: string;
  readonly everything: boolean;
}

export async function add(
  this: CliContext,
  flags: AddFlags,
  ...fields: readonly (readonly [string, string])[]
): Promise<void> {
  const { incident, comment, untilResolved } = flags;
  const matchers = matchersOf(flags, fields);
  if ((flags.for === undefined) === !untilResolved) {
    throw new CommandError(EXIT.usage, "say for how long: --for 4h, or with --incident also --until-resolved");
  }
  if (untilResolved && incident === undefined) {
    throw new CommandError(EXIT.usage, "--until-resolved is for one incident: --incident 12 --until-resolved");
  }
  const body = {
    ...(matchers !== null && { matchers }),
    ...(incident !== undefined && { incident }),
    ...(untilResolved ? { until_resolved: true } : { for_ms: flags.for }),
    ...(comment !== undefined && { comment }),
    ...(flags.everything && { everything: true }),
  };
  const done = await withServer(this, flags, (server) => server.post<SilenceDone>("/v1/silences", body));
  print(this, flags, done, ({ id, hides }) => `silence ${id}${hides === null ? "" : `: ${hiddenWords(hides)}`}\n`);
}

export async function list(
  this: CliContext,
  flags: ServerFlags & { readonly over: boolean; readonly limit: number },
): Promise<void> {
  const page = await withServer(this, flags, (server) =>
    server.get<SilencePage>("/v1/silences", { over: String(flags.over), limit: flags.limit }),
  );
  if (page.silences.length === 0) say(this, "no silences");
  print(this, flags, page, (data, paint) => renderSilences(data, Date.now(), paint));
}

export async function show(this: CliContext, flags: ServerFlags, id: number): Promise<void> {
  const detail = await withServer(this, flags, (server) => server.get<SilenceDetail>(`/v1/silences/${id}`));
  print(this, flags, detail, (data, paint) => renderSilence(data, Date.now(), paint));
}

export async function expire(this: CliContext, flags: ServerFlags, id: number): Promise<void> {
  const done = await withServer(this, flags, (server) => server.post<SilenceDone>(`/v1/silences/${id}/expire`, {}));
  print(this, flags, done, () => `silence ${id} is over; what it hid and is still true is told\n`);
}

/** Null: the incident says it. */
function matchersOf(
  { incident, when, everything }: AddFlags,
  fields: readonly (readonly [string, string])[],
): Readonly<Record<string, unknown>> | null {
  const given = [incident !== undefined, when !== undefined, fields.length > 0].filter(Boolean).length;
  if (given > 1 || (given === 0 && !everything)) {
    throw new CommandError(
      EXIT.usage,
      "say what: riposte silence add policy=agent-lost --for 4h, or --incident 12, or --when '{ rule.level: \"<= 10\" }'",
    );
  }
  if (incident !== undefined) return null;
  if (when !== undefined) return conditionOf(when);
  const values = Map.groupBy(fields, ([name]) => name);
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? all[0]![1] : all.map(([, value]) => value)]),
  );
}

function conditionOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // What the parser says of it helps nobody more than an example.
  }
  throw new CommandError(EXIT.usage, "--when: not a condition. Example: --when '{ rule.id: [504, 506] }'");
}

export function renderSilences({ silences, more }: SilencePage, now: Instant, paint: Paint): string {
  if (silences.length === 0) return "";
  const heads = ["SILENCE", "HIDES", "ENDS", "BY", "COMMENT"];
  const rows = silences.map((silence) => [
    String(silence.id),
    matcherWords(silence),
    endWords(silence, now),
    silence.who,
    silence.comment ?? "-",
  ]);
  return `${table(heads, rows, paint)}${more ? paint("dim", "there is more: --limit\n") : ""}`;
}

export function renderSilence({ silence, hides }: SilenceDetail, now: Instant, paint: Paint): string {
  const { id, who, comment, createdAt } = silence;
  return [
    `${paint("bold", `silence ${id}`)} by ${visible(who)}, ${ago(createdAt, now)}, ${endWords(silence, now)}\n`,
    `  hides: ${visible(matcherWords(silence))}\n`,
    ...(comment === null ? [] : [`  comment: ${visible(comment)}\n`]),
    silence.isLive ? `  ${hiddenWords(hides)}\n` : "  it is over and hides nothing\n",
    ...(silence.isLive ? hides.shown : []).map(
      ({ id: incident, severity, policy, title }) => `  #${incident} ${severity} ${policy}  ${visible(title)}\n`,
    ),
  ].join("");
}

function matcherWords({ incident, matchers }: SilenceReport): string {
  if (incident !== null) return `#${incident}`;
  const words = Object.entries(matchers).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? "everything" : words.join(", ");
}

function endWords({ endsAt, incident, isLive }: SilenceReport, now: Instant): string {
  if (endsAt === null) return `when #${incident} is over`;
  return isLive ? `in ${duration(endsAt - now)}, at ${instant(endsAt)}` : `over since ${instant(endsAt)}`;
}

function hiddenWords({ incidents, lookedAt }: Hidden): string {
  const of = lookedAt >= LOOKED_AT ? ` of the newest ${lookedAt}` : "";
  return `hides ${counted(incidents, "open incident")}${of}`;
}

/** With so many open incidents not all of them were looked at. */
const LOOKED_AT = 2_000;
