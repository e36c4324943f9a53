// One destination's trouble with its plans costs the others, and those who wait for an answer, nothing.
import { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { nextMoment } from "../../test/fixtures/worker-desk.ts";
import { wrapStore } from "../../test/fixtures/wrapped-store.ts";
import type { Drawer, Step } from "../connectors/connector.ts";
import type { Change } from "../core/change.ts";
import { newNeed } from "../core/need.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { StoreError, type Plan, type Store } from "../store/store.ts";
import type { Job } from "./job.ts";
import { Writer } from "./writer.ts";

const tell = ["odd", "sound"];
const policy = aPolicy({ groupBy: ["agent.id"], tell: { low: tell, medium: tell, high: tell, critical: tell } });
const odd = aDestination({ name: "odd" });
const arrived = { kind: "done", remote: { anchor: "A", url: null }, evidence: "" } as const;

interface DeskOptions {
  readonly next?: Drawer["next"];
  readonly odd?: Partial<DestinationTerms>;
  readonly wrap?: (store: Store) => Store;
  readonly committed?: () => void;
}

async function openDesk({ next = nextMoment, odd, wrap = (store) => store, committed = () => {} }: DeskOptions) {
  const directory = mkdtempSync(join(tmpdir(), "riposte-plans-"));
  const path = join(directory, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  onTestFinished(() => {
    store.close();
    rmSync(directory, { recursive: true });
  });
  const clock = createTestClock(noon + MINUTE_MS);
  const snapshot = aSnapshot([policy], [aDestination({ name: "odd", ...odd }), aDestination({ name: "sound" })]);
  const troubles: unknown[] = [];
  const jobs: Job[] = [];
  const writer = new Writer({
    store: wrap(store),
    clock,
    random: () => 0.5,
    snapshot,
    openDestinations: () =>
      new Map([
        ["odd", { next }],
        ["sound", { next: nextMoment }],
      ]),
    readFacts: readStoredLine,
    soon: (turn) => void setImmediate(turn),
    committed,
    troubled: (error) => troubles.push(error),
  });
  await writer.follow({ generation: 1, snapshot, destinations: [] });
  const work = (): Promise<void> => writer.work((begun) => jobs.push(...begun));
  return { path, store, clock, writer, troubles, jobs, work };
}

function alerts(from: number, count: number) {
  return aStretch(
    Array.from({ length: count }, (_, i) =>
      aKeptAlert(from + i, { match: { groupKey: JSON.stringify([`${from + i}`]) } }),
    ),
  );
}

describe("a destination", () => {
  it("whose step can't be stored is tried again, and the other is told", async () => {
    const broken = { action: undefined, safeToRepeat: false, plan: { momentsTold: 1, headDigest: null } };
    const desk = await openDesk({ next: () => ({ ...broken, anchor: null, mark: "m", body: "" }) as unknown as Step });
    await desk.work();

    await desk.writer.submit(alerts(1, 3));
    for (let seconds = 0; seconds < 3; seconds += 1) {
      await desk.clock.advance(SECOND_MS);
      await desk.writer.check();
    }

    expect(desk.jobs.map(({ destination }) => destination)).toContain("sound");
    expect(desk.troubles.length).toBeGreaterThan(1);
    await desk.writer.rest();
  });

  it("one of whose rows can't be read is tried again, and the other is told", async () => {
    const desk = await openDesk({});
    await desk.work();
    await desk.writer.submit(alerts(1, 1));
    for (const { destination, incident, attempt } of desk.jobs.splice(0)) {
      await desk.writer.submit({ kind: "settle", destination, incident, attempt, outcome: arrived });
    }
    const other = new DatabaseSync(desk.path);
    other.exec(`UPDATE receipt SET remote = '{"v":99}' WHERE destination = 'odd'`);
    other.close();

    const asked = desk.writer.submit({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } });
    await expect(asked).rejects.toThrow("version 99");
    await desk.writer.submit(alerts(2, 1));
    await desk.clock.advance(2 * SECOND_MS);
    await desk.writer.check();

    expect(desk.jobs).toContainEqual(expect.objectContaining({ destination: "sound", incident: 2 }));
    await desk.writer.rest();
  });

  it("that can't be planned for is tried once a second, however many alerts come", async () => {
    let plans = 0;
    const refuse = (): Promise<never> => {
      plans += 1;
      return Promise.reject(new Error("poison"));
    };
    const desk = await openDesk({
      wrap: (store) => wrapStore(store, { commit: (changes, plan) => store.commit(changes, plan && refuse) }),
    });
    await desk.work();
    await desk.writer.submit(alerts(1, 1));
    await desk.writer.check();
    plans = 0;

    for (let n = 2; n < 100; n += 1) {
      await desk.writer.submit(alerts(n, 1));
      await desk.clock.advance(5);
    }

    expect(plans).toBeLessThan(5);
    await desk.writer.rest();
  });
});

describe("work that turns out to have to wait", () => {
  it("for a kind of step that is slowed down goes on when that is over, though nothing else happens", async () => {
    const desk = await openDesk({});
    await desk.work();
    await desk.writer.submit(alerts(1, 1));
    const { attempt } = desk.jobs.find(({ destination }) => destination === "odd")!;
    const retryAfterMs = 20 * SECOND_MS;
    const slowed = { kind: "later", reason: "rate_limited", scope: "action", retryAfterMs, evidence: "" } as const;
    await desk.writer.submit({ kind: "settle", destination: "odd", incident: 1, attempt, outcome: slowed });
    const command = { kind: "retry_work", incident: 1, destination: "odd" } as const;
    await desk.writer.submit({ kind: "command", who: "ana", command });
    const calls = (): number => desk.jobs.filter(({ destination }) => destination === "odd").length;
    expect(calls()).toBe(1);

    await desk.clock.advance(retryAfterMs);
    await desk.writer.check();

    expect(calls()).toBe(2);
    await desk.writer.rest();
  });
});

describe("many works that wait for one kind of call", () => {
  it("are written at no hold, and what is of another kind goes past them", async () => {
    const waiting = 450;
    let written = 0;
    const desk = await openDesk({
      next: (picture, receipt, words) => {
        const step = nextMoment(picture, receipt, words);
        return step === null ? null : { ...step, action: picture.incident.id > waiting ? "other" : "post" };
      },
      wrap: (store) => {
        const count = (changes: readonly Change[]): void => {
          written += changes.filter((change) => change.table === "work" && change.row.destination === "odd").length;
        };
        return wrapStore(store, {
          commit(changes, plan) {
            count(changes);
            const counted: Plan = async (claim) => {
              const planned = await plan!(claim);
              count(planned);
              return planned;
            };
            return store.commit(changes, plan && counted);
          },
        });
      },
    });
    await desk.work();
    await desk.writer.submit(alerts(1, waiting));
    const ofOdd = (): readonly Job[] => desk.jobs.filter(({ destination }) => destination === "odd");
    const slowed = {
      kind: "later",
      reason: "rate_limited",
      scope: "action",
      retryAfterMs: 9_000,
      evidence: "",
    } as const;
    const slowDown = async (): Promise<void> => {
      for (const { incident, attempt } of ofOdd().slice(-odd.concurrency)) {
        await desk.writer.submit({ kind: "settle", destination: "odd", incident, attempt, outcome: slowed });
      }
      for (let turn = 0; turn < 10; turn += 1) {
        await desk.clock.advance(1);
        await desk.writer.check();
      }
    };
    const before = written;

    await slowDown();
    await desk.clock.advance(9_000);
    await desk.writer.check();
    await slowDown();
    await desk.writer.submit(alerts(waiting + 1, 1));
    await desk.clock.advance(1);
    await desk.writer.check();

    expect(written - before).toBeLessThan(6 * odd.concurrency + 5);
    expect(ofOdd().at(-1)?.incident).toBe(waiting + 1);
    await desk.writer.rest();
  });
});

describe("whoever asks something", () => {
  it("waits for a turn and no more while much finished work is cleared away", async () => {
    let commits = 0;
    const desk = await openDesk({
      next: () => null,
      odd: { concurrency: 1 },
      wrap: (store) =>
        wrapStore(store, {
          commit(changes, plan) {
            commits += 1;
            return store.commit(changes, plan);
          },
        }),
    });
    await desk.writer.submit(alerts(1, 1_900));
    commits = 0;

    const working = desk.work();
    await new Promise((soon) => setImmediate(soon));
    await desk.writer.submit({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } });
    await working;

    expect(commits).toBeLessThan(10);
    await desk.writer.rest();
  });

  it("is heard once although somebody who is told of the commit throws", async () => {
    const desk = await openDesk({
      committed() {
        throw new Error("the log's disk is full");
      },
    });

    await desk.writer.submit(alerts(1, 2));

    const { sources } = desk.store.read({ ...newNeed(), sources: new Set(["alerts"]) });
    expect(sources).toMatchObject([{ read: 2, kept: 2, duplicate: 0 }]);
  });
});

