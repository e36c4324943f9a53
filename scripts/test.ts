// `npm test`: everything that must hold before a change is kept. Its last line is `N passed, N failed`: each step counts
// as one, and so does each test. `N skipped` follows where something could not run here.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countTests, lastLine, type VitestReport } from "./test-report.ts";
import { runStep, stopSteps, type StepResult, testSteps } from "./test-steps.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const strict = !["", "0", "false", undefined].includes(process.env["CI"]);
const temporary = mkdtempSync(join(tmpdir(), "riposte-test-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopSteps(signal);
    process.exit(130);
  });

const reportFile = join(temporary, "vitest.json");
const results: StepResult[] = [];
for (const group of testSteps(reportFile)) {
  if (group.length === 0) continue;
  say(`\n== ${group.map(({ name, what }) => `${name}: ${what}`).join("\n== ")}`);
  results.push(...(await Promise.all(group.map(async (step) => told(await runStep(step))))));
}

const tests = countTests(readReport(), strict);
for (const name of tests.toDo) say(`to do: ${name}`);
for (const complaint of tests.complaints) say(`FAILED: ${complaint}`);
const broken = results.filter((result) => !result.passed);
for (const { step, why } of broken) say(`FAILED: ${step.name} (${why}): ${step.command.join(" ")}`);
if (tests.toDo.length > 0) say(`${tests.toDo.length} to do`);
const failed = broken.length + tests.failed;
process.exitCode = failed === 0 ? 0 : 1;
say(lastLine(results.length - broken.length + tests.passed, failed, tests.skipped));

function told(result: StepResult): StepResult {
  const { step, passed, why, output, tookMs } = result;
  say(`${passed ? "ok" : "FAILED"}  ${step.name}  ${(tookMs / 1000).toFixed(1)} s${passed ? "" : `  ${why}`}`);
  if (!passed && output !== "") say(output.trimEnd());
  return result;
}

function readReport(): VitestReport {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as VitestReport;
  } catch {
    // Vitest ended before it could write one: no test ran.
    return { success: false, testResults: [] };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
