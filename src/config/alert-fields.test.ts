import { expect, test } from "vitest";
import { fieldTrouble } from "./alert-fields.ts";

test.each([
  "rule.id",
  "rule.mitre.id",
  "rule.cis_csc_v8",
  "rule.soc_2",
  "agent.labels.site",
  "data.win.eventdata.targetUserName",
  "data.anything",
  "location",
  "full_log",
  "syscheck.audit.user.name",
  "agentless.host",
  "raw.GeoLocation.country_name",
])("%s is a field", (path) => {
  expect(fieldTrouble(path)).toBeNull();
});

const cases: readonly [path: string, says: RegExp][] = [
  ["srcip", /Did you mean data\.srcip\?.*raw\.srcip/],
  ["level", /Did you mean rule\.level\?/],
  ["rule.groups_", /Did you mean rule\.groups\?/],
  ["rules.id", /Did you mean rule\.id\?/],
  ["agent.nmae", /Did you mean agent\.name\?/],
  ["rule", /Example: rule\.level/],
  ["data", /Example: data\.srcip/],
  ["raw", /raw takes a path/],
  ["", /not the name of a field/],
  ["rule..id", /not the name of a field/],
  [".rule", /not the name of a field/],
  ["rule. id", /not the name of a field/],
  ["@timestamp", /not a field of Wazuh's alerts/],
  ["constructor", /not a field of Wazuh's alerts/],
  ["host name with <spaces>", /raw\.<path>$/],
];

test.each(cases)("%s is not", (path, says) => {
  expect(fieldTrouble(path)).toMatch(says);
});
