// The lines that a test gives, each with when it comes: as Wazuh would have written them.
import { dirname, resolve } from "node:path";
import type { FieldText, GivenAlerts, PolicyTest } from "../../config/policy-tests.ts";
import { readTextFile } from "../../config/read-file.ts";
import { plainPath } from "../../core/fields.ts";
import { isMap } from "../../config/problem.ts";
import type { Instant } from "../../core/time.ts";

export interface TimedLine {
  readonly at: Instant;
  readonly text: string;
}

/** What is wrong with what a test gives, where it gives it. */
export interface GivenTrouble {
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

const FILE_BYTES_MOST = 16 * 1024 * 1024;
/** More than any test needs, and what still runs in seconds. */
const LINES_MOST = 50_000;

/** In the order of time; alerts of one instant in the order in which they are given. */
export function linesOf(test: PolicyTest, testFile: string): readonly TimedLine[] | GivenTrouble {
  const lines: TimedLine[] = [];
  let lastAt = test.startAt;
  for (const given of test.given) {
    const { line, column } = given;
    const from = given.at ?? lastAt;
    const once =
      given.what.kind === "alert" ? alertOnce(given.what.fields, from) : fileOnce(given.what.path, testFile, from);
    if ("says" in once) return { line, column, says: once.says };
    const made = repeated(once.lines, given);
    if (lines.length + made.length > LINES_MOST) {
      return { line, column, says: `more than ${LINES_MOST} alerts in one test` };
    }
    for (const of of made) lines.push({ at: of.at, text: written(of, lines.length + 1) });
    lastAt = Math.max(lastAt, ...made.slice(-1).map(({ at }) => at));
  }
  return lines.toSorted((a, b) => a.at - b.at);
}

interface Unwritten {
  readonly at: Instant;
  /** From 1: which of its repetitions it is. */
  readonly n: number;
  readonly document: Readonly<Record<string, unknown>>;
}

type Once = { readonly lines: readonly Unwritten[] } | { readonly says: string };

function repeated(once: readonly Unwritten[], { count, everyMs }: GivenAlerts): readonly Unwritten[] {
  return Array.from({ length: count }, (_, i) =>
    once.map((line) => ({ ...line, n: i + 1, at: line.at + i * everyMs })),
  ).flat();
}

function alertOnce(fields: ReadonlyMap<string, FieldText>, at: Instant): Once {
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const id = text("agent.id") ?? "001";
  // Wazuh's writer begins with the level, by which most lines are refused unread.
  const document: Record<string, unknown> = {
    rule: { level: 0, description: `Rule ${text("rule.id") ?? ""}`, id: "", mail: false, groups: [] },
    agent: { id, name: `agent-${id}` },
    manager: { name: "wazuh-manager" },
    decoder: {},
    location: "test",
  };
  for (const [name, value] of fields) put(document, plainPath(name).split("."), valueOf(plainPath(name), value));
  return { lines: [{ at, n: 1, document }] };
}

const LISTS = ["rule.groups"];
const NUMBERS = ["rule.level", "rule.firedtimes", "rule.frequency"];

/** Everything is a text in what Wazuh writes, but for these. */
function valueOf(path: string, value: FieldText): unknown {
  if (LISTS.includes(path) && typeof value === "string") return [value];
  if (NUMBERS.includes(path) && typeof value === "string") return Number(value);
  if (path === "rule.mail") return value === "true";
  return value;
}

function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = Object.hasOwn(into, name) && isMap(into[name]) ? { ...into[name] } : {};
  put(inner, rest, value);
  into[name] = inner;
}

function fileOnce(path: string, testFile: string, from: Instant): Once {
  const named = resolve(dirname(testFile), path);
  const read = readTextFile(named, FILE_BYTES_MOST);
  if (read.kind === "missing") return { says: `${path}: there is no such file beside this one` };
  if (read.kind === "unreadable") return { says: `${path}: ${read.why}` };
  const lines: Unwritten[] = [];
  let firstAt: number | null = null;
  for (const [i, text] of read.text.split("\n").entries()) {
    if (text.trim() === "") continue;
    const document = parsed(text);
    const at = Date.parse(String(document?.["timestamp"]).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
    if (document === null || Number.isNaN(at)) {
      return { says: `${path}:${i + 1} is no alert. Each line holds one, as alerts.json does` };
    }
    firstAt ??= at;
    lines.push({ at: from + (at - firstAt), n: 1, document });
  }
  return lines.length === 0 ? { says: `${path}: holds no alert` } : { lines };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : null;
  } catch {
    return null;
  }
}

/** With a time and an id of its own: the same again would be a duplicate. */
function written({ at, n, document }: Unwritten, ordinal: number): string {
  const { timestamp: _, id: __, rule, ...rest } = document;
  const stamp = new Date(at).toISOString().replace("Z", "+0000");
  const ruled = isMap(rule) ? { level: rule["level"], ...rule } : rule;
  const text = JSON.stringify({ timestamp: stamp, rule: ruled, ...rest, id: `${Math.floor(at / 1_000)}.${ordinal}` });
  return text.replaceAll("{{ n }}", String(n));
}
