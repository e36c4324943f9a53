import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { mountSmallDisk } from "../../test/fixtures/small-disk.ts";
import { createTestClock } from "../../test/clock.ts";
import { aWork, noon, opened } from "../../test/conformance/store-rows.ts";
import { expectRefusal } from "../../test/fixtures/database-file.ts";
import { aKeptAlert, aSnapshot, aStretch } from "../../test/fixtures/kept-alerts.ts";
import { proxyTo, type PostgresProxy } from "../../test/fixtures/postgres-proxy.ts";
import { NO_POSTGRES } from "../../test/fixtures/postgres-binaries.ts";
import { nameOfDatabase, PostgresServer } from "../../test/fixtures/postgres-server.ts";
import { incidentsOf, open, tryOpen } from "../../test/fixtures/postgres-stores.ts";
import { newNeed } from "../core/need.ts";
import { Writer } from "../engine/writer.ts";
import { openPostgresReader } from "./postgres-reader.ts";
import type { Reader } from "./queries.ts";
import type { Store, StoreError } from "./store.ts";

const found = await PostgresServer.start();
const server = found as PostgresServer;
afterAll(() => found?.stop());

describe.skipIf(found === null)(found === null ? NO_POSTGRES : "PostgreSQL", () => {
  describe("a lost connection ends the store:", () => {
    it("whoever opened it is told once, and every later call is refused with what to do", async () => {
      const { proxy, connection } = await through();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve });

      proxy.cut();
      const told = await lost.promise;

      expectRefusal(told, "unreachable", "riposte_");
      await expect(store.commit(opened(1))).rejects.toBe(told);
      await expect(store.commit(opened(1), () => [])).rejects.toBe(told);
      await expect(store.read(newNeed())).rejects.toBe(told);
      await expect(store.putSnapshot("a", noon, "{}")).rejects.toBe(told);
    });

    it("a server that shuts it down", async () => {
      const connection = await server.database();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve });

      await server.run(`SELECT pg_terminate_backend(pid) ${OF_THE_ENGINE}`, connection);

      expectRefusal(await lost.promise, "unreachable", "riposte_");
      await expect(store.commit(opened(1))).rejects.toMatchObject({ code: "unreachable" });
    });

    it("one that goes in the middle of a commit leaves nothing of it", async () => {
      const { proxy, connection, direct } = await through();
      const store = await open(connection);

      const committing = store.commit(opened(1), async (claim) => {
        const { items } = await claim({ destination: "chat", limit: 5, now: noon });
        proxy.cut();
        return items.map(({ work }) => ({ table: "work", row: { ...work, state: "sending" } }));
      });

      await expect(committing).rejects.toMatchObject({ code: "unreachable" });
      expect(await incidentsOf(await open(direct, { lockWaitMs: 5_000 }))).toBe(0);
    });

    it.each([
      ["after it was carried out: it is there, and nobody may say otherwise", 1],
      ["before it has come to the server: nothing of it is there", 0],
    ])("one that goes between COMMIT and its answer, %s", async (_, there) => {
      const { proxy, connection, direct } = await through();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve });
      const isCut = Promise.withResolvers<void>();
      proxy.heard = (said) => {
        if (!said.includes("COMMIT")) return true;
        if (there === 0) proxy.block();
        const happened = there === 0 ? Promise.resolve() : server.until("SELECT 1 FROM incident", direct);
        isCut.resolve(happened.then(() => proxy.cut()));
        return false;
      };

      const writer = writerOn(store);
      const accepted = settled(writer.submit(aStretch([aKeptAlert(1)])));
      await isCut.promise;
      proxy.heard = () => true;

      // The Writer tries a turn that failed again, without its plan: not on a session that may have committed it.
      expect(await accepted).toBe(await lost.promise);
      await expect(store.commit([])).rejects.toBe(await lost.promise);
      const next = await open(direct, { lockWaitMs: 5_000 });
      expect(await incidentsOf(next)).toBe(there);
      const [source] = (await next.read({ ...newNeed(), sources: new Set(["alerts"]) })).sources;
      expect(source?.kept ?? 0).toBe(there);
    });

    it("a COMMIT that is answered too late may have been carried out as well", async () => {
      const { proxy, connection, direct } = await through();
      const store = await open(connection, { answerWithinMs: 500 });
      proxy.heard = (said) => !said.includes("COMMIT");

      await expect(store.commit(opened(1))).rejects.toMatchObject({ code: "unreachable" });
      await expect(store.commit(opened(1))).rejects.toThrow("was lost");

      expect(await incidentsOf(await open(direct, { lockWaitMs: 5_000 }))).toBe(1);
    });

    it("a server that dies, which still has what it had answered; as a replica it is none for us", async () => {
      const mortal = (await PostgresServer.start())!;
      onTestFinished(() => mortal.stop());
      const connection = await mortal.database();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve });
      let answered = 0;
      const writing = settled(
        (async () => {
          for (;;) {
            await store.commit(opened(answered + 1));
            answered += 1;
          }
        })(),
      );
      await mortal.until("SELECT 1 FROM incident WHERE id = 20", connection);

      await mortal.crash();

      expect(await writing).toMatchObject({ code: "unreachable" });
      expectRefusal(await lost.promise, "unreachable", "riposte_");
      expectRefusal(await tryOpen(connection), "unreachable", "riposte_");
      await mortal.startAgain("replica");
      expectRefusal(await tryOpen(connection), "unwritable", "riposte_");
      await mortal.crash();
      await mortal.startAgain();
      const seen = await incidentsOf(await open(connection));
      expect([answered, answered + 1]).toContain(seen);
    });

    it("a server that takes no writes any more, since another one does", async () => {
      const connection = await server.database();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve });
      await server.run(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE 'cannot execute INSERT in a read-only transaction' USING ERRCODE = '25006'; END $$;
         CREATE TRIGGER refused BEFORE INSERT ON body EXECUTE FUNCTION refuse()`,
        connection,
      );

      await expect(store.commit(opened(1))).rejects.toMatchObject({ code: "unreachable" });

      expectRefusal(await lost.promise, "unreachable", "riposte_");
    });

    it("a network on which nothing comes through any more", async () => {
      const { proxy, connection } = await through();
      const lost = Promise.withResolvers<StoreError>();
      const store = await open(connection, { lost: lost.resolve, answerWithinMs: 300 });

      proxy.block();

      await expect(store.commit(opened(1))).rejects.toMatchObject({ code: "unreachable" });
      expectRefusal(await lost.promise, "unreachable", "riposte_");
    });

    it("not one that was closed", async () => {
      const seen: StoreError[] = [];
      const store = await open(await server.database(), { lost: (error) => seen.push(error) });

      await store.close();

      expect(seen).toEqual([]);
    });
  });

  describe("what fails one commit and no other:", () => {
    it("a disk that is full, until there is room again", async ({ skip }) => {
      const disk = mountSmallDisk(40);
      if (disk === null) return skip("this user may not mount a small disk");
      const connection = await server.databaseIn(disk.folder);
      const store = await open(connection);
      await store.commit(opened(1));
      disk.fill();

      const refused = await settled(fillUp(store));
      disk.freeUp();
      await store.commit(opened(2));
      await store.close();
      await server.dropDatabase(connection);

      expectRefusal(refused, "full", "riposte_");
    });

    it.each([
      ["nobody helps", ""],
      ["somebody cancels", `SELECT pg_cancel_backend(pid) ${OF_THE_ENGINE}`],
    ])("a table that somebody else has locked, until %s", async (_, help) => {
      const connection = await server.database();
      const store = await open(connection, { answerWithinMs: help === "" ? 400 : 20_000 });

      const refused = await server.holding("LOCK TABLE body", connection, async () => {
        const committing = settled(store.commit(opened(1)));
        if (help !== "") await server.until("SELECT 1 FROM pg_locks WHERE NOT granted", connection);
        if (help !== "") await server.run(help, connection);
        return committing;
      });
      await store.commit(opened(2));

      expect(refused).toMatchObject({ code: "unreachable", message: expect.stringContaining("in time") });
      expect(await incidentsOf(store)).toBe(1);
    });

    it("a value that fits no column, of which the server hears nothing", async () => {
      const { proxy, connection } = await through();
      const store = await open(connection);
      let heard = 0;
      proxy.heard = () => ((heard += 1), true);

      await expect(store.commit([{ table: "work", row: aWork(1, { dueAt: 0.5 }) }])).rejects.toThrow("column due_at");

      expect(heard).toBe(0);
    });
  });

  it("a row that was committed by somebody who holds no lock is refused as it would be in one's own database", async () => {
    const connection = await server.database();
    const store = await open(connection);
    await server.run(
      "INSERT INTO lane VALUES ('chat', 9007199254740993, 0, 0, 0, NULL, NULL, NULL, NULL, 0, 0)",
      connection,
    );

    const reading = store.read({ ...newNeed(), lanes: new Set(["chat"]) });

    await expect(reading).rejects.toThrow("9007199254740993 in the database is no number that Riposte can hold");
    await store.commit(opened(1));
  });

  it("people are told what to do while the server is away, and read again once it is back", async () => {
    const { proxy, connection, direct } = await through();
    const store: Store = await open(direct);
    await store.commit(opened(1));
    const reader = (await openPostgresReader(connection)) as Reader;
    onTestFinished(() => reader.close());
    expect(await reader.incident(1)).toMatchObject({ id: 1 });

    await server.holding("LOCK TABLE incident", direct, async () => {
      const asked = settled(reader.incident(1));
      await server.until("SELECT 1 FROM pg_locks WHERE NOT granted", direct);
      proxy.cut();
      expect(await asked).toMatchObject({ code: "unreachable" });
    });

    expect(await reader.incident(1)).toMatchObject({ id: 1 });
  });
});

const OF_THE_ENGINE = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'riposte'";

function writerOn(store: Store): Writer {
  return new Writer({
    store,
    clock: createTestClock(noon),
    random: () => 0.5,
    snapshot: aSnapshot(),
    soon: (turn) => queueMicrotask(turn),
    committed: () => {},
    troubled: () => {},
  });
}

/** A database behind a proxy. */
async function through(): Promise<{ proxy: PostgresProxy; connection: string; direct: string }> {
  const direct = await server.database();
  const proxy = await proxyTo(server);
  return { proxy, connection: proxy.connectionTo(nameOfDatabase(direct)), direct };
}

async function fillUp(store: Store): Promise<void> {
  for (let slot = 0; slot < 1_000; slot += 1) {
    await store.commit([
      { table: "body", row: { incident: 9, slot, ordinal: slot, raw: randomBytes(100_000).toString("hex") } },
    ]);
  }
}

/** The error of a promise, looked at later. */
async function settled(work: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([work]);
  return outcome.status === "rejected" ? outcome.reason : undefined;
}
