import type { Instant } from "../../core/time.ts";
import { whenOf } from "../../wazuh/block-policy.ts";
import type { OssecBlock } from "./blocks.ts";

export interface ImportedConfig {
  readonly ossecConf: string;
  readonly alerts: string;
  readonly blocks: readonly OssecBlock[];
  readonly now: Instant;
}

/** A config that has the blocks as they are, and says in comments what they are. */
export function importedConfig({ ossecConf, alerts, blocks, now }: ImportedConfig): string {
  const policies = blocks.flatMap(({ name, line, block, destination }) => [
    `#   - name: ${name}  # ${destination.type}, line ${line}`,
    `#     when: ${plain(whenOf(block.filters))}`,
    "#     group_by: [rule.id, agent.id]",
    "#     collapse: off",
  ]);
  return [
    `# Written by riposte import on ${new Date(now).toISOString().slice(0, 10)}.`,
    "store: sqlite:/var/lib/riposte/riposte.db",
    `wazuh: { alerts: ${plain(alerts)} }`,
    "",
    "# The <integration> blocks that Riposte can send. They are shown and not sent until `riposte takeover` moves them.",
    `ossec_conf: ${plain(ossecConf)}`,
    ...(policies.length === 0 ? [] : ["", "# As policies of your own they would be:", ...policies]),
    "",
  ].join("\n");
}

/** JSON is YAML, and in ASCII nothing of it can end a comment. */
function plain(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
