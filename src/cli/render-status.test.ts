import { expect, test } from "vitest";
import { aDestination } from "../../test/fixtures/kept-alerts.ts";
import { newLane } from "../core/lane.ts";
import { buildStatus, type StatusFacts } from "../http/status.ts";
import { renderStatus } from "./render-status.ts";
import { paintFor, plain } from "./terminal.ts";

const now = Date.UTC(2026, 10, 23, 12);

function facts(of: Partial<StatusFacts> = {}): StatusFacts {
  return {
    version: "1.2.3",
    now,
    startedAt: now - 3_600_000,
    config: "0123456789abcdef",
    configFile: null,
    destinations: [
      aDestination({ name: "chat", type: "slack" }),
      aDestination({ name: "tickets", type: "jira-automation" }),
    ],
    lanes: [],
    work: [],
    receipts: [
      { destination: "chat", incidents: 1200, repeats: 0, repeatedIncidents: 0, lastDoneAt: now - 12_000 },
      { destination: "tickets", incidents: 1, repeats: 0, repeatedIncidents: 0, lastDoneAt: now - 90_000 },
    ],
    incidents: { pending: 1, open: 2, acknowledged: 3, resolved: 1194 },
    sources: [],
    responses: { counts: { received: 0, failed: 0, overdue: 0, lifted: 0, renewed: 0 }, inForce: [], own: {} },
    ...of,
  };
}

const row = {
  name: "alerts",
  cursor: null,
  read: 10,
  ignored: 5,
  malformed: 1,
  duplicate: 1,
  kept: 3,
  collision: 0,
  watermarkAt: now,
  seenAt: now,
};
const well = { state: "at_end", trouble: null, behindBytes: 0 } as const;
const waits = { destination: "chat", count: 2, oldestAt: now - 60_000 } as const;

test("all is well on one screen", () => {
  const text = renderStatus(
    buildStatus(facts({ sources: [{ name: "alerts", row, addsUp: true, live: well }] })),
    plain,
  );

  expect(text).toBe(`riposte 1.2.3 · up 1 h · config 0123456789ab
Incidents: 2 open, 3 acknowledged, 1 held back, 1,194 resolved

Did the message go out? Yes, everything that was to be told was told.
  DESTINATION  TYPE             INCIDENTS  LAST DELIVERY   WAITING  UNKNOWN  DEAD  REPEATS  LANE
  chat         slack            1,200      12 s ago        0        0        0     0        open
  tickets      jira-automation  1          1 min 30 s ago  0        0        0     0        open

Is this the only ticket? As far as can be known: 1 incident with one receipt each, nothing was sent twice; tickets answers "received" and can't be asked what became of it.

Did the block take effect? Riposte has carried out no responses, and has seen none of Wazuh's own.
Will it be lifted? Nothing that has to be lifted was seen.

Was every line accounted for? Yes.
  alerts: at the end
    10 read = 5 ignored + 1 malformed + 1 duplicate + 3 kept  (adds up)
    read up to 2026-11-23 12:00:00Z
    look at the malformed ones: riposte quarantine list alerts
`);
});

const cases: readonly [says: string, of: Partial<StatusFacts>][] = [
  ["Not all of it: not yet for 2.", { work: [{ ...waits, state: "ready", reason: null, evidence: null }] }],
  ["2 (1 min)", { work: [{ ...waits, state: "ready", reason: null, evidence: null }] }],
  [
    "chat: 2 waiting: the other side asked to slow down (429)",
    { work: [{ ...waits, state: "ready", reason: "rate_limited", evidence: "429" }] },
  ],
  ["Not all of it: given up for 2.", { work: [{ ...waits, state: "dead", reason: "unauthorized", evidence: "401" }] }],
  [
    "chat: 2 dead: the other side does not accept the secret (401); check the webhook or token",
    { work: [{ ...waits, state: "dead", reason: "unauthorized", evidence: "401" }] },
  ],
  [
    "retry: riposte work retry --dead chat",
    { work: [{ ...waits, state: "dead", reason: "unauthorized", evidence: "401" }] },
  ],
  [
    'Not known for 2: tickets answers "received" and can\'t be asked',
    { work: [{ ...waits, destination: "tickets", state: "unknown", reason: "timeout", evidence: null }] },
  ],
  [
    "Perhaps not: 1 incident with one receipt each; 1 of them may have a second one",
    { receipts: [{ destination: "tickets", incidents: 1, repeats: 1, repeatedIncidents: 1, lastDoneAt: now }] },
  ],
  [
    "Yes: 1 incident with one receipt each, and tickets can be asked.",
    { destinations: [aDestination({ name: "tickets", type: "jira", finds: true })] },
  ],
  ["No destination makes tickets.", { destinations: [aDestination({ name: "chat", type: "slack" })], receipts: [] }],
  ["There is no destination, so nobody is told.", { destinations: [], receipts: [] }],
  ["no server is running", { startedAt: null }],
  [
    "held for 30 s: the other side asked to slow down (429)",
    { lanes: [{ ...newLane("chat"), holdUntil: now + 30_000, failures: 1, reason: "rate_limited", evidence: "429" }] },
  ],
  [
    "one call at a time after 4 failures in a row: nothing listens there",
    { lanes: [{ ...newLane("chat"), failures: 4, reason: "connection_refused" }] },
  ],
  ["No: the sums below do not agree", { sources: [{ name: "alerts", row, addsUp: false, live: well }] }],
  [
    "1 source can't be read",
    { sources: [{ name: "alerts", row, addsUp: true, live: { ...well, state: "missing", trouble: "it is gone" } }] },
  ],
];

test.each(cases)("it says: %s", (says, of) => {
  expect(renderStatus(buildStatus(facts(of)), plain)).toContain(says);
});

test("what a vendor answered can't write over the terminal, and colours are only for one", () => {
  const dead = { ...waits, state: "dead", reason: "bad_request", evidence: "\u001b[2Jx" } as const;
  const status = buildStatus(facts({ work: [dead] }));
  const tty = { write: () => {}, isTTY: true };

  const piped = renderStatus(status, paintFor({ write: () => {} }, {}));

  expect(piped).toContain("\\x1b[2Jx");
  expect(piped).not.toContain("\u001b");
  expect(renderStatus(status, paintFor(tty, { NO_COLOR: "1" }))).toBe(piped);
  expect(renderStatus(status, paintFor(tty, {}))).toContain("\u001b[31m");
});

test("the last seal of the audit is told with all of its hash, once there is one", () => {
  const audit = { segment: 12, sealedAt: now, hash: "9f86d081".repeat(8) };

  const shown = renderStatus(buildStatus(facts({ audit })), plain);

  expect(shown).toContain(`The audit is sealed up to segment 12 (2026-11-23T12:00:00.000Z): ${audit.hash}\n`);
  expect(renderStatus(buildStatus(facts()), plain)).not.toContain("sealed");
});
