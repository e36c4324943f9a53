import { expect, it } from "vitest";
import { Desk, done, unknown } from "../../test/fixtures/desk.ts";
import { aKeptAlert, aStretch } from "../../test/fixtures/kept-alerts.ts";
import type { CalledBackInput, Result } from "./input.ts";
import type { Outcome } from "./outcome.ts";
import { readMark } from "./receipt.ts";
import { markInstall } from "./restore.ts";
import { DAY_MS, MINUTE_MS } from "./time.ts";

const received: Outcome = { kind: "done", remote: { anchor: null, url: null }, evidence: "received" };
const later: Outcome = {
  kind: "later",
  reason: "rate_limited",
  scope: "destination",
  retryAfterMs: null,
  evidence: "",
};

function aDesk(): Desk {
  return new Desk({ callsBack: true });
}

function callBack(desk: Desk, of: { mark?: string; key?: string; created?: boolean } = {}): Result {
  const { mark: text = "rp-testtest-1-chat-1", key = "SEC-12", created = true } = of;
  const mark = readMark(text);
  if (mark === null) throw new Error(`no mark: ${text}`);
  const remote = { anchor: key, url: `https://jira.example/browse/${key}` };
  return desk.decide({ kind: "called_back", mark, remote, created } satisfies CalledBackInput);
}

function textsOf(desk: Desk): readonly (string | null)[] {
  return [...desk.rows.moments.values()].filter(({ kind }) => kind === "note").map(({ text }) => text);
}

it("received becomes created: the receipt names the thing, and whoever was told of the incident hears of it", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), received);
  expect(desk.receipt!.remote.anchor).toBeNull();

  const result = callBack(desk);

  expect(result).toMatchObject({ refused: null, calledBack: "taken" });
  expect(desk.receipt).toMatchObject({
    steps: 1,
    remote: { anchor: "SEC-12", url: "https://jira.example/browse/SEC-12" },
    twins: [],
  });
  expect(textsOf(desk)).toEqual(["created SEC-12 (https://jira.example/browse/SEC-12)"]);
  expect(desk.rows.moments.get("1/2")).toMatchObject({ by: "chat" });
  expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now });
});

const BEFORE: readonly (readonly [string, (desk: Desk) => void])[] = [
  ["while its call is under way", (desk) => void desk.begin()],
  ["after an answer that nobody saw", (desk) => desk.settle(desk.begin(), unknown)],
  ["after an answer that said no", (desk) => desk.settle(desk.begin(), later)],
  [
    "while it waits to be repeated for the third time",
    (desk) => {
      for (let n = 1; n <= 2; n += 1) {
        desk.settle(desk.begin(), unknown);
        desk.now = desk.work!.dueAt;
      }
    },
  ],
  [
    "once a person has to look",
    (desk) => {
      desk.settle(desk.begin(), unknown);
      desk.decide({
        kind: "command",
        who: "ana",
        command: { kind: "drop_work", incident: 1, destination: "chat" },
      });
    },
  ],
  [
    "days after Riposte died amid the call",
    (desk) => {
      desk.begin();
      desk.decide({ kind: "recover", destinations: ["chat"] });
      desk.now += 3 * DAY_MS;
    },
  ],
];
it.each(BEFORE)("a call back %s is the answer: nothing is sent again", (_, happens) => {
  const desk = aDesk();
  happens(desk);

  callBack(desk);

  expect(desk.receipt).toMatchObject({ steps: 1, momentsTold: 1, remote: { anchor: "SEC-12" } });
  expect(desk.work).toMatchObject({ state: "ready", attempt: null, lostSince: null, lost: 0 });
  expect(desk.rows.attempts.get(desk.begun)).toMatchObject({ outcome: "found", evidence: "it called back: SEC-12" });
});

it.each([
  ["done", received],
  ["unknown", unknown],
  ["no", later],
] as const)("the answer of the call itself, %s, is no news after the call back", (_, outcome) => {
  const desk = aDesk();
  const attempt = desk.begin();
  callBack(desk);
  const before = structuredClone(desk.rows);

  desk.settle(attempt, outcome);

  expect(desk.rows).toEqual(before);
});

it("a destination that called back is there again, whatever its calls came to", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), unknown);
  desk.now = desk.work!.dueAt;
  desk.begin();
  expect(desk.lane).toMatchObject({ failures: 1 });

  callBack(desk);

  expect(desk.lane).toMatchObject({ failures: 0, lastDoneAt: desk.now });
});

it("what is said twice, or days later, changes nothing", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), received);
  callBack(desk);
  const before = structuredClone(desk.rows);

  desk.now += 9 * DAY_MS;
  expect(callBack(desk, { created: false })).toEqual({ woken: [], refused: null, calledBack: "known" });

  expect(desk.rows).toEqual(before);
});

it("what an earlier call created is said to be found", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), unknown);
  desk.now = desk.work!.dueAt;
  desk.settle(desk.begin(), received);

  callBack(desk, { created: false });

  expect(textsOf(desk)).toEqual([
    "found SEC-12 (https://jira.example/browse/SEC-12), which an earlier call had created",
  ]);
  expect(desk.receipt).toMatchObject({ repeats: 1 });
});

it("a second thing is kept as a second thing, and people are asked to close one", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), unknown);
  callBack(desk);

  expect(callBack(desk, { key: "SEC-13" })).toMatchObject({ calledBack: "taken" });
  expect(callBack(desk, { key: "SEC-13" })).toMatchObject({ calledBack: "known" });
  expect(callBack(desk)).toMatchObject({ calledBack: "known" });

  expect(desk.receipt).toMatchObject({ remote: { anchor: "SEC-12" }, twins: ["SEC-13"] });
  expect(textsOf(desk)[1]).toBe(
    "SEC-13 (https://jira.example/browse/SEC-13) as well as SEC-12: chat may have it twice, close one",
  );
});

