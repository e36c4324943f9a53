import { ACTION_RULES } from "../core/action.ts";
import type { Alert } from "../core/alert.ts";
import { textOfField } from "../core/fields.ts";
import { EFFECTS, TOKEN, type Effect, type ResponseLine } from "../core/response-line.ts";

/**
 * What an agent says of a response of ours: the companion by a line of its own, whatever rule it was given, and Wazuh's
 * own scripts by the order that they log, in which the token comes back. Null: it is nothing of the kind.
 */
export function responseLineOf(alert: Pick<Alert, "document" | "ruleId">): ResponseLine | null {
  const of = (path: string): string => textOfField(alert, path) ?? "";
  const token = of("data.riposte.token");
  const effect = token === "" ? "" : of("data.riposte.effect");
  if (TOKEN.test(token) && EFFECTS.includes(effect)) {
    return {
      token,
      kind: "looked",
      verb: verbOf(of("data.riposte.verb")),
      effect: effect as Effect,
      why: wordOf(of("data.riposte.why")),
      found: foundIn(alert),
      others: Number(/^\d{1,6}$/.exec(of("data.riposte.others"))?.[0] ?? 0),
    };
  }
  if (!ACTION_RULES.has(alert.ruleId)) return null;
  const sent = of("data.parameters.alert.data.riposte.token");
  const order = of("data.command");
  if (!TOKEN.test(sent) || (order !== "add" && order !== "delete")) return null;
  return { token: sent, kind: "ordered", order, failed: alert.ruleId === FAILED_RULE };
}

const FAILED_RULE = "658";
const VERBS = ["add", "check", "undo", "lift"] as const;

function verbOf(text: string): (typeof VERBS)[number] | "" {
  return VERBS.find((verb) => verb === text) ?? "";
}

const FOUND = ["password", "account", "keys", "sessions", "rule", "with"];

function foundIn(alert: Pick<Alert, "document">): Readonly<Record<string, string>> {
  const parts = FOUND.map((name) => [name, wordOf(textOfField(alert, `data.riposte.found.${name}`) ?? "")] as const);
  return Object.fromEntries(parts.filter(([, value]) => value !== ""));
}

/** It is shown to people, and an agent may have been taken over. */
function wordOf(text: string): string {
  return /^[a-z0-9_]{1,40}$/.test(text) ? text : "";
}
