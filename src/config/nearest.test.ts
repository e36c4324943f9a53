import { expect, test } from "vitest";
import { nearestName } from "./nearest.ts";

const names = ["destinations", "policies", "wazuh", "store", "http", "group_by", "continue"];

const cases: readonly [written: string, meant: string | null][] = [
  ["polices", "policies"],
  ["destination", "destinations"],
  ["wzauh", "wazuh"],
  ["Store", "store"],
  ["groupBy", "group_by"],
  ["group-by", "group_by"],
  ["contineu", "continue"],
  ["htttp", "http"],
  ["ab", null],
  ["guardrails", null],
  ["x".repeat(1_000), null],
];

test.each(cases)("%s: %s", (written, meant) => {
  expect(nearestName(written, names)).toBe(meant);
});