it("however many things are named, the rows do not grow without end", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), received);
  const results = Array.from({ length: 25 }, (_, i) => callBack(desk, { key: `SEC-${i + 1}` }).calledBack);

  expect(results.filter((word) => word === "taken")).toHaveLength(20);
  expect(results.at(-1)).toBe("too_many_things");
  expect(desk.receipt!.twins).toHaveLength(19);
});

it("an incident that is over keeps the name of its thing as well", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), received);
  desk.decide({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } });

  expect(callBack(desk)).toMatchObject({ calledBack: "taken" });

  expect(desk.rows.incidents.get(1)).toMatchObject({ state: "resolved" });
  expect(desk.receipt).toMatchObject({ remote: { anchor: "SEC-12" } });
});

it.each([
  ["of an incident that is not there", "rp-testtest-99-chat-1", "unknown_incident", "there is no incident #99"],
  ["of a destination that nobody has", "rp-testtest-1-soc-1", "not_awaited", "no destination soc awaits a call back"],
  ["of another installation", "rp-elsewhere-1-chat-1", "foreign_mark", "the mark elsewhere is of another installation"],
  [
    "of a step that was never made",
    "rp-testtest-1-chat-2",
    "never_made",
    "step 2 of incident #1 at chat was never made",
  ],
])("a mark %s is refused by name, and nothing is written", (_, mark, calledBack, refused) => {
  const desk = aDesk();
  desk.settle(desk.begin(), received);
  const before = structuredClone(desk.rows);

  expect(callBack(desk, { mark })).toEqual({ woken: [], refused, calledBack });

  expect(desk.rows).toEqual(before);
});

it("a step that is yet to be made is one that was never made", () => {
  expect(callBack(aDesk())).toMatchObject({ calledBack: "never_made" });
});

it("a destination that does not call back, and one that has left the config, is not listened to", () => {
  const silent = new Desk();
  silent.settle(silent.begin(), done);
  expect(callBack(silent)).toMatchObject({ calledBack: "not_awaited" });
  const gone = aDesk();
  gone.settle(gone.begin(), received);
  gone.leave();
  expect(callBack(gone)).toMatchObject({ calledBack: "not_awaited" });
});

it("what was made in a life that the rows do not know is not taken for what was made in this one", () => {
  const desk = aDesk();
  desk.now += MINUTE_MS;
  desk.restoredAt = desk.now;
  desk.now += MINUTE_MS;
  desk.settle(desk.begin(), received);

  expect(callBack(desk)).toMatchObject({ calledBack: "never_made" });
  const mark = `rp-${markInstall("testtest", desk.restoredAt)}-1-chat-1`;
  expect(callBack(desk, { mark })).toMatchObject({ calledBack: "taken" });
});

it("news that comes with the call back is told like any other", () => {
  const desk = aDesk();
  const attempt = desk.begin();
  desk.decide(aStretch([aKeptAlert(2, { level: 15 })]));
  callBack(desk);
  desk.settle(attempt, received);

  expect(desk.work).toMatchObject({ state: "ready", wanted: 3 });
});

it.each([
  ["rp-testtest-1-chat-1", { install: "testtest", incident: 1, destination: "chat", step: 1 }],
  ["rp-abc123de-12-soc-3-4", { install: "abc123de", incident: 12, destination: "soc-3", step: 4 }],
  ["rp-abc-7-a-1-2-3", { install: "abc", incident: 7, destination: "a-1-2", step: 3 }],
  ["rp-abc-0-chat-1", null],
  ["rp-abc-1-chat-0", null],
  ["rp-abc-1--1", null],
  ["rp-abc-1-chat", null],
  ["rp-ABC-1-chat-1", null],
  ["xrp-abc-1-chat-1", null],
  ["rp-abc-1-chat-1\n", null],
  ["rp-abc-1-ch at-1", null],
  ["rp-abc-99999999999999999-chat-1", null],
])("the mark %j is of %j", (text, mark) => {
  expect(readMark(text)).toEqual(mark);
});

it("whoever has it tried again gives the call back its time first: it may be on its way", () => {
  const desk = aDesk();
  desk.settle(desk.begin(), unknown);
  desk.decide({ kind: "command", who: "ana", command: { kind: "drop_work", incident: 1, destination: "chat" } });

  desk.decide({ kind: "command", who: "ana", command: { kind: "retry_work", incident: 1, destination: "chat" } });

  expect(desk.work).toMatchObject({ state: "unknown", dueAt: desk.now + 30_000 });
});

it("what it says while the incident is held again is told when that is over, though nothing else is", () => {
  const desk = new Desk({ callsBack: true }, { holdMs: MINUTE_MS });
  const clears = { match: { clears: true } };
  function hear(n: number, of: Parameters<typeof aKeptAlert>[1] = {}): void {
    desk.decide(aStretch([aKeptAlert(n, of)]));
  }
  // Its hold is over before the second alert, so that it opens then, is told, and told to be over.
  hear(70);
  desk.settle(desk.begin(), received);
  hear(71, clears);
  desk.settle(desk.begin({ momentsTold: 2 }), received);
  hear(72);
  expect(desk.rows.incidents.get(1)).toMatchObject({ state: "pending", momentCount: 2 });

  callBack(desk);
  expect(desk.work).toBeUndefined();
  hear(73, clears);

  expect(desk.rows.incidents.get(1)).toMatchObject({ state: "resolved", momentCount: 3 });
  expect(desk.work).toMatchObject({ state: "ready", wanted: desk.rows.incidents.get(1)!.revision });
});
