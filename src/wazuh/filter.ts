import type { Alert } from "../core/alert.ts";
import { atoi } from "./c-number.ts";
import type { IntegrationBlock } from "./integration-block.ts";
import { osMatches } from "./os-match.ts";

/** Why integratord does not call the script. It asks in this order and stops at the first. */
export type WhyNot =
  | "disabled"
  | "no_rule"
  | "no_location"
  | "other_location"
  | "no_level"
  | "level_too_low"
  | "other_group"
  | "no_rule_id"
  | "other_rule";

export type Verdict = { readonly kind: "passes" } | { readonly kind: "skipped"; readonly why: WhyNot };

type Fields = Readonly<Record<string, unknown>>;

/** Whether integratord would call the block's script for the alert. */
export function decide(block: IntegrationBlock, { document }: Pick<Alert, "document">): Verdict {
  const why = block.enabled ? whyNot(block, document) : "disabled";
  return why === null ? { kind: "passes" } : { kind: "skipped", why };
}

function whyNot({ filters }: IntegrationBlock, document: Fields): WhyNot | null {
  const rule = own(document, "rule");
  if (rule === undefined) return "no_rule";
  if (filters.location !== null) {
    const location = own(document, "location");
    if (typeof location !== "string") return "no_location";
    if (!osMatches(filters.location, location)) return "other_location";
  }
  if (filters.level !== 0) {
    const level = own(rule, "level");
    if (level === undefined) return "no_level";
    if (wholeNumber(level) < filters.level) return "level_too_low";
  }
  if (filters.group !== null && !sharesGroup(filters.group, own(rule, "groups"))) return "other_group";
  if (filters.ruleIds !== null) {
    const id = own(rule, "id");
    if (typeof id !== "string") return "no_rule_id";
    if (!filters.ruleIds.includes(atoi(id))) return "other_rule";
  }
  return null;
}

/** Byte for byte, and with the spaces that stand beside the commas. What follows a last comma is not asked for. */
function sharesGroup(list: string, groups: unknown): boolean {
  const wanted = list.split(",");
  if (wanted.at(-1) === "") wanted.pop();
  return Array.isArray(groups) && groups.some((group) => typeof group === "string" && wanted.includes(group));
}

/** As Wazuh's JSON reader keeps whole numbers; compared without a sign. */
function wholeNumber(value: unknown): number {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "number") return 0;
  return Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1)) >>> 0;
}

function own(fields: unknown, name: string): unknown {
  if (typeof fields !== "object" || fields === null || !Object.hasOwn(fields, name)) return undefined;
  return (fields as Fields)[name];
}