describe("a look", () => {
  it("whose answer can't be committed is not begun a second time", async () => {
    let isFull = false;
    const desk = await openDesk({
      odd: { concurrency: 4, finds: true, settleMs: 5 * MINUTE_MS },
      wrap: (store) =>
        wrapStore(store, {
          commit(changes, plan) {
            if (isFull) throw new Error("full");
            return store.commit(changes, plan);
          },
        }),
    });
    await desk.work();
    await desk.writer.submit(alerts(1, 1));
    const call = desk.jobs.find(({ destination }) => destination === "odd")!;
    const outcome = { kind: "unknown", reason: "timeout", retryAfterMs: null, evidence: "" } as const;
    await desk.writer.submit({ kind: "settle", destination: "odd", incident: 1, attempt: call.attempt, outcome });
    await desk.clock.advance(5 * MINUTE_MS);
    await desk.writer.check();
    const looks = (): number => desk.jobs.filter(({ what }) => what.kind === "look").length;
    expect(looks()).toBe(1);

    isFull = true;
    await desk.clock.advance(40 * SECOND_MS);
    isFull = false;
    await desk.writer.submit(alerts(2, 1));
    await desk.clock.advance(2 * SECOND_MS);
    await desk.writer.check();

    expect(looks()).toBe(1);
    await desk.writer.rest();
  });
});
