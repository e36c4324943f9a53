// The smallest change to a policy that would have left an incident out, and what else of the last ones it leaves out.
import type { Config } from "../config/schema.ts";
import { textOfField } from "../core/fields.ts";
import type { Incident } from "../core/incident.ts";
import { plainLine } from "../core/plain-text.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import type { Reader } from "../store/queries.ts";
import { packOf } from "./pack-of.ts";
import { readMatchers } from "./read-matchers.ts";

export interface Exclusion {
  readonly policy: string;
  /** The pack that it is of; null: it stands in the config itself. */
  readonly pack: string | null;
  /** For `when` of that policy. */
  readonly line: string;
  /** Of the newest incidents of the policy. */
  readonly lookedAt: number;
  readonly leftOut: number;
  /** Of what would have been left out: what somebody had acknowledged, and what was high or critical. */
  readonly acknowledged: number;
  readonly severe: number;
  /** False: there was no time for all of them. */
  readonly isWhole: boolean;
}

export interface ExclusionParts {
  readonly clock: Clock;
  readonly reader: Pick<Reader, "bodies" | "firstLine" | "incidents">;
  readonly config: Pick<Config, "policies" | "packs">;
  /** A line as it may be shown to whoever asks; what is not shown is not proposed either. */
  readonly shown: (line: string) => string;
}

/** What a false positive most likely has of its own, the narrowest first. */
const FIELDS = [
  "data.srcip",
  "syscheck.path",
  "data.command",
  "data.audit.exe",
  "data.win.eventdata.image",
  "data.srcuser",
  "data.dstuser",
  "data.url",
  "agent.name",
  "location",
];
const VALUE_CHARS = 200;
const LOOKED_AT_MOST = 200;
const WITHIN_MS = SECOND_MS;

/** Null: nothing of it is in all its alerts, or its policy is none that people write. */
export async function exclusionFor(incident: Incident, parts: ExclusionParts): Promise<Exclusion | null> {
  const { config, reader, clock } = parts;
  const policy = config.policies.find(({ terms }) => terms.name === incident.policy);
  if (policy === undefined || policy.terms.asIntegratord === true) return null;
  const lines = (await reader.bodies(incident.id)).map(({ raw }) => raw);
  const field = constantField(lines, parts);
  if (field === null) return null;
  const written = { "rule.id": incident.ruleId, [field.path]: field.value };
  const read = readMatchers(written);
  if (read.kind === "wrong") return null;
  const startedAt = clock.now();
  const newest = await reader.incidents({ policy: incident.policy, limit: LOOKED_AT_MOST });
  const leftOut: Incident[] = [];
  let lookedAt = 0;
  for (const one of newest) {
    if (clock.now() - startedAt >= WITHIN_MS) break;
    lookedAt += 1;
    const line = await reader.firstLine(one.id);
    if (line !== null && read.matches(readStoredLine(line))) leftOut.push(one);
  }
  return {
    policy: incident.policy,
    pack: packOf(incident.policy, config),
    line: `not: { rule.id: ${JSON.stringify(incident.ruleId)}, ${field.path}: ${JSON.stringify(field.value)} }`,
    lookedAt,
    leftOut: leftOut.length,
    acknowledged: leftOut.filter(({ id, acknowledgedBy }) => id !== incident.id && acknowledgedBy !== null).length,
    severe: leftOut.filter(({ severity }) => severity === "high" || severity === "critical").length,
    isWhole: lookedAt === newest.length,
  };
}

interface Constant {
  readonly path: string;
  readonly value: string;
}

/** The first field of which all kept alerts of the incident have the same value. */
function constantField(lines: readonly string[], { shown }: ExclusionParts): Constant | null {
  const alerts = lines.map((line) => readStoredLine(line));
  const [first] = alerts;
  const [line] = lines;
  if (first === undefined || line === undefined) return null;
  const asShown = readStoredLine(shown(line));
  for (const path of FIELDS) {
    const value = textOfField(first, path);
    if (value === null || !isLiteral(path, value) || textOfField(asShown, path) !== value) continue;
    if (alerts.every((alert) => textOfField(alert, path) === value)) return { path, value };
  }
  return null;
}

/** In a condition it means itself, and nothing else. */
function isLiteral(path: string, value: string): boolean {
  if (value.length > VALUE_CHARS || value !== plainLine(value)) return false;
  const read = readMatchers({ [path]: value });
  return read.kind === "read" && read.condition.kind === "field" && read.condition.test.kind === "one_of";
}
