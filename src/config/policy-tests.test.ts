import { expect, test } from "vitest";
import { readPolicyTests } from "./policy-tests.ts";
import { formatConfigError } from "./problem.ts";

const START = Date.UTC(2026, 0, 5, 9);

function errorsOf(text: string): readonly string[] {
  const read = readPolicyTests(text, "a.test.yaml");
  return read.kind === "refused" ? read.errors.map(formatConfigError) : [];
}

test("a file is read with times from its start, templates filled in and numbers as Wazuh writes them", () => {
  const read = readPolicyTests(
    `alerts:
  lost: { rule: { id: 504, level: 3, groups: [ossec] }, agent.id: "031" }
tests:
  - name: one
    given: [{ at: 1h30m, alert: { like: lost, agent.id: "032" }, repeat: 3 every 10s }]
    expect:
      - { at: "2026-01-05T11:00:00Z", told: [] }
      - { at: 3d, incidents: [{ policy: agent-lost, group: { agent.id: "032", data.srcip: null } }] }
`,
    "a.test.yaml",
  );

  if (read.kind === "refused") throw new Error(read.errors.map(formatConfigError).join("\n"));
  const [one] = read.tests;
  expect(one?.given).toMatchObject([{ at: START + 5_400_000, count: 3, everyMs: 10_000, line: 5 }]);
  expect(one?.given[0]?.what).toMatchObject({
    fields: new Map<string, unknown>([
      ["rule.id", "504"],
      ["rule.level", "3"],
      ["rule.groups", ["ossec"]],
      ["agent.id", "032"],
    ]),
  });
  expect(one?.expected.map(({ at }) => at)).toEqual([START + 7_200_000, START + 3 * 86_400_000]);
  expect(one?.expected[1]?.incidents).toMatchObject([{ group: { "agent.id": "032", "data.srcip": null }, line: 8 }]);
});

test.each([
  ["no tests", "tests: []", "a.test.yaml:1:8 tests: too few: at least 1"],
  ["a typo", "tetss: []", "a.test.yaml:1:1 tests: is missing\na.test.yaml:1:1 tetss: unknown key. Did you mean tests?"],
  [
    "neither an alert nor a file",
    "tests: [{ name: a, given: [{ at: 1m }], expect: nothing }]",
    "a.test.yaml:1:28 tests[0].given[0]: expected either an alert or the file that it is from. Example: alert: { rule.id: 5763, rule.level: 10 }",
  ],
  [
    "an alert without a level",
    "tests: [{ name: a, given: [{ alert: { rule.id: 1 } }], expect: nothing }]",
    "a.test.yaml:1:37 tests[0].given[0].alert: has no rule.level",
  ],
  [
    "an alert of no name",
    "alerts: { lost: { rule.id: 1, rule.level: 1 } }\ntests: [{ name: a, given: [{ alert: lots }], expect: nothing }]",
    "a.test.yaml:2:37 tests[0].given[0].alert: no alert of this name. Did you mean lost?",
  ],
  [
    "figures that YAML changes",
    "tests: [{ name: a, given: [{ alert: { rule.id: 1, rule.level: 17, agent.id: 001 } }], expect: nothing }]",
    'a.test.yaml:1:63 tests[0].given[0].alert.rule.level: expected a level from 0 to 16\na.test.yaml:1:77 tests[0].given[0].alert.agent.id: YAML makes 1 of 001. Write it in quotes: "001"',
  ],
  [
    "times and repeats that are none",
    "tests: [{ name: a, given: [{ at: soon, alert: x, repeat: often }], expect: nothing }]",
    "a.test.yaml:1:34 tests[0].given[0].at: expected a duration or an instant. Example: 31m, or 2026-01-05T09:31:00Z\na.test.yaml:1:58 tests[0].given[0].repeat: expected how often, and how far apart. Example: 8 every 10s",
  ],
  [
    "what is expected in the wrong order",
    "tests: [{ name: a, given: [{ alert: { rule.id: 1, rule.level: 1 } }], expect: [{ at: 2m, told: [] }, { at: 1m, told: [] }, { at: 3m }] }]",
    "a.test.yaml:1:108 tests[0].expect[1].at: comes before the one above it. Put what is expected in the order of time\na.test.yaml:1:124 tests[0].expect[2]: expects nothing in particular. Say incidents, told or both; [] for none",
  ],
  [
    "expecting something else",
    "tests: [{ name: a, given: [{ alert: { rule.id: 1, rule.level: 1 } }], expect: none }]",
    "a.test.yaml:1:79 tests[0].expect: expected a list of what should be when, or nothing",
  ],
])("%s is told with its place and what to do", (_name, text, errors) => {
  expect(errorsOf(text).toSorted().join("\n")).toBe(errors);
});
