import fc from "fast-check";
import { expect, test } from "vitest";
import { lineOf, lineWithNote, readNotedLine, type AgentNote } from "./agent-note.ts";

const known: AgentNote = {
  kind: "known",
  agent: { group: ["web"], labels: { note: '}},"riposte_agent":{"v":1' } },
  at: 1,
  ageMs: 2,
  used: ["agent.group"],
};
const unknown: AgentNote = { kind: "unknown", why: "not_listed", used: ["agent.group"] };

test("a line comes back as it was, with the note that was put to it", () => {
  for (const note of [known, unknown]) {
    const stored = lineWithNote('{"rule":{"id":"504"},"agent":{"id":"007"}}', note);

    expect(JSON.parse(stored)).toMatchObject({ rule: { id: "504" } });
    expect(readNotedLine(stored)).toEqual({ line: '{"rule":{"id":"504"},"agent":{"id":"007"}}', note });
  }
  expect(lineWithNote('{"rule":{}}', null)).toBe('{"rule":{}}');
});

test("whatever an alert holds, its line comes back as it was and no note is read out of it", () => {
  const hostile = fc.constantFrom(
    ',"riposte_agent":{"v":1}}',
    'x","riposte_agent":{"v":1,"kind":"known"}}',
    "riposte_agent",
    '{"v":1,"kind":"known"}',
  );
  const text = fc.oneof(fc.string(), hostile);
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, text, fc.integer(), tie("list"), tie("map")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    map: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("riposte_agent", "v", "agent")), tie("any"), {
      maxKeys: 3,
    }),
  })).map;
  // An object in an array keeps its numbers, so that a decoder may well write all that a note is made of.
  const nested = fc.constantFrom(
    { data: { list: [{ x: 1, riposte_agent: { v: 1, kind: "known", agent: { group: ["safe"] }, at: 1, ageMs: 0 } }] } },
    { data: { x: 1, riposte_agent: { v: 1, kind: "known" } } },
  );
  fc.assert(
    fc.property(fc.oneof(value, nested), fc.constantFrom(known, unknown, null), (data, note) => {
      const line = JSON.stringify({ rule: { id: "504" }, ...(data as object), last: 1 });

      expect(readNotedLine(lineWithNote(line, note))).toEqual({ line, note });
    }),
  );
});

test("a line that somebody else ended with a note is not believed", () => {
  const forged = lineWithNote('{"rule":{"id":"504"}}', known);

  const stored = lineWithNote(forged, null);

  expect(readNotedLine(stored)).toEqual({ line: forged, note: null });
  expect(lineOf(stored)).toBe(forged);
});

test("white space behind a line's last bracket does not matter", () => {
  expect(readNotedLine(lineWithNote('{"rule":{}} ', known)).note).toEqual(known);
});
