// The files that `riposte test` runs: alerts that are given, a clock, and what is expected of the policies.
import { DAY_MS, MINUTE_MS, type Instant } from "../core/time.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { type ConfigDocument, parseConfigDocument } from "./document.ts";
import { didYouMean } from "./nearest.ts";
import {
  type Expectation,
  type Given,
  instantOf,
  type OneTest,
  repeatOf,
  TestFile,
  timeOf,
} from "./policy-test-shape.ts";
import { type ConfigError, isMap, pathText, type Path, type Problem } from "./problem.ts";
import { checkShape } from "./wording.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type FieldText = string | readonly string[];

export interface GivenAlerts extends Place {
  /** Null: when what was given before it has come. */
  readonly at: Instant | null;
  readonly what:
    | { readonly kind: "alert"; readonly fields: ReadonlyMap<string, FieldText> }
    /** A file of alerts, as it is written. */
    | { readonly kind: "file"; readonly path: string };
  readonly count: number;
  readonly everyMs: number;
}

export interface ExpectedIncident extends Place {
  readonly policy: string;
  readonly group?: Readonly<Record<string, string | null>>;
  readonly severity?: string;
  readonly state?: string;
  readonly count?: number;
  readonly title?: string;
  readonly times: number;
}

export interface ExpectedTold extends Place {
  readonly to: string;
  readonly policy?: string;
  readonly severity?: string;
  readonly says?: readonly string[];
  readonly at?: Instant;
  readonly times: number;
}

export interface Expected extends Place {
  /** Null: so long after the last alert. */
  readonly at: Instant | null;
  readonly afterLastMs: number;
  /** Undefined: not looked at. */
  readonly incidents?: readonly ExpectedIncident[];
  readonly told?: readonly ExpectedTold[];
}

export interface PolicyTest extends Place {
  readonly name: string;
  readonly startAt: Instant;
  readonly given: readonly GivenAlerts[];
  readonly expected: readonly Expected[];
}

export interface PolicyTestFile {
  readonly kind: "read";
  /** As it is written, to be looked for beside the file; null: the usual one. */
  readonly config: string | null;
  readonly tests: readonly PolicyTest[];
}

export type ReadPolicyTests = PolicyTestFile | { readonly kind: "refused"; readonly errors: readonly ConfigError[] };

/** So long after the last alert a test looks that does not say when. */
const AFTER_LAST_MS = MINUTE_MS;
/** And one that expects nothing at all. */
const NOTHING_MS = DAY_MS;

export function readPolicyTests(text: string, file: string): ReadPolicyTests {
  const parsed = parseConfigDocument(text);
  if (parsed.kind === "broken")
    return { kind: "refused", errors: parsed.problems.map((problem) => ({ file, path: "", ...problem })) };
  const { document } = parsed;
  const value = document.value ?? {};
  const locate = ({ path, at, says }: Problem): ConfigError => ({
    file,
    ...document.place(path, at),
    path: pathText(path, document.value),
    says,
  });
  const { shape, problems } = checkShape(TestFile, value, []);
  if (shape === null) return { kind: "refused", errors: problems.map(locate) };
  const reading = new Reading(document, shape);
  const tests = shape.tests.map((test, i) => reading.test(test, ["tests", i]));
  if (reading.problems.length > 0) return { kind: "refused", errors: reading.problems.map(locate) };
  return { kind: "read", config: shape.config ?? null, tests };
}

class Reading {
  readonly problems: Problem[] = [];
  readonly #document: ConfigDocument;
  readonly #templates: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly #start: string;

  constructor(document: ConfigDocument, { alerts = {}, start }: TestFile) {
    this.#document = document;
    this.#templates = alerts;
    this.#start = start;
  }

