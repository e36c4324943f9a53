// A rule of Wazuh's own that silences a part of another, for who would rather not have its alerts at all.
import { join } from "node:path";
import { readPlainFile } from "../ports/plain-file.ts";
import type { RuleNoise } from "./replay/noise-tally.ts";

export interface QuietRule {
  readonly rule: string;
  /** Of the messages, or where there are none of the alerts that a policy takes. */
  readonly share: number;
  /** For etc/rules/local_rules.xml of the manager. */
  readonly xml: string;
}

/** Less is not most of the noise. */
const SHARE_LEAST = 1 / 3;
/** Where Wazuh has people put rules of their own. */
const FIRST_ID = 100_900;
const LAST_ID = 120_000;
const FILE_BYTES_MOST = 4 * 1_048_576;

/** Null: no rule is most of the noise. `home` is where a Wazuh is whose own rules must not be meant, or null. */
export function quietRule(rules: readonly RuleNoise[], home: string | null): QuietRule | null {
  const sum = (of: (rule: RuleNoise) => number): number => rules.reduce((all, rule) => all + of(rule), 0);
  const counts = (rule: RuleNoise): number => (sum((each) => each.messages) > 0 ? rule.messages : rule.alerts);
  const [loudest] = rules;
  if (loudest === undefined || !/^\d{1,9}$/.test(loudest.id)) return null;
  const share = counts(loudest) / Math.max(1, sum(counts));
  if (share < SHARE_LEAST) return null;
  const id = freeId(home);
  const { address } = loudest;
  // With no address the whole rule falls silent, and whoever copies this must have seen that.
  const narrow =
    address === null
      ? [
          "    <!-- narrow it: <srcip>, <user>, <hostname>, <match> or <field>; without one all of the rule is silent -->",
        ]
      : [`    <srcip>${address.ip}</srcip>`];
  const xml = [
    '<group name="local,">',
    `  <rule id="${id}" level="0">`,
    `    <if_sid>${loudest.id}</if_sid>`,
    ...narrow,
    `    <description>Not told: rule ${loudest.id}${address === null ? "" : ` from ${address.ip}`}</description>`,
    "  </rule>",
    "</group>",
  ];
  return { rule: loudest.id, share, xml: `${xml.join("\n")}\n` };
}

function freeId(home: string | null): number {
  const read = home === null ? null : readPlainFile(join(home, "etc/rules/local_rules.xml"), FILE_BYTES_MOST);
  const text = read?.kind === "bytes" ? Buffer.from(read.bytes).toString("latin1") : "";
  const taken = new Set([...text.matchAll(/<rule\s[^>]*id="(\d{1,6})"/g)].map(([, id]) => Number(id)));
  for (let id = FIRST_ID; id < LAST_ID; id += 1) if (!taken.has(id)) return id;
  return FIRST_ID;
}
