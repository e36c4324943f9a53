import { afterAll, describe, expect, it } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import { expectNoSecret, expectRefusal } from "../../test/fixtures/database-file.ts";
import { proxyTo } from "../../test/fixtures/postgres-proxy.ts";
import { NO_POSTGRES } from "../../test/fixtures/postgres-binaries.ts";
import { nameOfDatabase, PostgresServer } from "../../test/fixtures/postgres-server.ts";
import { incidentsOf, open, tryOpen } from "../../test/fixtures/postgres-stores.ts";
import { POSTGRES_MIGRATIONS } from "./postgres-opening.ts";
import { openPostgresReader } from "./postgres-reader.ts";
import type { Reader } from "./queries.ts";
import { programsFrom, type Migration } from "./schema.ts";
import { StoreError } from "./store.ts";

const found = await PostgresServer.start();
const server = found as PostgresServer;
afterAll(() => found?.stop());

/** The schema that this program makes. */
const newest = POSTGRES_MIGRATIONS.length;

const PASSWORD = "canary-password-81f2";

describe.skipIf(found === null)(found === null ? NO_POSTGRES : "PostgreSQL", () => {
  describe("a new database", () => {
    it("gets its tables and its install id once", async () => {
      const connection = await server.emptyDatabase();
      const store = await open(connection);
      await store.commit(opened(1));
      await store.close();

      const again = await open(connection, { newInstall: "another1" });

      expect([store.install, again.install]).toEqual(["testtest", "testtest"]);
      expect(await incidentsOf(again)).toBe(1);
      expect(await server.run("SELECT schema, programs_from FROM meta", connection)).toEqual([
        { schema: `${newest}`, programs_from: `${programsFrom(POSTGRES_MIGRATIONS)}` },
      ]);
    });

    it("needs no more rights than those of its owner, nor does an upgrade", async () => {
      await server.run("CREATE ROLE ordinary LOGIN; CREATE ROLE reads LOGIN");
      const name = nameOfDatabase(await server.emptyDatabase("OWNER ordinary TEMPLATE template0 ENCODING 'UTF8'"));
      const connection = server.connectionTo(name, "ordinary");
      const added: Migration = { sql: "CREATE TABLE more (id BIGINT PRIMARY KEY)", olderPrograms: { from: newest } };

      const store = await open(connection);
      await store.commit(opened(1), () => []);
      await store.close();
      await (await open(connection, { migrations: [...POSTGRES_MIGRATIONS, added] })).close();

      expect(await incidentsOf(await open(connection))).toBe(1);
      expectRefusal(await openPostgresReader(server.connectionTo(name, "reads")), "denied", name);
    });

    it("may be one schema beside others, each with an engine of its own", async () => {
      const connection = await server.emptyDatabase();
      await server.run("CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE public.theirs (a int)", connection);
      const inSchema = (name: string): string => `${connection}&options=-c%20search_path%3D${name}`;

      const stores = [await open(inSchema("one")), await open(inSchema("two"))];
      await stores[0]!.commit(opened(1));

      expect(await Promise.all(stores.map(incidentsOf))).toEqual([1, 0]);
      expectRefusal(await tryOpen(inSchema("one")), "locked", "riposte_");
    });
  });

  describe("one engine for each database", () => {
    it("refuses a second one until the first has closed it", async () => {
      const connection = await server.database();
      const first = await open(connection);

      const second = await tryOpen(connection);
      await first.close();

      expectRefusal(second, "locked", "riposte_");
      expect((await open(connection)).install).toBe("testtest");
    });

    it("takes over from one whose connection is gone, with all that it had committed", async () => {
      const name = nameOfDatabase(await server.database());
      const proxy = await proxyTo(server);
      const first = await open(proxy.connectionTo(name));
      await first.commit(opened(1));

      proxy.cut();
      const second = await open(proxy.connectionTo(name), { lockWaitMs: 5_000 });

      expect(await incidentsOf(second)).toBe(1);
      await expect(first.commit(opened(2))).rejects.toMatchObject({ code: "unreachable" });
    });

    it("does not count those who only read", async () => {
      const connection = await server.database();
      const readers = [await openPostgresReader(connection), await openPostgresReader(connection)];
      const store = await open(connection);
      await store.commit(opened(1));

      const seen = await Promise.all(
        readers.map(async (reader) => (reader instanceof StoreError ? reader : reader.incident(1))),
      );
      await Promise.all(readers.map(async (reader) => (reader instanceof StoreError ? undefined : reader.close())));

      expect(seen).toMatchObject([{ id: 1 }, { id: 1 }]);
    });
  });

  describe("an upgrade", () => {
    const second = [...POSTGRES_MIGRATIONS, alone("ALTER TABLE audit ADD COLUMN later TEXT")];

    it("keeps every row, and shuts out programs that do not know the new schema", async () => {
      const connection = await server.database();
      await leave(connection);

      await (await open(connection, { migrations: second })).close();

      const needed = `a program must know schema ${newest + 1} to work on it, and this one knows ${newest}`;
      for (const refusal of [await tryOpen(connection), await openPostgresReader(connection)]) {
        expectRefusal(refusal, "newer", "riposte_");
        expect(refusal).toMatchObject({ message: expect.stringContaining(needed) });
      }
      expect(await incidentsOf(await open(connection, { migrations: second }))).toBe(1);
    });

    it("lets older programs go on where it says so", async () => {
      const connection = await server.database();
      await leave(connection);
      const added: Migration = { sql: "CREATE TABLE more (id BIGINT PRIMARY KEY)", olderPrograms: { from: newest } };

      await (await open(connection, { migrations: [...POSTGRES_MIGRATIONS, added] })).close();
      const older = await open(connection);
      await older.commit(opened(2));
      const reader = (await openPostgresReader(connection)) as Reader;
      const read = await reader.incident(2);
      await reader.close();

      expect(await incidentsOf(older)).toBe(2);
      expect(read).toMatchObject({ id: 2 });
      expect(await server.run("SELECT schema, programs_from FROM meta", connection)).toEqual([
        { schema: `${newest + 1}`, programs_from: `${newest}` },
      ]);
    });

    it("that fails leaves the database as it was", async () => {
      const connection = await server.database();
      await leave(connection);
      const third = [...second, alone("CREATE TABLE half (id BIGINT); SELECT nonsense")];

      await expect(tryOpen(connection, { migrations: third })).rejects.toThrow("nonsense");

      const half = await server.run("SELECT to_regclass('half') AS half, schema FROM meta", connection);
      expect(half).toEqual([{ half: null, schema: `${newest + 1}` }]);
      expect(await incidentsOf(await open(connection, { migrations: second }))).toBe(1);
    });
  });

  describe("a database that can't be used", () => {
    it.each([
      ["is another program's", "CREATE TABLE theirs (a int)", "not_ours"],
      ["is another program's, with a table called as one of ours", "CREATE TABLE meta (one int)", "not_ours"],
      ["has no schema to write to", "DROP SCHEMA public", "missing"],
    ] as const)("%s", async (_, sql, code) => {
      const connection = await server.emptyDatabase();
      await server.run(sql, connection);

      expectRefusal(await tryOpen(connection), code, nameOfDatabase(connection));
    });

    it("is too old", async () => {
      const connection = await server.database();
      await server.run("UPDATE meta SET schema = 0", connection);

      expectRefusal(await tryOpen(connection), "older_unsupported", nameOfDatabase(connection));
    });

    it("has no room for every text", async () => {
      const connection = await server.emptyDatabase("ENCODING 'LATIN1' TEMPLATE template0");

      expectRefusal(await tryOpen(connection), "not_ours", nameOfDatabase(connection));
    });

    it("is read only", async () => {
      const connection = await server.database();
      await server.run(`ALTER DATABASE ${nameOfDatabase(connection)} SET default_transaction_read_only = on`);

      expectRefusal(await tryOpen(connection), "unwritable", nameOfDatabase(connection));
    });

    it("is not there, or still empty for one who only reads", async () => {
      const never = server.connectionTo("never");

      expectRefusal(await tryOpen(never), "missing", "never");
      expectRefusal(await openPostgresReader(never), "missing", "never");
      const empty = await server.emptyDatabase();
      expectRefusal(await openPostgresReader(empty), "missing", nameOfDatabase(empty));
    });

    it("denies the user its tables", async () => {
      const connection = await server.emptyDatabase();
      await server.run(`CREATE ROLE guest LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC`, connection);

      expectRefusal(
        await tryOpen(server.connectionTo(nameOfDatabase(connection), "guest")),
        "missing",
        nameOfDatabase(connection),
      );
      await server.run(`GRANT USAGE ON SCHEMA public TO guest`, connection);
      expectRefusal(
        await tryOpen(server.connectionTo(nameOfDatabase(connection), "guest")),
        "denied",
        nameOfDatabase(connection),
      );
    });

    it("has no connection left", async () => {
      const connection = await server.emptyDatabase();
      await server.run("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");

      expectRefusal(
        await tryOpen(server.connectionTo(nameOfDatabase(connection), "crowded")),
        "unreachable",
        nameOfDatabase(connection),
      );
    });

    it("refuses the password, which no message repeats", async () => {
      const connection = server.connectionTo("postgres", await server.addGuarded("another"), PASSWORD);

      for (const refusal of [await tryOpen(connection), await openPostgresReader(connection)]) {
        expectRefusal(refusal, "denied", "postgres");
        expectNoSecret(refusal, PASSWORD);
      }
    });

    it.each([
      ["no server listens there", `postgres://riposte:${PASSWORD}@127.0.0.1:1/riposte`],
      ["there is no such socket", `postgres://riposte:${PASSWORD}@/riposte?host=/nowhere`],
      ["the host has no address", `postgres://riposte:${PASSWORD}@no-such-host.invalid/riposte`],
      ["the server speaks no TLS", `TLS`],
    ])("can't be reached: %s", async (_, written) => {
      const proxy = await proxyTo(server);
      const tls = `${proxy.connectionTo("postgres", `riposte:${PASSWORD}`)}?sslmode=verify-full`;
      const connection = written === "TLS" ? tls : written;

      for (const refusal of [await tryOpen(connection), await openPostgresReader(connection)]) {
        expectRefusal(refusal, "unreachable", written === "TLS" ? "postgres" : "riposte");
        expectNoSecret(refusal, PASSWORD);
      }
    });

    it("has its tables in a schema that another one hides by now", async () => {
      const connection = await server.database();
      await leave(connection);
      await server.run("CREATE SCHEMA riposte", connection);

      const refusal = await tryOpen(connection);
      await server.run("DROP SCHEMA riposte", connection);

      expectRefusal(refusal, "missing", nameOfDatabase(connection));
      expect(refusal).toMatchObject({ message: expect.stringContaining("in the schema public") });
      expect(await incidentsOf(await open(connection))).toBe(1);
    });

    it("takes no connections", async () => {
      const connection = await server.database();
      await server.run(`ALTER DATABASE ${nameOfDatabase(connection)} ALLOW_CONNECTIONS false`);

      expectRefusal(await tryOpen(connection), "unreachable", nameOfDatabase(connection));
    });

    it("goes away while it is opened, of which nobody else is told", async () => {
      const name = nameOfDatabase(await server.database());
      const proxy = await proxyTo(server);
      const lost: StoreError[] = [];
      proxy.heard = (said) => {
        if (said.includes("pg_advisory_lock")) proxy.cut();
        return true;
      };

      const refusal = await tryOpen(proxy.connectionTo(name), { lost: (error) => lost.push(error) });

      expectRefusal(refusal, "unreachable", name);
      expect(lost).toEqual([]);
    });
  });
});

async function leave(connection: string): Promise<void> {
  const store = await open(connection);
  await store.commit(opened(1));
  await store.close();
}

function alone(sql: string): Migration {
  return { sql, olderPrograms: "none" };
}
