// The two files of integrations: the one that integratord reads, and the one of the blocks that were taken over.
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ConfigError } from "../../config/problem.ts";
import type { OssecConfConfig } from "../../config/schema.ts";
import { readPlainFile } from "../../ports/plain-file.ts";
import type { NamedBlock } from "../../wazuh/block-names.ts";
import type { ConfProblem } from "../../wazuh/integration-block.ts";
import { OSSEC_CONF_BYTES_MOST, type OssecConf, readOssecConf } from "../../wazuh/ossec-conf.ts";
import { readNames } from "./kept-names.ts";
import { type LastCopy, readLastCopy } from "./unsent.ts";

export interface OssecReading {
  /** integratord's. */
  readonly conf: FileReading;
  readonly takenOver: FileReading;
  readonly jiraScript: JiraScript;
  /** Null: nothing is known of a takeover. */
  readonly lastCopy: LastCopy | null;
  /** What blocks were called before. */
  readonly names: readonly NamedBlock[];
  /** Each alert is an incident of its own. */
  readonly onePerAlert?: true;
}

/**
 * What integratord runs for a block `custom-jira`: the script that hands the alert over to Riposte, or another. That
 * one matters only where Riposte has a spool to take it from.
 */
export type JiraScript = "hands_over" | "another";

export interface FileReading {
  readonly path: string;
  /** What was found there: equal only for equal bytes, or for the same trouble. */
  readonly found: string;
  /** What counts: as it is now, or where that is bad as it was last. Null: nothing. */
  readonly conf: OssecConf | null;
  /** About the file as it is now. */
  readonly problems: readonly ConfigError[];
}

const TAKEN_OVER = "integrations.ossec.conf";

/** Where the blocks are that were taken over, unless the config says where: beside the config. */
export function takenOverPath({ takenOver }: OssecConfConfig, configPath: string): string {
  return takenOver ?? join(dirname(resolve(configPath)), TAKEN_OVER);
}

/** Reads both; what is bad now counts as it was `earlier`. Names are remembered in a folder, or nowhere. */
export function readOssecFiles(
  config: OssecConfConfig & { readonly hasSpool: boolean },
  configPath: string,
  earlier: OssecReading | null,
  namesKeptIn: string | null,
): OssecReading {
  return {
    conf: readIntegrations(config.path, "ossec_conf", earlier?.conf ?? null),
    takenOver: readIntegrations(takenOverPath(config, configPath), "taken_over", earlier?.takenOver ?? null),
    jiraScript: config.hasSpool ? readJiraScript(config.path) : "another",
    lastCopy: readLastCopy(config.path, earlier?.lastCopy ?? null),
    names: earlier?.names ?? (namesKeptIn === null ? [] : readNames(namesKeptIn)),
    ...(config.onePerAlert === true && { onePerAlert: true }),
  };
}

const SCRIPT_BYTES_MOST = 1_048_576;

/** Where it can't be read it is taken for ours: told twice is better than told to nobody. */
function readJiraScript(conf: string): JiraScript {
  const folder = join(dirname(dirname(conf)), "integrations");
  const script = readPlainFile(join(folder, "custom-jira"), SCRIPT_BYTES_MOST);
  // Where ossec.conf alone is mounted, integratord's folder is not there to be looked into.
  if (script.kind === "unreadable") return script.code === "ENOENT" && existsSync(folder) ? "another" : "hands_over";
  return Buffer.from(script.bytes).includes("riposte") ? "hands_over" : "another";
}

/** `alone`: nothing else goes on without it. */
type Role = "ossec_conf" | "taken_over" | "alone";

/** One of the two; `before` is its last reading. */
export function readIntegrations(path: string, role: Role, before: FileReading | null): FileReading {
  const earlier = before?.path === path ? before : null;
  const file = readPlainFile(path, OSSEC_CONF_BYTES_MOST);
  if (file.kind === "unreadable") {
    // Nothing was taken over yet.
    if (role === "taken_over" && file.code === "ENOENT" && hasNoBlocks(earlier))
      return { path, found: "missing", conf: null, problems: [] };
    const says = `${file.why}${meanwhile(role, earlier)}`;
    return { path, found: `unreadable: ${file.why}`, conf: earlier?.conf ?? null, problems: [problemAt(path, says)] };
  }
  const found = `${hash("sha256", file.bytes)} ${file.mode}`;
  if (earlier?.found === found) return earlier;
  const now = readOssecConf(file.bytes);
  const problems = shown(path, now.problems);
  if (role === "taken_over" && (file.mode & 0o007) !== 0)
    problems.unshift(problemAt(path, "holds secrets, and everybody may read it. Take that away: chmod o-rwx"));
  if (now.accepted) return { path, found, conf: now, problems };
  problems.unshift(problemAt(path, `is broken as it stands${meanwhile(role, earlier)}`));
  if (earlier !== null && earlier.conf !== null) return { path, found, conf: earlier.conf, problems };
  // Nobody else sends what was taken over, so of a broken file whatever is whole in it counts.
  return { path, found, conf: role === "taken_over" ? { ...now, accepted: true } : null, problems };
}

function hasNoBlocks(earlier: FileReading | null): boolean {
  return (earlier?.conf?.blocks.length ?? 0) === 0;
}

function meanwhile(role: Role, earlier: FileReading | null): string {
  if (role === "alone") return "";
  if (!hasNoBlocks(earlier)) return "; what was read of it last stays in force";
  return role === "taken_over"
    ? "; of its blocks those that are whole are sent, the others by nobody"
    : "; nothing of it counts, and all else goes on";
}

/** Whoever gets this many is told enough. */
const PROBLEMS_SHOWN = 20;

function shown(file: string, problems: readonly ConfProblem[]): ConfigError[] {
  const first = problems.slice(0, PROBLEMS_SHOWN).map((problem) => errorOf(file, problem));
  const last = problems[PROBLEMS_SHOWN];
  if (last === undefined) return first;
  return [...first, { ...errorOf(file, last), says: `and ${problems.length - PROBLEMS_SHOWN} more of this kind` }];
}

export function errorOf(file: string, { line, column, says }: ConfProblem): ConfigError {
  return { file, line, column, path: "", says };
}

function problemAt(file: string, says: string): ConfigError {
  return { file, line: 1, column: 1, path: "", says };
}
