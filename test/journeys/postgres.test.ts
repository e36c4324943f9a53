// Riposte on a PostgreSQL database, as people run it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { NO_POSTGRES } from "../fixtures/postgres-binaries.ts";
import { nameOfDatabase, PostgresServer } from "../fixtures/postgres-server.ts";

const PASSWORD = "canary-password-9d04";

const found = await PostgresServer.start();
const server = found as PostgresServer;
afterAll(() => found?.stop());

let rig: CliRig;

beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

/** A config whose store is a database that takes any password. */
async function configured(): Promise<{ config: string; connection: string }> {
  const connection = (await server.emptyDatabase()).replace("riposte@", `riposte:${PASSWORD}@`);
  return { config: configFor(connection), connection };
}

function configFor(connection: string): string {
  const config = rig.writeConfig();
  const secret = join(rig.directory, "postgres");
  writeFileSync(secret, `${connection}\n`);
  const text = readFileSync(config, "utf8").replace(/^store: .*$/m, `store: { postgres: { file: ${secret} } }`);
  expect(text).toContain("postgres");
  writeFileSync(config, text);
  return config;
}

describe.skipIf(found === null)(found === null ? NO_POSTGRES : "PostgreSQL", () => {
  test("an alert is told, and stays known over a restart, with a server running and without", async () => {
    const { config } = await configured();
    const first = await rig.serving(config);
    rig.appendAlert(1);
    await rig.receiver.next();
    const live = await rig.riposte("incidents", "list", "--json", "--config", config);
    first.child.kill("SIGTERM");
    const { code, out, err } = await first.ended;

    const offline = await rig.riposte("incidents", "list", "--json", "--config", config);
    const status = await rig.riposte("status", "--config", config);
    const second = await rig.serving(config);
    const shown = await rig.riposte("incidents", "show", "1", "--config", config);
    rig.appendAlert(2);
    const told = await rig.receiver.next();

    expect([code, live.code, offline.code, status.code, shown.code]).toEqual([0, 0, 0, 0, 0]);
    expect(offline.out).toBe(live.out);
    expect(offline.err).toContain(`reading PostgreSQL (${rig.directory}/postgres) directly`);
    expect(JSON.parse(told)).toMatchObject({ incident: { id: 2 } });
    second.child.kill("SIGTERM");
    const said = [out, err, ...Object.values(await second.ended), offline.err, status.out].join("\n");
    expect(said).not.toContain(PASSWORD);
  });

  test("a second server on the same database is refused with what to do", async () => {
    const { config } = await configured();
    await rig.serving(config);

    const other = rig.writeConfig("other.yaml", "other.sock");
    writeFileSync(other, readFileSync(config, "utf8").replace("riposte.sock", "other.sock"));
    const { code, err } = await rig.riposte("serve", "--config", other);

    expect(code).toBe(75);
    expect(err).toContain("Another Riposte is working on the PostgreSQL database");
  });

  test("a server whose database goes away ends, so that it is started again, and the next one waits for it", async () => {
    const { config, connection } = await configured();
    const first = await rig.serving(config);
    const name = nameOfDatabase(connection);
    await server.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const { code, err } = await first.ended;

    const config2 = configFor("postgres://riposte@127.0.0.1:1/riposte");
    const second = rig.start(["serve", "--config", config2, "--log-format", "json"]);
    await second.said(/"msg":"the database can't be reached/);
    second.child.kill("SIGTERM");
    const ended = await second.ended;

    expect(code).toBe(69);
    expect(err).toContain("the database is lost");
    expect(ended.code).toBe(0);
  });

  test("no database is made by who only looks", async () => {
    const { config, connection } = await configured();

    const { code, err } = await rig.riposte("incidents", "list", "--config", config);

    expect(code).toBe(66);
    expect(err).toContain("is still empty: start Riposte on it once.");
    expect(await server.run("SELECT 1 FROM pg_class WHERE relname = 'meta'", connection)).toEqual([]);
  });

  test("a backup and its way back are PostgreSQL's own, named without the password; what they can't know is marked", async () => {
    const { config } = await configured();
    const first = await rig.serving(config);
    const backup = await rig.riposte("backup", "dump", "--config", config);
    const back = await rig.riposte("restore", "dump", "--config", config);
    const live = await rig.riposte("restore", "--in-place", "--config", config);
    first.child.kill("SIGTERM");
    await first.ended;
    rig.appendAlert(1);

    const marked = await rig.riposte("restore", "--in-place", "--config", config);
    await rig.serving(config);
    const told = await rig.receiver.next();

    expect([backup.code, back.code, live.code, marked.code]).toEqual([1, 1, 75, 0]);
    expect(backup.err).toMatch(/pg_dump --format=custom .*--host=\S+ --port=5432 --username=riposte --dbname=riposte_/);
    expect(back.err).toMatch(/pg_restore .*--dbname=\S+ riposte\.dump.* `riposte restore --in-place`/);
    expect(JSON.parse(told)).toMatchObject({ possible_repeat: true, incident: { id: 2_001 } });
    expect([backup, back, marked].map(({ out, err }) => out + err).join("")).not.toContain(PASSWORD);
  }, 30_000);

  test("a secret that is not there is told by its place", async () => {
    const config = configFor("");

    const { code, err } = await rig.riposte("serve", "--config", config);

    expect(code).toBe(66);
    expect(err).toContain(`store.postgres: the secret file ${rig.directory}/postgres is empty`);
  });
});
