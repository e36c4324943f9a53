import { expect, test } from "vitest";
import { countTests, lastLine, type VitestReport, withoutSampleData } from "../../scripts/test-report.ts";

test("what passed, failed, was skipped and is to do is counted apart", () => {
  const counts = countTests(
    report(["passed", "a"], ["passed", "b"], ["failed", "c"], ["skipped", "d"], ["todo", "e"]),
    false,
  );

  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 1, toDo: ["e"], complaints: [] });
});

test("in CI a skipped test has failed", () => {
  const counts = countTests(report(["passed", "a"], ["skipped", "b"]), true);

  expect(counts).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  expect(counts.complaints).toEqual(["skipped, and nothing may be in CI: b"]);
});

test("in CI a test without its sample data is skipped and counted", () => {
  const counts = countTests(report(["passed", "a"], ["skipped", `b ${withoutSampleData}`]), true);

  expect(counts).toMatchObject({ passed: 1, failed: 0, skipped: 1, complaints: [] });
});

test("a file of tests that could not be read has failed", () => {
  const counts = countTests(
    {
      success: false,
      testResults: [
        { name: "x.test.ts", status: "failed", assertionResults: [] },
        ...report(["passed", "a"]).testResults,
      ],
    },
    false,
  );

  expect(counts).toMatchObject({ passed: 1, failed: 1 });
});

test("no test at all has failed", () => {
  expect(countTests({ success: true, testResults: [] }, false)).toMatchObject({ passed: 0, failed: 1 });
});

test("an error outside of every test has failed", () => {
  expect(countTests({ ...report(["passed", "a"]), success: false }, false)).toMatchObject({ passed: 1, failed: 1 });
});

test("the last line says what was skipped only where something was", () => {
  expect(lastLine(3, 0, 0)).toBe("3 passed, 0 failed");
  expect(lastLine(3, 1, 2)).toBe("3 passed, 1 failed, 2 skipped");
});

function report(...tests: readonly [status: string, fullName: string][]): VitestReport {
  const assertionResults = tests.map(([status, fullName]) => ({ status, fullName }));
  const failed = tests.some(([status]) => status === "failed");
  return {
    success: !failed,
    testResults: [{ name: "a.test.ts", status: failed ? "failed" : "passed", assertionResults }],
  };
}
