import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createTestClock, type TestClock } from "../../test/clock.ts";
import { aKeptAlert, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { nextMoment } from "../../test/fixtures/worker-desk.ts";
import { wrapStore } from "../../test/fixtures/wrapped-store.ts";
import type { Change } from "../core/change.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { StoreError, type Store } from "../store/store.ts";
import type { Setup } from "./door.ts";
import type { Job } from "./job.ts";
import { Writer } from "./writer.ts";

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const setup: Setup = { generation: 1, snapshot: aSnapshot(), destinations: [] };

interface Desk {
  readonly writer: Writer;
  readonly commits: (readonly Change[])[];
  readonly clock: TestClock;
}

/** A Writer over a real database ; `wrap` plants trouble between the two. */
function openDesk(wrap: (store: Store) => Store = (store) => store): Desk {
  const directory = mkdtempSync(join(tmpdir(), "riposte-writer-"));
  directories.push(directory);
  const store = openSqliteStore({ path: join(directory, "riposte.db"), synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  const commits: (readonly Change[])[] = [];
  const clock = createTestClock(noon);
  const writer = new Writer({
    store: wrap(store),
    clock,
    random: () => 0.5,
    snapshot: aSnapshot(),
    openDestinations: () => new Map([["chat", { next: nextMoment }]]),
    readFacts: readStoredLine,
    soon: (turn) => queueMicrotask(turn),
    committed: (changes) => commits.push(changes),
    troubled: () => {},
  });
  return { writer, commits, clock };
}

/** The store with a commit that fails as long as `broken` says so. */
function breaking(broken: (changes: readonly Change[]) => boolean): (store: Store) => Store {
  return (store) =>
    wrapStore(store, {
      commit(changes, plan) {
        if (broken(changes)) throw new Error("disk full");
        return store.commit(changes, plan);
      },
    });
}

describe("the Writer", () => {
  it("commits once for all that waits", async () => {
    const { writer, commits } = openDesk();

    const answers = [1, 2, 3].map((n) => writer.submit(aStretch([aKeptAlert(n)])));
    await Promise.all(answers);

    expect(commits).toHaveLength(1);
    expect(commits[0]!.filter(({ table }) => table === "incident")).toHaveLength(1);
    await writer.close();
  });

  it("begins in the commit that brings the alert what is due because of it, and hands it out after", async () => {
    const { writer, commits } = openDesk();
    const jobs: Job[] = [];
    await writer.follow(setup);
    await writer.work((begun) => jobs.push(...begun));

    await writer.submit(aStretch([aKeptAlert(1)]));

    expect(commits).toHaveLength(1);
    expect(commits[0]!.find(({ table }) => table === "attempt")).toMatchObject({ row: { id: 1, incident: 1 } });
    expect(jobs).toMatchObject([{ destination: "chat", incident: 1, attempt: 1, what: { kind: "call" } }]);
    await writer.close();
  });

  it("keeps an alert although what is due because of it can't be planned", async () => {
    let broken = true;
    const { writer, commits, clock } = openDesk((store) =>
      wrapStore(store, {
        commit: (changes, plan) =>
          store.commit(changes, broken && plan !== undefined ? () => Promise.reject(new Error("I/O error")) : plan),
      }),
    );
    await writer.follow(setup);
    await writer.work(() => {});

    await writer.submit(aStretch([aKeptAlert(1)]));
    broken = false;
    await clock.advance(2_000);

    expect(commits.map((changes) => changes.some(({ table }) => table === "attempt"))).toEqual([false, true]);
    await writer.close();
  });

  it("lets people go before floods", async () => {
    const { writer } = openDesk();
    const order: string[] = [];

    const flood = writer.submit(aStretch([aKeptAlert(1)])).then(() => order.push("alert"));
    const command = { kind: "acknowledge", incident: 7 } as const;
    const person = writer.submit({ kind: "command", who: "ana", command }).then(() => order.push("person"));
    await Promise.all([flood, person]);

    expect(order).toEqual(["person", "alert"]);
    await writer.close();
  });

  it("tells everybody when the commit failed, keeps nothing of it, and goes on when there is room", async () => {
    let full = true;
    const { writer } = openDesk(breaking(() => full));

    const failed = [1, 2].map((n) => writer.submit(aStretch([aKeptAlert(n)])).catch((error: Error) => error.message));
    expect(await Promise.all(failed)).toEqual(["disk full", "disk full"]);

    full = false;
    const again = writer.submit(aStretch([aKeptAlert(1)]));
    expect(await again).toMatchObject({ counts: { kept: 1, duplicate: 0 }, woken: ["chat"] });
    await writer.close();
  });

  it("fails the one bad letter alone", async () => {
    const { writer } = openDesk();

    const good = writer.submit(aStretch([aKeptAlert(1)]));
    const bad = writer.submit(aStretch([aKeptAlert(2)], { read: 9 })).catch((error: Error) => error.message);

    expect(await bad).toMatch(/account for every line/);
    expect(await good).toMatchObject({ counts: { kept: 1 } });
    await writer.close();
  });

  it("takes nothing more once it is closed", async () => {
    const { writer } = openDesk();
    await writer.close();

    await expect(writer.submit(aStretch([]))).rejects.toThrow(/closed/);
  });
});
