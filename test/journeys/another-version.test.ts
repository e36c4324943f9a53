// The next version takes over the database of this one, and this one takes it back.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MIGRATIONS } from "../../src/store/migrate.ts";
import { openCliRig, type CliRig, type Running } from "../fixtures/cli-rig.ts";
import { layOutNextVersion } from "../fixtures/next-version.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";

interface Told {
  readonly possible_repeat: boolean;
  readonly incident: { readonly agent_id: string };
}

let rig: CliRig;
let config: string;
beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
});
afterEach(() => rig.close());

function next(olderPrograms: "may go on" | "none"): string {
  const folder = join(rig.directory, "next");
  mkdirSync(folder);
  return layOutNextVersion(folder, olderPrograms);
}

async function serving(program?: string): Promise<Running> {
  const server = rig.start(["serve", "--config", config, "--log-format", "json"], "", {}, program);
  await server.said(/"msg":"started"/);
  return server;
}

async function stop({ child, ended }: Running): Promise<void> {
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
}

async function told(count: number): Promise<readonly Told[]> {
  const messages: Told[] = [];
  while (messages.length < count) messages.push(JSON.parse(await rig.receiver.next()) as Told);
  return messages;
}

function append(agent: string): void {
  const alert = wazuhAlert({
    id: "5763",
    level: 10,
    description: "sshd: brute force",
    agent: { id: agent, name: agent },
  });
  appendFileSync(join(rig.directory, "alerts", "alerts.json"), `${JSON.stringify(alert)}\n`);
}

function agents(messages: readonly Told[]): readonly string[] {
  return messages.map(({ incident }) => incident.agent_id).toSorted();
}

/** One alert is told; the next waits, since the receiver refuses it. */
async function leaveOneWaiting(): Promise<void> {
  const server = await serving();
  append("001");
  expect(agents(await told(1))).toEqual(["001"]);
  rig.receiver.status = 401;
  append("002");
  await told(1);
  await stop(server);
  rig.receiver.status = 200;
}

const copy = (): string => join(rig.directory, `riposte.db.schema-${MIGRATIONS.length}`);

describe("an upgrade by one version, and back", () => {
  it("goes on with what waits, keeps a copy, and this version goes on again where it may", async () => {
    await leaveOneWaiting();

    const newer = await serving(next("may go on"));
    append("003");
    const byNewer = await told(2);
    await stop(newer);
    const older = await serving();
    append("004");
    const byOlder = await told(1);
    await stop(older);

    expect([agents(byNewer), agents(byOlder)]).toEqual([["002", "003"], ["004"]]);
    expect([...byNewer, ...byOlder].filter(({ possible_repeat }) => possible_repeat)).toEqual([]);
    expect(existsSync(copy())).toBe(true);
  }, 60_000);

  it("this version refuses a database that shuts it out, with the way back, and loses nothing on it", async () => {
    await leaveOneWaiting();
    const newer = await serving(next("none"));
    append("003");
    expect(agents(await told(2))).toEqual(["002", "003"]);
    await stop(newer);

    const before = readFileSync(join(rig.directory, "riposte.db"));
    const refused = await rig.riposte("serve", "--config", config);
    expect(refused.code).toBe(65);
    expect(refused.err).toContain("was last used by a newer Riposte");
    expect(refused.err).toContain(`riposte restore ${join(rig.directory, "riposte.db.schema-N")}`);
    expect(readFileSync(join(rig.directory, "riposte.db")).equals(before)).toBe(true);

    expect(await rig.riposte("restore", copy(), "--config", config)).toMatchObject({ code: 0 });
    const older = await serving();
    append("004");
    const messages = await told(3);
    await stop(older);
    const repeats = messages.filter(({ possible_repeat }) => possible_repeat);
    expect([agents(messages), agents(repeats)]).toEqual([
      ["002", "003", "004"],
      ["002", "003"],
    ]);
  }, 60_000);
});
