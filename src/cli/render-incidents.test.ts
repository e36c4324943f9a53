import { expect, test } from "vitest";
import { anIncident, aMass, aMoment, aReminder, aToldIn, aWork, noon } from "../../test/conformance/store-rows.ts";
import type { IncidentDetail } from "../http/incident-routes.ts";
import { renderIncident, renderIncidentPage } from "./render-incidents.ts";

const plain = (_: unknown, text: string): string => text;
const rest = { group: {}, awaited: [], actions: [], receipts: [], attempts: [], alerts: [] };

test("what is told in a mass event says in which, in the list and in full, and how to have it told by itself", () => {
  const incident = anIncident(12, { collapsedInto: 17 });
  const work = [aWork(12, { state: "listed", reason: "collapsed", evidence: "told in #17" })];
  const detail: IncidentDetail = { ...rest, incident, moments: [aMoment(12, 1)], work };

  expect(renderIncidentPage({ incidents: [incident], next: null }, noon, plain)).toContain("told in #17; rule 5712");
  const shown = renderIncident(detail, noon, plain);
  expect(shown).toContain("told in #17, a mass event");
  expect(shown).toMatch(/chat: not told by itself .*told in #17.*riposte work retry tells it by itself/);
});

test("a mass event says how many it stands for, and how to see them all", () => {
  const incident = anIncident(17, { policy: "riposte:mass:ssh", count: 600 });
  const mass = aMass(17, { members: 600, unresolved: 3 });
  const moments = [aMoment(17, 1, { count: 600 })];

  const shown = renderIncident({ ...rest, incident, mass, moments, work: [] }, noon, plain);

  expect(shown).toContain("600 incidents, 3 not over: riposte incidents list --told-in 17 --state all");
  expect(shown).toContain("opened after 600 incidents");
  expect(renderIncidentPage({ incidents: [incident], next: null }, noon, plain)).toContain("600 incidents");
});

test("what is told in a digest says in which, and what waits for an answer says until when", () => {
  const incident = anIncident(12);
  const work = [aWork(12, { state: "listed", reason: "digested", evidence: "told in #40" })];
  const reminders = [
    aReminder(12, { kind: "escalate", times: 0 }),
    aReminder(12, { kind: "repeat", dueAt: noon + 3_600_000 }),
  ];

  const shown = renderIncident(
    { ...rest, incident, moments: [aMoment(12, 1)], work, reminders, toldIn: [aToldIn(12, { digest: 40 })] },
    noon,
    plain,
  );

  expect(shown).toContain("told in #40, a digest for chat");
  expect(shown).toContain("told to others at 2026-11-23 12:00:00Z, unless somebody acknowledges it");
  expect(shown).toContain("told again at 2026-11-23 13:00:00Z, after 2 times, unless somebody acknowledges it");
  expect(shown).toMatch(/chat: not told by itself .*riposte work retry tells it by itself/);
});

test("a digest says for whom it is, and how to see all that is in it", () => {
  const incident = anIncident(40, { policy: "riposte:digest:chat", count: 31 });

  const shown = renderIncident({ ...rest, incident, moments: [], work: [] }, noon, plain);

  expect(shown).toContain("for chat: riposte incidents list --told-in 40 --state all");
  expect(renderIncidentPage({ incidents: [incident], next: null }, noon, plain)).toContain("31 incidents");
});

test("who has it, and who did which step of the playbook when, is said", () => {
  const incident = anIncident(12, { handling: { assignee: "Ben\u001b[2J" } });
  const tick = { step: 1, print: "00000000", isDone: true, changes: 1, by: "Ana", at: noon };
  const text = { kind: "text", runs: [{ kind: "text", text: "Ask." }] } as const;
  const steps = [
    { parts: [text], print: tick.print, tick },
    { parts: [text], print: tick.print, tick: { ...tick, step: 2, isDone: false } },
  ];
  const playbook = { kind: "guidance", name: "guessing", title: "Guessing", before: [], steps } as const;
  const shown = renderIncident({ ...rest, incident, moments: [], work: [], playbook }, noon, plain);

  expect(shown).toMatch(/\n {2}with {4}Ben(?!\u001b)/);
  expect(shown).toContain("  1. Ask.\n     done by Ana, 2026-11-23 12:00:00Z\n  2. Ask.\n");
});
