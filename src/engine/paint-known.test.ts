import { expect, test } from "vitest";
import { aPolicy } from "../../test/fixtures/kept-alerts.ts";
import { bruteForce } from "../../test/fixtures/pictures.ts";
import { lineWithNote, type AgentNote } from "../core/agent-note.ts";
import { createRedactor, USUAL_REDACTION } from "../core/redact.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { paint } from "./paint.ts";

const line = JSON.stringify({
  timestamp: "2026-11-23T09:00:00.000+0000",
  rule: { id: "5712", level: 10, description: "sshd" },
  agent: { id: "003", name: "web-01", labels: { owner: "ben" } },
  id: "1.1",
});
const note: AgentNote = {
  kind: "known",
  agent: { group: ["web"], labels: { owner: "ana.example", site: "berlin" } },
  at: 1,
  ageMs: 2,
};

function painted(stored: string, fields: readonly string[] | null) {
  const { incident, moments } = bruteForce();
  const redactor = fields === null ? null : createRedactor({ ...USUAL_REDACTION, fields });
  const claimed = { incident, moments, firstRaw: stored, newestRaw: null };
  return paint(claimed, aPolicy({ groupBy: [] }), readStoredLine, { redactor });
}

test("a picture has what was known of the agent, and its line is as Wazuh wrote it", () => {
  const picture = painted(lineWithNote(line, note), null);

  expect(picture.agentNote).toEqual(note);
  expect(picture.first.document["agent"]).toEqual({
    id: "003",
    name: "web-01",
    group: ["web"],
    labels: { owner: "ben", site: "berlin" },
  });
  expect(picture.lines).toEqual({ first: line, newest: line });
  expect(picture.first.raw).toBe(line);
});

test("what is not shown of an alert is not shown of what is known either", () => {
  const picture = painted(lineWithNote(line, note), ["agent.labels.owner", "agent.group"]);

  expect(JSON.stringify([picture.agentNote, picture.first, picture.newest, picture.lines])).not.toMatch(
    /ana\.example|"ben"|"web"/,
  );
  expect(picture.agentNote).toMatchObject({ agent: { labels: { site: "berlin" } } });
});

test("a line without a note makes the picture that it always made", () => {
  expect(painted(line, []).agentNote).toBeUndefined();
  expect(painted(line, []).first.agentNote).toBeUndefined();
});
