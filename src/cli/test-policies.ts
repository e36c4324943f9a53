import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Difference, type DifferenceLine, sinceText } from "../app/policy-tests/compare.ts";
import type { TestFileReport, TestReport } from "../app/policy-tests/run.ts";
import { formatConfigError } from "../config/problem.ts";
import { visible } from "../core/visible.ts";
import { findConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import type { Paint } from "./terminal.ts";
import { counted } from "./words.ts";

export interface TestPoliciesFlags {
  readonly config?: string;
  readonly json: boolean;
}

export interface PolicyTestsReport {
  readonly files: readonly TestFileReport[];
  readonly passed: number;
  readonly failed: number;
}

const IN_FOLDER = /\.test\.ya?ml$/;

export async function testPolicies(
  this: CliContext,
  flags: TestPoliciesFlags,
  ...named: readonly string[]
): Promise<void> {
  if (named.length === 0) {
    throw new CommandError(EXIT.usage, "say what: riposte test policies.test.yaml, or a folder of such files");
  }
  const stop = new AbortController();
  this.askedToStop().then(
    () => stop.abort(),
    () => {},
  );
  const paths = named.flatMap(filesAt);
  const { runPolicyTests } = await import("../app/policy-tests/run.ts");
  const config = findConfig(flags.config);
  const files: TestFileReport[] = [];
  for (const path of paths) {
    if (!stop.signal.aborted) files.push(await runPolicyTests(path, config, stop.signal));
  }
  const tests = files.flatMap((file) => file.tests);
  const failed = tests.filter(({ differences }) => differences.length > 0).length;
  print(this, flags, { files, passed: tests.length - failed, failed }, renderPolicyTests);
  if (stop.signal.aborted) throw new CommandError(EXIT.no, "stopped before the end");
  const wrong = files.filter(({ configErrors }) => configErrors.length > 0);
  if (wrong.length > 0) throw new CommandError(EXIT.config, `the config of ${counted(wrong.length, "file")} is wrong`);
  const broken = files.filter(({ errors }) => errors.length > 0);
  if (broken.length > 0) throw new CommandError(EXIT.badData, `${counted(broken.length, "file")} can't be run`);
  if (failed > 0) throw new CommandError(EXIT.no, `${counted(failed, "test")} of ${tests.length} failed`);
}

function filesAt(path: string): readonly string[] {
  if (!existsSync(path)) throw new CommandError(EXIT.noInput, `${path}: there is no such file or folder`);
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => IN_FOLDER.test(name));
  if (names.length > 0) return names.toSorted().map((name) => join(path, name));
  throw new CommandError(EXIT.badData, `${path}: a folder without tests. Their names end in .test.yaml`);
}

/** What was expected and is not there begins with -, what is there and was not expected with +. */
export function renderPolicyTests({ files, passed, failed }: PolicyTestsReport, paint: Paint): string {
  const lines = files.flatMap((file) => [
    ...file.errors.map((error) => paint("red", visible(formatConfigError(error)))),
    ...file.configErrors.map((error) => paint("red", visible(error))),
    ...file.tests.flatMap((test) => renderTest(file.file, test, paint)),
  ]);
  return [...lines, `${passed} passed, ${failed} failed`].map((line) => `${line}\n`).join("");
}

function renderTest(file: string, { name, line, differences, startAt }: TestReport, paint: Paint): readonly string[] {
  const isRight = differences.length === 0;
  const sign = isRight ? paint("green", "ok  ") : paint("red", "FAIL");
  const place = isRight ? "" : visible(`${file}:${line} `);
  return [
    `${sign} ${place}${visible(name)}`,
    ...differences.flatMap((of) => renderDifference(file, of, startAt, paint)),
  ];
}

function renderDifference(
  file: string,
  { what, at, line, lines }: Difference,
  startAt: number,
  paint: Paint,
): readonly string[] {
  return [
    `     ${visible(`${file}:${line}`)} at ${sinceText(at - startAt)}, ${what}:`,
    ...(lines.length === 0 ? ["       none"] : lines.map((of) => `       ${renderLine(file, of, paint)}`)),
  ];
}

function renderLine(file: string, { sign, text, line, times }: DifferenceLine, paint: Paint): string {
  const often = times === 1 ? "" : ` (${times} times)`;
  const place = sign === "-" && line !== null ? `   ${paint("dim", visible(`${file}:${line}`))}` : "";
  const said = `${sign} ${visible(text)}${often}`;
  return `${sign === " " ? said : paint(sign === "-" ? "red" : "green", said)}${place}`;
}
