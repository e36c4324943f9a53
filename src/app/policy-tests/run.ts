// Runs tests of policies: the real decisions and connectors, in a time of their own, with destinations that take everything.
import { dirname, resolve } from "node:path";
import { readPolicyTests, type PolicyTest } from "../../config/policy-tests.ts";
import { type ConfigError, formatConfigError } from "../../config/problem.ts";
import { readTextFile } from "../../config/read-file.ts";
import type { Config } from "../../config/schema.ts";
import { snapshotOf } from "../../config/snapshot.ts";
import { connectors } from "../../connectors/index.ts";
import { ACTION_RULES } from "../../core/action.ts";
import { compilePolicies, matchAlert } from "../../core/match.ts";
import { compileRefusal } from "../../core/refusal.ts";
import type { Instant } from "../../core/time.ts";
import { re2 } from "../../ports/regex.ts";
import { createLineJudge } from "../../sources/line-judge.ts";
import { readConfig } from "../read-config.ts";
import { openThrowAway } from "../replay/throw-away.ts";
import { Rehearsal } from "../replay/rehearsal.ts";
import { type GivenTrouble, linesOf } from "./alert-lines.ts";
import { compareIncidents, compareTold, type Difference } from "./compare.ts";
import { Witness } from "./witness.ts";

export interface TestReport {
  readonly name: string;
  readonly line: number;
  readonly startAt: Instant;
  readonly differences: readonly Difference[];
}

export interface TestFileReport {
  readonly file: string;
  /** Why it could not be run: then there are no tests. */
  readonly errors: readonly ConfigError[];
  /** The config of its tests is wrong, and these are its mistakes. */
  readonly configErrors: readonly string[];
  readonly tests: readonly TestReport[];
}

const FILE_BYTES_MOST = 1_048_576;

/** `config` is that of a file that names none. */
export async function runPolicyTests(
  file: string,
  config: string | null,
  signal: AbortSignal,
): Promise<TestFileReport> {
  const nothing = { file, errors: [], configErrors: [], tests: [] };
  const whole = (says: string): TestFileReport => ({
    ...nothing,
    errors: [{ file, line: 1, column: 1, path: "", says }],
  });
  const read = readTextFile(file, FILE_BYTES_MOST);
  if (read.kind === "missing") return whole("there is no such file");
  if (read.kind === "unreadable") return whole(read.why);
  const parsed = readPolicyTests(read.text, file);
  if (parsed.kind === "refused") return { ...nothing, errors: parsed.errors };
  const configPath = parsed.config === null ? config : resolve(dirname(file), parsed.config);
  if (configPath === null)
    return whole("names no config, and there is none. Write config: riposte.yaml, or --config FILE");
  const loaded = readConfig(configPath);
  if (loaded.kind === "unreadable") return { ...nothing, configErrors: [loaded.says] };
  if (loaded.kind === "refused") return { ...nothing, configErrors: loaded.errors.map(formatConfigError) };

  const errors = namesProblems(parsed.tests, loaded.config, file);
  if (errors.length > 0) return { ...nothing, errors };
  const tests: TestReport[] = [];
  for (const test of parsed.tests) {
    if (signal.aborted) break;
    const report = await runTest(test, loaded.config, file);
    if ("says" in report) return { ...nothing, errors: [{ file, path: "", ...report }] };
    tests.push(report);
  }
  return { ...nothing, tests };
}

/** A name that is nowhere would be one that is never told, which a test might well expect. */
function namesProblems(tests: readonly PolicyTest[], config: Config, file: string): readonly ConfigError[] {
  const { policies } = snapshotOf(config, connectors).snapshot;
  const destinations = config.destinations.map(({ name }) => name);
  const wrong = (place: { readonly line: number; readonly column: number }, says: string): ConfigError => {
    return { file, line: place.line, column: place.column, path: "", says };
  };
  return tests.flatMap(({ expected }) =>
    expected.flatMap(({ incidents = [], told = [] }) => [
      ...[...incidents, ...told].flatMap((of) =>
        of.policy === undefined || Object.hasOwn(policies, of.policy)
          ? []
          : [wrong(of, `the config has no policy ${of.policy}`)],
      ),
      ...told.flatMap((of) =>
        destinations.includes(of.to) ? [] : [wrong(of, `the config has no destination ${of.to}`)],
      ),
    ]),
  );
}

async function runTest(test: PolicyTest, config: Config, file: string): Promise<TestReport | GivenTrouble> {
  const lines = linesOf(test, file);
  if ("says" in lines) return lines;
  // What integratord sends now is what would be sent.
  const destinations = config.destinations.map(({ name, type, config: settings }) => ({
    name,
    type,
    config: settings,
  }));
  const { snapshot, policies } = snapshotOf({ ...config, destinations }, connectors);
  const throwAway = await openThrowAway();
  if (!("store" in throwAway)) return { line: test.line, column: test.column, says: throwAway.message };
  const witness = new Witness(snapshot);
  const rehearsal = new Rehearsal({
    store: throwAway.store,
    snapshot,
    destinations,
    latestAt: Infinity,
    told: (job, at) => witness.told(job, at),
    committed: (changes) => witness.committed(changes),
  });
  const judge = createLineJudge(compilePolicies(policies, re2), compileRefusal(policies, ACTION_RULES), matchAlert);
  try {
    await rehearsal.begin();
    await rehearsal.moveTo(test.startAt);
    const differences: Difference[] = [];
    let next = 0;
    const lastAt = lines.at(-1)?.at ?? test.startAt;
    for (const expected of test.expected) {
      const at = expected.at ?? Math.max(rehearsal.now, lastAt + expected.afterLastMs);
      for (let line = lines[next]; line !== undefined && line.at <= at; line = lines[next]) {
        next += 1;
        await rehearsal.moveTo(line.at);
        const bytes = Buffer.from(line.text, "utf8");
        if (judge.refuse(bytes, 0, bytes.length)) continue;
        const judged = judge.judge(line.text, line.at);
        if (judged.kind === "kept") await rehearsal.take({ at: line.at, nextAt: null, alerts: [judged.alert] });
      }
      await rehearsal.moveTo(at);
      const told = witness.takeTold();
      differences.push(
        ...[compareIncidents(expected, witness.incidents(), at), compareTold(expected, told, test.startAt, at)].filter(
          (difference) => difference !== null,
        ),
      );
    }
    return { name: test.name, line: test.line, startAt: test.startAt, differences };
  } finally {
    await rehearsal.close();
    throwAway.remove();
  }
}
