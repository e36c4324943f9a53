import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { open } from "../../test/fixtures/database-file.ts";
import { aKeptAlert, aSnapshot, aStretch } from "../../test/fixtures/kept-alerts.ts";
import type { DestinationSettings } from "../connectors/connector.ts";
import { newNeed } from "../core/need.ts";
import { systemClock } from "../ports/clock.ts";
import type { WriterDoor } from "./door.ts";
import type { Job } from "./job.ts";
import type { CommittedNews } from "./wire.ts";
import { startWriterThread, type NotOpened } from "./writer-client.ts";

const real = new URL("../app/writer-entry.ts", import.meta.url);
const dying = new URL("../../test/fixtures/dying-writer-entry.ts", import.meta.url);

const destinations: readonly DestinationSettings[] = [
  { name: "chat", type: "webhook", config: { url: "https://siem.example/hook", unsigned: true, concurrency: 1 } },
];

interface Thread {
  readonly path: string;
  readonly opened: WriterDoor | NotOpened;
  readonly told: readonly CommittedNews[];
  readonly deaths: readonly Error[];
}

async function start({ path = newPath(), entry = real }: { path?: string; entry?: URL } = {}): Promise<Thread> {
  const told: CommittedNews[] = [];
  const deaths: Error[] = [];
  const opened = await startWriterThread({
    entry,
    data: { store: { kind: "sqlite", path, synchronous: "off" }, snapshot: aSnapshot() },
    told: (news) => told.push(news),
    failedToDraw: ({ error }) => deaths.push(new Error(error)),
    troubled: (message) => deaths.push(new Error(message)),
    died: (error) => deaths.push(error),
    clock: systemClock,
  });
  return { path, opened, told, deaths };
}

function doorOf({ opened }: Thread): WriterDoor {
  if (!("submit" in opened)) throw new Error(opened.message);
  return opened;
}

