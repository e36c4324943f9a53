import { lineWithNote } from "../core/agent-note.ts";
import type { Alert, KeptAlert, PolicyMatch } from "../core/alert.ts";
import type { Instant } from "../core/time.ts";
import { actionOf, echoOf } from "./action-line.ts";
import type { Enrich } from "./enrich.ts";
import { responseLineOf } from "./response-answer.ts";
import { isLogin, suspectOf } from "./suspect.ts";
import { alertFromWazuh4, type Unreadable } from "./wazuh4.ts";

/** What is to become of the lines of a source. */
export interface LineJudge {
  /** Whether no policy can want the line between these bytes. A line that is not refused is judged in full. */
  refuse(bytes: Uint8Array, start: number, end: number): boolean;
  judge(line: string, now: Instant): Judgement;
}

export type Judgement =
  | { readonly kind: "kept"; readonly alert: KeptAlert }
  | { readonly kind: "ignored" }
  | Unreadable;

const IGNORED: Judgement = { kind: "ignored" };

/**
 * A judge over compiled policies, in whatever form `match` takes them. Where they respond, it also keeps what tells who
 * got in from where, and what agents say of responses. With `enrich` they are asked about what is known of the agent as
 * well, and what was known is kept with the line.
 */
export function createLineJudge<Policies>(
  policies: Policies,
  refuse: LineJudge["refuse"],
  match: (policies: Policies, alert: Alert) => readonly PolicyMatch[],
  responds = false,
  enrich: Enrich | null = null,
): LineJudge {
  function judge(line: string, now: Instant): Judgement {
    const read = alertFromWazuh4(line, now);
    if (read.kind === "malformed") return read;
    const enriched = enrich === null ? null : enrich(read.alert.document, now);
    const alert = enriched === null ? read.alert : { ...read.alert, document: enriched.document };
    const matches = match(policies, alert);
    const asEnriched = (document: Alert["document"]) => enrich?.(document, now).document ?? document;
    const action = actionOf(alert, (document) => match(policies, { ...alert, document: asEnriched(document) }));
    const said = responseLineOf(alert);
    const isWanted = matches.length > 0 || action !== undefined || said !== null;
    const login = responds && isLogin(alert);
    if (!isWanted && !login && !(responds && echoOf(alert)?.kind === "start")) return IGNORED;
    const echo = echoOf(alert);
    const isAnswered = login || matches.some(({ respond }) => respond !== undefined);
    const { identity, at, level, title, agentId, agentName } = alert;
    const raw = lineWithNote(alert.raw, enriched?.note(matches.map(({ policy }) => policy)) ?? null);
    const kept = { identity, at, level, title, agentId, agentName, raw, matches };
    return {
      kind: "kept",
      alert: {
        ...kept,
        ...(action !== undefined && { action }),
        ...(echo !== undefined && { echo }),
        ...(said !== null && { said }),
        ...(isAnswered && { suspect: suspectOf(alert) }),
      },
    };
  }

  return { refuse, judge };
}
