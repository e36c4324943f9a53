import { expect, test } from "vitest";
import { aDestination } from "../../test/fixtures/kept-alerts.ts";
import { newLane } from "../core/lane.ts";
import { buildStatus, type StatusFacts } from "./status.ts";

const now = 1_000_000;

function facts(of: Partial<StatusFacts> = {}): StatusFacts {
  return {
    version: "1",
    now,
    startedAt: 0,
    config: "hash",
    configFile: null,
    destinations: [
      aDestination({ name: "chat", type: "slack" }),
      aDestination({ name: "tickets", type: "jira-automation" }),
    ],
    lanes: [],
    work: [],
    receipts: [],
    incidents: { pending: 0, open: 0, acknowledged: 0, resolved: 0 },
    sources: [],
    responses: { counts: { received: 0, failed: 0, overdue: 0, lifted: 0, renewed: 0 }, inForce: [], own: {} },
    ...of,
  };
}

const waits = { reason: null, count: 1, oldestAt: 5, evidence: null } as const;
const dead = { ...waits, destination: "chat", state: "dead", reason: "gave_up" } as const;
const unknown = { ...waits, destination: "tickets", state: "unknown", reason: "timeout" } as const;
const ready = { ...waits, destination: "chat", state: "ready" } as const;
const sending = { ...waits, destination: "chat", state: "sending", oldestAt: 3 } as const;
const told = { destination: "tickets", incidents: 4, repeats: 0, repeatedIncidents: 0, lastDoneAt: 9 };

test.each([
  ["everything", []],
  ["not_yet", [ready]],
  ["unknown", [ready, unknown]],
  ["given_up", [ready, unknown, dead]],
])("did the message go out: %s", (verdict, work) => {
  expect(buildStatus(facts({ work })).sent.verdict).toBe(verdict);
});

test("work under way counts as waiting, since when the oldest of both has", () => {
  const [chat] = buildStatus(facts({ work: [ready, sending] })).sent.destinations;

  expect(chat?.waiting).toMatchObject({ count: 2, oldestAt: 3 });
});

test("a destination that left the config is still shown while something of it is left", () => {
  const { destinations } = buildStatus(facts({ work: [{ ...dead, destination: "old" }] })).sent;

  expect(destinations.map(({ name, type, dead: { count } }) => [name, type, count])).toEqual([
    ["chat", "slack", 0],
    ["tickets", "jira-automation", 0],
    ["old", null, 1],
  ]);
});

test.each([
  ["received", false, told, []],
  ["possible_repeats", false, { ...told, repeats: 2, repeatedIncidents: 1 }, []],
  ["unknown", false, told, [unknown]],
  ["one_each", true, told, []],
  ["unknown", true, told, [unknown]],
])("is this the only ticket: %s (can be asked: %s)", (verdict, finds, receipts, work) => {
  const destinations = [aDestination({ name: "tickets", type: "jira-automation", finds })];

  const [report, ...others] = buildStatus(facts({ destinations, receipts: [receipts], work })).tickets;

  expect(report).toMatchObject({ verdict, canBeAsked: finds, incidentsWithReceipt: 4 });
  expect(others).toEqual([]);
});

test.each([
  ["open", {}, null],
  ["held", { holdUntil: now + 5, failures: 1, reason: "rate_limited" as const }, now + 5],
  ["careful", { holdUntil: now, failures: 3, reason: "server_error" as const }, null],
  ["open", { failures: 2, reason: "timeout" as const }, null],
])("a lane is %s", (state, lane, until) => {
  const [chat] = buildStatus(facts({ lanes: [{ ...newLane("chat"), ...lane }] })).sent.destinations;

  expect(chat?.lane).toMatchObject({ state, until });
});
