import type { Finding } from "../../core/check-up.ts";
import type { Policy } from "../../core/policy.ts";
import { readPlainFile } from "../../ports/plain-file.ts";
import { type ActiveResponseBlock, readActiveResponses } from "../../wazuh/active-response.ts";
import type { ConfProblem } from "../../wazuh/integration-block.ts";
import { OSSEC_CONF_BYTES_MOST } from "../../wazuh/ossec-conf.ts";
import { doubleDriving, isAlias, missingAliases } from "./driving-findings.ts";

const CHECK = "unguarded";

/** What Wazuh itself does in answer to alerts, and where that goes further than was perhaps meant. */
export function responseFindings(path: string, policies: readonly Policy[] = []): readonly Finding[] {
  const file = readPlainFile(path, OSSEC_CONF_BYTES_MOST);
  // That it can't be read is said of the file itself.
  if (file.kind === "unreadable") return [];
  const { blocks, problems } = readActiveResponses(file.bytes);
  const aliases = new Set(blocks.filter((block) => isAlias(block, policies)).map(({ place }) => place.line));
  const inForce = blocks.filter(({ disabled, place }) => !disabled && !aliases.has(place.line));
  const both = [...doubleDriving(path, blocks, policies), ...missingAliases(path, blocks, policies)];
  return [
    ...both,
    ...unguardedFindings(
      path,
      inForce,
      problems.filter(({ line }) => !aliases.has(line)),
    ),
  ];
}

function unguardedFindings(
  path: string,
  inForce: readonly ActiveResponseBlock[],
  problems: readonly ConfProblem[],
): readonly Finding[] {
  if (inForce.length === 0) return [];
  if (problems.length === 0) return [{ check: CHECK, ok: true, says: guarded(inForce) }];
  return problems.map(({ line, says }) => ({
    check: CHECK,
    ok: true,
    doubtful: true,
    says: `${path}:${line} ${says}`,
  }));
}

function guarded(blocks: readonly ActiveResponseBlock[]): string {
  const each = blocks.length === 1 ? "the block names its" : `each of ${blocks.length} blocks names its`;
  return `${each} rules, acts where the alert came from, and is lifted`;
}
