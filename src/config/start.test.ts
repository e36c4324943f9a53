import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";
import { formatConfigError } from "./problem.ts";

function load(start: string) {
  const text = `wazuh: { alerts: /a/alerts.json, start: ${start} }\npolicies: [{ name: all, when: { rule.level: ">= 5" }, tell: [] }]\n`;
  return loadConfig(text, "riposte.yaml", []);
}

test.each([
  ["end", "end"],
  ["beginning", "beginning"],
  ["2026-11-20T10:00:00Z", { at: Date.UTC(2026, 10, 20, 10) }],
  ['"2026-11-20T10:00:00Z"', { at: Date.UTC(2026, 10, 20, 10) }],
  ["2026-11-20T10:00:00.250+01:00", { at: Date.UTC(2026, 10, 20, 9, 0, 0, 250) }],
  ["2028-02-29T23:59-05:30", { at: Date.UTC(2028, 2, 1, 5, 29) }],
])("start: %s is understood", (written, start) => {
  expect(load(written)).toMatchObject({ kind: "loaded", config: { sources: [{ name: "alerts", start }] } });
});

const example = 'Example: "2026-11-20T10:00:00Z"';

test.each([
  ["begining", "expected end, beginning or a time with its zone. Did you mean beginning?"],
  ["yesterday", `expected end, beginning or a time with its zone. ${example}`],
  ["0", `expected end, beginning or a time with its zone. ${example}`],
  ["2026-11-20", `expected end, beginning or a time with its zone. ${example}`],
  ["2026-11-20 10:00:00Z", `expected end, beginning or a time with its zone. ${example}`],
  ["2026-11-20T10:00:00", `this time has no zone. Write Z for UTC or an offset such as +01:00. ${example}`],
  ["2026-02-30T10:00:00Z", `there is no such time. ${example}`],
  ["2026-11-20T25:00:00Z", `there is no such time. ${example}`],
  ["2026-13-20T10:00:00Z", `there is no such time. ${example}`],
])("start: %s is a mistake with its place and its remedy", (written, says) => {
  const loaded = load(written);

  expect(loaded.kind === "refused" ? loaded.errors.map(formatConfigError) : []).toEqual([
    `riposte.yaml:1:41 wazuh.start: ${says}`,
  ]);
});
