import { cutPlainLine } from "../../core/plain-text.ts";
import type { OrderOutcome } from "../../core/respond-inputs.ts";
import type { AgentIds } from "./agent.ts";
import { isFields } from "./agent.ts";
import { sayRefused, sayUnreachable } from "./api-failure.ts";
import { listOf, type Called } from "./api-answer.ts";

interface About {
  readonly url: string;
  readonly ids: AgentIds;
  readonly doing: string;
}

/** Not connected now, and maybe later. */
const NOT_ACTIVE = 1707;
const REMEDIES: Readonly<Record<number, string>> = {
  1650: "the order names no command",
  1652: "the manager's ar.conf has no such command: declare it in an <active-response> block without rules (riposte doctor wazuh prints it) and restart the manager",
  1701: "the manager has no such agent",
  1750: "active response is switched off on the agent",
  4000: "the user of wazuh.api may not do this: give it a role that allows it",
};

/**
 * What an order came to. The API says 200 where it did nothing, and never that anything was done: at best it has passed
 * the order on. After the first byte only a clean refusal says that it has not.
 */
export function orderOutcomeOf(called: Called, { url, ids, doing }: About): OrderOutcome {
  if (called.kind === "not_called") return { kind: "later", reason: called.failure.reason, says: called.failure.says };
  if (called.kind === "failed") {
    const { reason, says } = sayUnreachable(url, called.answer);
    return { kind: called.answer.written ? "unknown" : "later", reason, says };
  }
  const { answer, held } = called;
  if (answer.status < 200 || answer.status > 299) {
    const { reason, says } = sayRefused(url, doing, answer, [held]);
    if (answer.status >= 500 || answer.status === 408) return { kind: "unknown", reason, says };
    if (answer.status === 429 || answer.status === 401 || answer.status === 403) return { kind: "later", reason, says };
    return { kind: "refused", says };
  }
  const list = dataOf(answer.body);
  const unreadable = {
    kind: "unknown",
    reason: "unreadable_answer",
    says: `the Wazuh API's answer to ${doing} can't be read`,
  } as const;
  if (list === null) return unreadable;
  const [id] = ids;
  if (list.items.includes(id)) return { kind: "passed_on" };
  const failure = list.failed.find((one) => one.ids.includes(id));
  if (failure === undefined) return unreadable;
  const said = cutPlainLine(failure.message, 200);
  const says =
    REMEDIES[failure.code] ?? `the Wazuh API refuses it${said === "" ? "" : `: "${said}"`} (${failure.code})`;
  return failure.code === NOT_ACTIVE
    ? { kind: "later", reason: "destination_gone", says: "the agent is not connected" }
    : { kind: "refused", says };
}

function dataOf(body: string | null): ReturnType<typeof listOf> {
  try {
    const parsed: unknown = JSON.parse(body ?? "");
    return isFields(parsed) && isFields(parsed["data"]) ? listOf(parsed["data"]) : null;
  } catch {
    return null;
  }
}
