import type { WhyNot } from "../../wazuh/filter.ts";
import type { TagName } from "../../wazuh/integration-block.ts";
import type { BlockSums } from "./block-tally.ts";

/** What a block asks for in vain, a sentence each, with what to do where something can be done. */
export function whatNeverFires({ block, asked, passed, skipped }: BlockSums, alerts: number): readonly string[] {
  const { level } = block.filters;
  const sentences = [...asked.values()].flatMap((rule): readonly string[] => {
    if (rule.passed > 0) return [];
    const name = `rule ${rule.id}`;
    if (rule.alerts === 0) return [`${name} came in none of these alerts`];
    const times = rule.alerts === 1 ? "once" : `${rule.alerts} times`;
    const why = mostOf(rule.skipped);
    if (why === "level_too_low") {
      const line = lineOf(block.tags, "level");
      return [
        `${name} came ${times}, never above level ${rule.highestLevel}, and the block asks for level ${level}: it can't fire for it. Lower <level> to ${rule.highestLevel}${line}`,
      ];
    }
    return [`${name} came ${times} and never passed: ${why === null ? "nobody knows why" : WORDS[why]}`];
  });
  if (asked.size > 0 || passed > 0 || alerts === 0) return sentences;
  const why = mostOf(skipped);
  return [
    ...sentences,
    `not one of ${alerts} alerts passes${why === null ? "" : `, most of them because ${WORDS[why]}`}`,
  ];
}

function lineOf(tags: BlockSums["block"]["tags"], name: TagName): string {
  const tag = tags.findLast((of) => of.name === name);
  return tag === undefined ? "" : ` (line ${tag.place.line})`;
}

function mostOf(counts: ReadonlyMap<WhyNot, number>): WhyNot | null {
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

const WORDS: Readonly<Record<WhyNot, string>> = {
  disabled: "integratord leaves the block out",
  no_rule: "the alert names no rule",
  no_location: "the alert names no location",
  other_location: "<event_location> takes none of their locations",
  no_level: "the alert has no level",
  level_too_low: "their level is below <level>",
  other_group: "none of their groups is in <group>, which is compared to the letter",
  no_rule_id: "the alert has no rule id",
  other_rule: "their rule is not in <rule_id>",
};
