// A backup is put back after more was told: the whole program, and somebody who remembers all that he was told.
import { appendFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig, type Running } from "../fixtures/cli-rig.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";

interface Told {
  readonly mark: string;
  readonly possible_repeat: boolean;
  readonly incident: { readonly id: number; readonly agent_id: string };
  readonly moments: readonly { readonly kind: string }[];
}

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

describe("a backup that is put back after more was told", () => {
  it("loses nothing, and repeats nothing without saying that it may be a repeat", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    const first = await rig.serving(config);
    append("a", "b", "c");
    const before = await told(3);
    rig.receiver.status = 401;
    append("waits");
    await told(1);

    const backup = await rig.riposte("backup", "old.db", "--config", config);

    rig.receiver.status = 200;
    append("new-1");
    append("new-2");
    appendAlert("a", 15);
    const since = await toldAll("waits: opened", "new-1: opened", "new-2: opened", "a: escalated");
    await stop(first);

    const restored = await rig.riposte("restore", "old.db", "--config", config, "--json");

    const second = await rig.serving(config);
    const again = await toldAll(...since.map(summary));
    append("after");
    const [after] = await told(1);
    await stop(second);
    expect([backup.code, restored.code]).toEqual([0, 0]);
    expect(backup.out).toMatch(/ 4 incidents|^4 incidents/m);
    expect(again.filter(({ possible_repeat }) => !possible_repeat)).toEqual([]);
    expect(after).toMatchObject({ possible_repeat: false, incident: { agent_id: "after" } });
    const old = new Set([...before, ...since].map(({ mark }) => mark));
    expect([...again, after!].filter(({ mark }) => old.has(mark))).toEqual([]);
    const numbers = (messages: readonly Told[]): number[] => messages.map(({ incident }) => incident.id);
    expect(numbers(again).toSorted((a, b) => a - b)).toEqual([1, 4, 1_001, 1_002]);
    expect(numbers([after!])).toEqual([1_003]);
  });

  it("is not put back while a server works on the database, and nothing is changed", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    await rig.serving(config);
    await rig.riposte("backup", "old.db", "--config", config);
    const names = readdirSync(rig.directory).toSorted();

    const refused = await rig.riposte("restore", "old.db", "--config", config);

    expect(refused.code).toBe(75);
    expect(refused.err).toMatch(/^riposte: Another Riposte is working on .*: stop it first/);
    expect(readdirSync(rig.directory).toSorted()).toEqual(names);
  });

  it("also when it was put back by other means, what may have been told is marked", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    await stop(await rig.serving(config));
    append("a");

    const marked = await rig.riposte("restore", "--in-place", "--config", config);

    const server = await rig.serving(config);
    const [message] = await told(1);
    await stop(server);
    const audit = await rig.riposte("audit", "--config", config);
    expect(marked.code).toBe(0);
    expect(message).toMatchObject({ possible_repeat: true, incident: { agent_id: "a" } });
    expect(audit.out).toMatch(/ restore +in place/);
  });
});

it("a lost database is put back where there is none any more", { timeout: 120_000 }, async () => {
  const config = rig.writeConfig();
  await stop(await rig.serving(config));
  await rig.riposte("backup", "old.db", "--config", config);
  for (const name of readdirSync(rig.directory).filter((name) => name.startsWith("riposte.db"))) {
    rmSync(join(rig.directory, name));
  }

  const restored = await rig.riposte("restore", "old.db", "--config", config);

  expect(restored.code).toBe(0);
  expect(restored.out).not.toContain("before-restore");
  expect(existsSync(join(rig.directory, "riposte.db"))).toBe(true);
  await stop(await rig.serving(config));
});

/** Who was told what of whom, without the number, which changes. */
function summary({ incident, moments }: Told): string {
  return `${incident.agent_id}: ${moments.map(({ kind }) => kind).join(", ")}`;
}

async function told(count: number): Promise<Told[]> {
  const messages: Told[] = [];
  while (messages.length < count) messages.push(JSON.parse(await rig.receiver.next()) as Told);
  return messages;
}

/** One message of each of these, and none of anything else; what was refused before may come more than once. */
async function toldAll(...summaries: readonly string[]): Promise<Told[]> {
  const messages = new Map<string, Told>();
  while (messages.size < new Set(summaries).size) {
    const [message] = await told(1);
    expect(summaries).toContain(summary(message!));
    messages.set(summary(message!), message!);
  }
  return [...messages.values()];
}

function append(...agents: readonly string[]): void {
  for (const agent of agents) appendAlert(agent, 10);
}

function appendAlert(agent: string, level: number): void {
  const alert = wazuhAlert({ id: "5763", level, description: "sshd: brute force", agent: { id: agent, name: agent } });
  appendFileSync(join(rig.directory, "alerts", "alerts.json"), `${JSON.stringify(alert)}\n`);
}

async function stop({ child, ended }: Running): Promise<void> {
  child.kill("SIGTERM");
  await ended;
}
