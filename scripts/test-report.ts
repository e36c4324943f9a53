// Counts what Vitest's JSON report says, so that nothing is skipped unseen.

/** Ends the name of a test that did not run because the sample data is not beside this checkout. */
export const withoutSampleData = "(skipped: the folder with sample data is not beside this checkout)";

export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly toDo: readonly string[];
  /** What a reader would not see among Vitest's own lines. */
  readonly complaints: readonly string[];
}

/** With `strict` (in CI) a skipped test has failed, unless it could not run for want of the sample data. */
export function countTests(report: VitestReport, strict: boolean): Counts {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const named = (status: string): string[] =>
    tests.filter((test) => test.status === status).map((test) => test.fullName);
  const toDo = named("todo");
  const passed = named("passed").length;
  const failed = named("failed").length;
  const skipped = tests.length - passed - failed - toDo.length;
  const unread = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const refused = strict ? named("skipped").filter((name) => !name.endsWith(withoutSampleData)) : [];
  const complaints = [
    ...unread.map((file) => `not one test of it could run: ${file.name}`),
    ...refused.map((name) => `skipped, and nothing may be in CI: ${name}`),
  ];
  if (tests.length === 0) complaints.push("no test ran at all");
  if (!report.success && failed === 0 && complaints.length === 0) complaints.push("an error outside of every test");
  return { passed, failed: failed + complaints.length, skipped: skipped - refused.length, toDo, complaints };
}

export function lastLine(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
