import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { expectNoSecret, expectRefusal } from "../../test/fixtures/database-file.ts";
import { proxyTo } from "../../test/fixtures/postgres-proxy.ts";
import { NO_POSTGRES } from "../../test/fixtures/postgres-binaries.ts";
import { nameOfDatabase, PostgresServer } from "../../test/fixtures/postgres-server.ts";
import { incidentsOf, open, tryOpen } from "../../test/fixtures/postgres-stores.ts";
import { postgresAddress } from "./postgres-address.ts";
import { openPostgresReader } from "./postgres-reader.ts";
import { PostgresSession } from "./postgres-session.ts";
import { StoreError } from "./store.ts";

const found = await PostgresServer.start();
const server = found as PostgresServer;
afterAll(() => found?.stop());

const PASSWORD = "canary-password-5c77";

describe.skipIf(found === null)(found === null ? NO_POSTGRES : "PostgreSQL", () => {
  describe("TLS", () => {
    const ca = new FakeCa("Corp CA");

    it.each(["verify-full", "verify-ca", "require"])(
      "with sslmode=%s takes a certificate for this host",
      async (mode) => {
        const name = nameOfDatabase(await server.database());
        const proxy = await proxyTo(server, ca.issue({ names: ["127.0.0.1"] }));
        const connection = `${proxy.connectionTo(name)}?sslmode=${mode}&sslrootcert=${writeCa(ca)}`;

        const store = await open(connection);
        await store.commit(opened(1));

        expect(await incidentsOf(store)).toBe(1);
      },
    );

    it.each([
      ["another host", "Corp CA", ["db.example"], "ERR_TLS_CERT_ALTNAME_INVALID"],
      ["no host", "Corp CA", [], "ERR_TLS_CERT_ALTNAME_INVALID"],
      ["this host, by somebody else", "Other CA", ["127.0.0.1"], "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ])("refuses a certificate for %s", async (_, issuer, names, code) => {
      const proxy = await proxyTo(server, (issuer === "Corp CA" ? ca : new FakeCa(issuer)).issue({ names }));
      const connection = `${proxy.connectionTo("postgres", `riposte:${PASSWORD}`)}?sslmode=require&sslrootcert=${writeCa(ca)}`;

      for (const refusal of [await tryOpen(connection), await openPostgresReader(connection)]) {
        expectRefusal(refusal, "unreachable", "postgres");
        expect(refusal).toMatchObject({ message: expect.stringContaining(`over TLS (${code})`) });
        expectNoSecret(refusal, PASSWORD);
      }
    });
  });

  describe("a session", () => {
    it("is not held through a pooler, which would share out the one that holds the lock", async () => {
      const name = nameOfDatabase(await server.database());
      const proxy = await proxyTo(server);
      // A pooler gives the client a key of its own: 'K', the length of the message, then the number of the process.
      proxy.answered = (said) => {
        const at = said.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
        if (at >= 0) said.writeInt32BE(1, at + 5);
        return said;
      };

      expectRefusal(await tryOpen(proxy.connectionTo(name)), "unreachable", name);
    });

    it("goes by none of the settings that a role or a database may bring along", async () => {
      const connection = await server.database();
      const brought = {
        array_nulls: "off",
        default_transaction_isolation: "serializable",
        idle_session_timeout: "1000",
        idle_in_transaction_session_timeout: "1",
        lock_timeout: "1",
        statement_timeout: "1000",
        synchronous_commit: "off",
        enable_indexscan: "on",
        standard_conforming_strings: "off",
      };
      for (const [name, value] of Object.entries(brought)) {
        await server.run(`ALTER DATABASE ${nameOfDatabase(connection)} SET ${name} = '${value}'`);
      }
      const address = postgresAddress(connection);
      if (address instanceof StoreError) throw address;
      const session = await PostgresSession.open({ address, answerWithinMs: 20_000 });
      onTestFinished(() => session.close());
      const names = "'array_nulls', 'default_transaction_isolation', 'idle_session_timeout', 'synchronous_commit'";
      const text = `SELECT name, setting FROM pg_settings WHERE name IN (${names}) ORDER BY name`;

      expect(await session.ask({ name: "settings", text, values: [] })).toEqual([
        ["array_nulls", "on"],
        ["default_transaction_isolation", "read committed"],
        ["idle_session_timeout", "0"],
        ["synchronous_commit", "on"],
      ]);
      await session.close();
      const store = await open(connection);
      await store.commit(opened(1), () => []);
      expect(await incidentsOf(store)).toBe(1);
    });

    it("stays with the tables that it has locked, whatever schema is made in front of them", async () => {
      const connection = await server.database();
      const store = await open(connection);
      await server.run("CREATE SCHEMA riposte; CREATE TABLE riposte.incident (id bigint)", connection);

      await store.commit(opened(1));

      expect(await incidentsOf(store)).toBe(1);
      expect(await server.run("SELECT id FROM public.incident", connection)).toEqual([{ id: "1" }]);
    });
  });
});

function writeCa(ca: FakeCa): string {
  const folder = mkdtempSync(join(tmpdir(), "riposte-ca-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "ca.pem"), ca.certificate);
  return join(folder, "ca.pem");
}