function newPath(name = "riposte.db"): string {
  const directory = mkdtempSync(join(tmpdir(), "riposte-thread-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, name);
}

function kept(path: string): readonly number[] {
  const store = open(path);
  const facts = store.read({ ...newNeed(), incidents: new Set([1, 2, 3]) });
  store.close();
  return facts.incidents.map(({ count }) => count);
}

describe("the Writer's thread", () => {
  it("answers everybody what he asked for, in whatever order the answers come", async () => {
    const thread = await start();
    const door = doorOf(thread);

    const [accepted, checked, refused, again] = await Promise.all([
      door.submit(aStretch([aKeptAlert(1)])),
      door.check(),
      door.submit({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 7 } }),
      door.submit(aStretch([aKeptAlert(1)])),
    ]);

    expect(accepted).toMatchObject({ counts: { kept: 1 }, woken: ["chat"] });
    expect(checked).toBeNull();
    expect(refused.refused).toMatch(/7/);
    expect(again).toMatchObject({ counts: { kept: 0, duplicate: 1 } });
    await door.close();
    expect(thread.deaths).toEqual([]);
  });

  it("commits what is asked in one go in one go, and tells of it", async () => {
    const thread = await start();
    const door = doorOf(thread);
    const alerts = [1, 2, 3].map((n) => aKeptAlert(n, { match: { groupKey: `["${n}"]` } }));

    await Promise.all(alerts.map((alert) => door.submit(aStretch([alert]))));
    await door.close();

    expect(thread.told.map(({ moments }) => moments.map(({ incident }) => incident))).toEqual([[1, 2, 3]]);
  });

  it("says in words why it refused one request, and answers the others", async () => {
    const door = doorOf(await start());

    const bad = door.submit(aStretch([aKeptAlert(1)], { read: 9 }));
    const good = door.submit(aStretch([aKeptAlert(2)]));

    await expect(bad).rejects.toThrow(/account for every line/);
    expect(await good).toMatchObject({ counts: { kept: 1 } });
    await door.close();
  });

  it("hands out what begins once it is asked to work, and nothing more once it is told to rest", async () => {
    const door = doorOf(await start());
    const jobs: Job[] = [];
    await door.follow({ generation: 7, snapshot: aSnapshot(), destinations });
    await door.submit(aStretch([aKeptAlert(1)]));

    await door.work((begun) => jobs.push(...begun));
    await door.check();
    await door.rest();
    await door.submit(aStretch([aKeptAlert(2, { match: { groupKey: `["2"]` } })]));
    await door.check();

    expect(jobs).toMatchObject([
      { generation: 7, destination: "chat", incident: 1, attempt: 1, what: { kind: "call" } },
    ]);
    expect(jobs[0]).toMatchObject({ what: { step: { mark: expect.stringMatching(/^rp-[a-z0-9]{8}-1-chat-1$/) } } });
    await door.close();
  });

  it("follows another config from the next request on", async () => {
    const door = doorOf(await start());

    await door.follow({ generation: 1, snapshot: { ...aSnapshot([]), hash: "other" }, destinations });

    expect(await door.submit(aStretch([aKeptAlert(1)]))).toMatchObject({ counts: { kept: 1 }, woken: [] });
    await door.close();
  });

  it("commits and answers what waits before it closes, and then lets go of the database", async () => {
    const thread = await start();
    const door = doorOf(thread);

    const answers = [1, 2, 3].map((n) => door.submit(aStretch([aKeptAlert(n)])));
    await door.close();

    expect(await Promise.all(answers)).toHaveLength(3);
    expect(kept(thread.path)).toEqual([3]);
    expect(thread.deaths).toEqual([]);
  });

  it("takes nothing more once it is closed", { timeout: 5_000 }, async () => {
    const door = doorOf(await start());
    await door.close();

    await expect(door.submit(aStretch([]))).rejects.toThrow();
    await expect(door.check()).rejects.toThrow();
  });
});

describe("a database that can't be opened", () => {
  it("comes back with the store's code and its sentence, and can be opened once the cause is gone", async () => {
    const path = newPath();
    const other = open(path);

    const thread = await start({ path });
    expect(thread.opened).toEqual({ code: "locked", message: expect.stringContaining(path) });
    expect((thread.opened as NotOpened).message).toMatch(/^[^\n]+\.$/);
    other.close();
    await doorOf(await start({ path })).close();

    expect(thread.deaths).toEqual([]);
  });
});

describe("a thread that dies", () => {
  it.each<readonly [how: string, database: string, words: RegExp]>([
    ["exits", "exits.db", /ended with 3/],
    ["throws", "throws.db", /out of memory/],
  ])("because it %s rejects all that wait for an answer, and says so once", async (_, database, words) => {
    const thread = await start({ entry: dying, path: newPath(database) });
    const door = doorOf(thread);

    const answers = await Promise.allSettled([
      door.submit(aStretch([aKeptAlert(1)])),
      door.submit(aStretch([aKeptAlert(2)])),
      door.submit(aStretch([aKeptAlert(3)])),
    ]);
    // Another thread's whole life: what the dead one still had to say has been said by now.
    await doorOf(await start()).close();

    const error = expect.objectContaining({ message: expect.stringMatching(words) });
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ status: "rejected", reason: error })));
    expect(thread.deaths).toEqual([error]);
  });

  it("leaves the database to the next one", async () => {
    const thread = await start({ entry: dying });
    await expect(doorOf(thread).submit(aStretch([aKeptAlert(1)]))).rejects.toThrow();

    const next = doorOf(await start({ path: thread.path }));

    expect(await next.submit(aStretch([aKeptAlert(1)]))).toMatchObject({ counts: { kept: 1 } });
    await next.close();
  });

  it("refuses what is asked of it afterwards, and can be closed", { timeout: 5_000 }, async () => {
    const door = doorOf(await start({ entry: dying }));
    await expect(door.submit(aStretch([aKeptAlert(1)]))).rejects.toThrow();

    await expect(door.submit(aStretch([aKeptAlert(2)]))).rejects.toThrow();
    await expect(door.check()).rejects.toThrow();
    await door.close();
  });

  it("before it has opened anything is an error, not a silence", async () => {
    const entry = new URL("there-is-no-such-entry.ts", dying);

    await expect(start({ entry })).rejects.toThrow(/there-is-no-such-entry/);
  });
});