  test(test: OneTest, path: Path): PolicyTest {
    const startAt = instantOf(test.start ?? this.#start) ?? 0;
    const { expect } = test;
    const place = this.#place([...path, "expect"]);
    const nothing = { ...place, at: null, afterLastMs: NOTHING_MS, told: [] };
    const expected =
      expect === "nothing"
        ? [nothing]
        : Array.isArray(expect)
          ? expect.map((one, i) => this.#expected(one, startAt, [...path, "expect", i]))
          : [this.#expected(expect, startAt, [...path, "expect"])];
    expected.forEach(({ at }, i) => {
      const before = expected[i - 1];
      if (before === undefined || (before.at !== null && (at === null || at >= before.at))) return;
      const says = "comes before the one above it. Put what is expected in the order of time";
      this.problems.push({ path: [...path, "expect", i, "at"], at: "value", says });
    });
    const given = test.given.map((one, i) => this.#given(one, startAt, [...path, "given", i]));
    return { ...this.#place([...path, "name"]), name: test.name, startAt, given, expected };
  }

  #given(given: Given, startAt: Instant, path: Path): GivenAlerts {
    const at = given.at === undefined ? null : timeOf(given.at, startAt);
    const { count, everyMs } = repeatOf(given.repeat ?? "1 every 0s") ?? { count: 1, everyMs: 0 };
    const common = { ...this.#place(path), at, count, everyMs };
    const isOne = (given.alert === undefined) !== (given.from === undefined);
    if (!isOne) {
      const says =
        "expected either an alert or the file that it is from. Example: alert: { rule.id: 5763, rule.level: 10 }";
      this.problems.push({ path, at: "value", says });
    }
    if (given.from !== undefined) return { ...common, what: { kind: "file", path: given.from } };
    const fields = new Map<string, FieldText>();
    const troubles = this.problems.length;
    this.#fields(given.alert ?? {}, [...path, "alert"], fields);
    for (const needed of ["rule.id", "rule.level"]) {
      if (fields.has(needed) || !isOne || this.problems.length > troubles) continue;
      this.problems.push({ path: [...path, "alert"], at: "value", says: `has no ${needed}` });
    }
    return { ...common, what: { kind: "alert", fields } };
  }

  /** Of a template, and then what is said beside it. */
  #fields(alert: string | Readonly<Record<string, unknown>>, path: Path, into: Map<string, FieldText>): void {
    const like = typeof alert === "string" ? alert : alert["like"];
    if (like !== undefined) this.#template(like, typeof alert === "string" ? path : [...path, "like"], into);
    if (typeof alert === "string") return;
    for (const [name, value] of Object.entries(alert)) {
      if (name !== "like") this.#field(name, value, [...path, name], into);
    }
  }

  #template(like: unknown, path: Path, into: Map<string, FieldText>): void {
    const name = typeof like === "string" ? like : "";
    const template = Object.hasOwn(this.#templates, name) ? this.#templates[name] : undefined;
    if (template === undefined) {
      const names = Object.keys(this.#templates);
      const says = `no alert of this name${didYouMean(name, names) || `. There are: ${names.join(", ") || "none"}`}`;
      this.problems.push({ path, at: "value", says });
    } else if (path[0] === "alerts") {
      this.problems.push({ path, at: "key", says: "an alert under alerts is like no other. Write it out" });
    } else {
      this.#fields(template, ["alerts", name], into);
    }
  }

  #field(name: string, value: unknown, path: Path, into: Map<string, FieldText>): void {
    if (isMap(value)) {
      for (const [inner, of] of Object.entries(value)) this.#field(`${name}.${inner}`, of, [...path, inner], into);
      return;
    }
    const trouble = name === "timestamp" || name === "id" ? "is made by the test: at says when" : fieldTrouble(name);
    if (trouble !== null) this.problems.push({ path, at: "key", says: trouble });
    const text = Array.isArray(value) ? value.map((of, i) => this.#text(of, [...path, i])) : this.#text(value, path);
    if (name === "rule.level" && !/^(?:\d|1[0-6])$/.test(String(text)))
      this.problems.push({ path, at: "value", says: "expected a level from 0 to 16" });
    into.set(name, text);
  }

  #text(value: unknown, path: Path): string {
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") {
      const text = String(value);
      const written = this.#document.written(path) ?? text;
      if (written === text) return text;
      const says = `YAML makes ${text} of ${written}. Write it in quotes: "${written}"`;
      this.problems.push({ path, at: "value", says });
      return written;
    }
    this.problems.push({ path, at: "value", says: "expected a value or a list of values" });
    return "";
  }

  #expected(one: Expectation, startAt: Instant, path: Path): Expected {
    if (one.incidents === undefined && one.told === undefined) {
      const says = "expects nothing in particular. Say incidents, told or both; [] for none";
      this.problems.push({ path, at: "value", says });
    }
    const at = one.at === undefined ? null : timeOf(one.at, startAt);
    const incidents = one.incidents?.map(({ times = 1, group, ...incident }, i): ExpectedIncident => ({
      ...this.#place([...path, "incidents", i]),
      ...defined(incident),
      policy: incident.policy,
      ...(group !== undefined && { group: this.#group(group, [...path, "incidents", i, "group"]) }),
      times,
    }));
    const told = one.told?.map(({ times = 1, says, at: toldAt, ...of }, i): ExpectedTold => ({
      ...this.#place([...path, "told", i]),
      ...defined(of),
      to: of.to,
      ...(says !== undefined && { says: typeof says === "string" ? [says] : says }),
      ...(toldAt !== undefined && { at: timeOf(toldAt, startAt) ?? 0 }),
      times,
    }));
    return {
      ...this.#place(path),
      at,
      afterLastMs: AFTER_LAST_MS,
      ...(incidents !== undefined && { incidents }),
      ...(told !== undefined && { told }),
    };
  }

  #group(group: Readonly<Record<string, unknown>>, path: Path): Readonly<Record<string, string | null>> {
    return Object.fromEntries(
      Object.entries(group).map(([name, value]) => [name, value === null ? null : this.#text(value, [...path, name])]),
    );
  }

  #place(path: Path): Place {
    return this.#document.place(path, "value");
  }
}

/** Without what was not said. */
function defined<Of extends object>(of: Of): { [Key in keyof Of]: Exclude<Of[Key], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Of]: Exclude<Of[Key], undefined>;
  };
}
