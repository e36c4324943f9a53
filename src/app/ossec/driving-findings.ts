// Who answers which rules: Wazuh by its own blocks, Riposte by its policies, and never both the same.
import type { Finding } from "../../core/check-up.ts";
import { eachTest, type Policy } from "../../core/policy.ts";
import { aliasOf } from "../../core/response-order.ts";
import type { Platform, RespondTerms } from "../../core/response.ts";
import type { ActiveResponseBlock } from "../../wazuh/active-response.ts";
import { SECOND_MS } from "../../core/time.ts";

/** Scripts of Wazuh's that do what an action of Riposte's does. */
const SAME: Readonly<Record<RespondTerms["do"], RegExp>> = {
  "disable-account": /^disable-account$/,
  "block-ip":
    /^(?:default-)?(?:firewall-drop|firewalld-drop|host-deny|route-null|netsh|pf|npf|ipfw|ip-customblock)(?:\.exe)?$/,
  "restart-agent": /^restart-(?:wazuh|ossec)/,
  "isolate-host": /^(?!)/,
  "run-command": /^(?!)/,
};

/** Two that lock and unlock the same account by clocks of their own end up with one of them wrong. */
export function doubleDriving(
  path: string,
  blocks: readonly ActiveResponseBlock[],
  policies: readonly Policy[],
): readonly Finding[] {
  return policies.flatMap((policy) => {
    const ids = ruleIdsOf(policy);
    return (policy.terms.respond ?? []).flatMap((terms) =>
      blocks.flatMap((block): readonly Finding[] => {
        const does = block.executable ?? block.command;
        const isSame = terms.command === null ? SAME[terms.do].test(does) : terms.command === block.command;
        if (block.disabled || !isSame) return [];
        const shared = (block.ruleIds ?? []).filter((id) => ids === null || ids.has(String(id)));
        const isWide = block.level !== null || block.rulesGroup !== null;
        if (shared.length === 0 && !isWide) return [];
        const rules = shared.length === 0 ? "every alert of its level or group" : `rule ${shared.join(", ")}`;
        const says = `${path}:${block.place.line} <active-response> ${block.command} answers ${rules}, and so does the policy ${policy.terms.name}: whoever lifts first undoes the other. Take the rule out of one of the two`;
        return [{ check: "driving", ok: false, says }];
      }),
    );
  });
}

/** Names that orders go by, and that are in ar.conf only once a block has put them there. */
export function missingAliases(
  path: string,
  blocks: readonly ActiveResponseBlock[],
  policies: readonly Policy[],
): readonly Finding[] {
  const declared = new Set(
    blocks.filter(({ disabled }) => !disabled).map(({ command, timeoutS }) => `${command}${timeoutS ?? 0}`),
  );
  const wanted = policies.flatMap(({ terms }) => (terms.respond ?? []).flatMap(aliasesOf));
  const missing = [...new Map(wanted.map((alias) => [alias.name, alias])).values()].filter(
    ({ name }) => !declared.has(name),
  );
  return missing.map(({ name, command, seconds }) => {
    const timeout = seconds === 0 ? "" : `<timeout>${seconds}</timeout>`;
    const block = `<active-response><command>${command}</command><location>local</location>${timeout}</active-response>`;
    const says = `no block puts ${name} into ar.conf, so the Wazuh API refuses it. Add to ${path}, beside the <command> of that name, and restart the manager: ${block}`;
    return { check: "alias", ok: false, says };
  });
}

/** Blocks that are there so that orders can be given by their name, and run by no alert on purpose. */
export function isAlias(
  { command, timeoutS, level, rulesGroup, ruleIds }: ActiveResponseBlock,
  policies: readonly Policy[],
): boolean {
  if (level !== null || rulesGroup !== null || ruleIds !== null) return false;
  const wanted = policies.flatMap(({ terms }) => (terms.respond ?? []).flatMap(aliasesOf));
  return wanted.some(({ name }) => name === `${command}${timeoutS ?? 0}`);
}

interface Alias {
  readonly name: string;
  readonly command: string;
  readonly seconds: number;
}

/** For agents with Linux; what others need is named for them when it is refused. */
function aliasesOf(terms: RespondTerms): readonly Alias[] {
  const platform: Platform = "linux";
  const times = terms.by === "companion" ? [null] : (terms.liftAfterMs ?? [null]);
  return times.flatMap((liftAfterMs) => {
    const agent = { id: "", name: null, registeredAt: null, platform };
    const name = aliasOf({ terms, agent, liftAfterMs });
    if (name === null) return [];
    const seconds = liftAfterMs === null ? 0 : Math.round(liftAfterMs / SECOND_MS);
    return [{ name, command: name.slice(0, name.length - String(seconds).length), seconds }];
  });
}

/** Null: any rule may be meant. */
function ruleIdsOf(policy: Policy): ReadonlySet<string> | null {
  const ids = new Set<string>();
  let isNamed = false;
  eachTest([policy], (path, test) => {
    if (path !== "rule.id") return;
    isNamed = true;
    if (test.kind === "one_of") for (const id of test.values) ids.add(id);
  });
  return isNamed ? ids : null;
}
