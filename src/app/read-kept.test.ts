import { expect, test } from "vitest";
import { aPolicy } from "../../test/fixtures/kept-alerts.ts";
import { lineWithNote, type AgentNote } from "../core/agent-note.ts";
import type { Policy } from "../core/policy.ts";
import { alertFromWazuh4 } from "../sources/wazuh4.ts";
import { readKept } from "./read-kept.ts";

const isProduction = { kind: "one_of", values: ["production"] } as const;
const production: Policy = {
  terms: aPolicy({ name: "production" }),
  when: { kind: "field", path: "agent.group", test: isProduction },
  clear: null,
  continues: false,
};
const known: AgentNote = { kind: "known", agent: { group: ["default", "production"] }, at: 0, ageMs: 0 };
const unknown: AgentNote = { kind: "unknown", why: "no_agent", used: ["agent.group"] };
const line = JSON.stringify({ rule: { id: "5712" }, agent: { id: "003", name: "web-01" } });

test.each([
  ["matches by the group that its agent had then", known, "matches"],
  ["does not match where nothing was known of its agent", unknown, "no_match"],
  ["does not match where nobody asked", null, "no_match"],
])("a kept line %s", (_, note, outcome) => {
  const read = readKept(() => [production]).readLine(lineWithNote(line, note));

  expect(read.policies()).toMatchObject([{ policy: "production", outcome }]);
});

test("a kept line without an id has the identity and the words that it came with, whatever was noted behind it", () => {
  const came = alertFromWazuh4(line, 0);
  if (came.kind !== "alert") throw new Error(came.why);

  const read = readKept(() => []).readLine(lineWithNote(line, known));

  expect(read).toMatchObject({ identity: came.alert.identity, line });
  expect(read.identity.nativeId).toMatch(/^sha256:/);
});
