// Alerts that come by two roads at once, as they do where integratord calls custom-jira and alerts.json is followed too.
import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { agentDisconnected, passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { Manager } from "../deploy/integratord.ts";
import { openReader, type Reader } from "../../src/store/queries.ts";
import { StoreError } from "../../src/store/store.ts";
import { RiposteDesk } from "../riposte-desk.ts";

let desk: RiposteDesk;
let spool: string;

beforeEach(async () => {
  desk = await RiposteDesk.open();
  spool = join(desk.directory, "spool");
  mkdirSync(spool);
});

afterEach(() => desk.close());

const POLICIES = `
destinations:
  chat: { type: slack, webhook: { file: SECRETS/slack-webhook } }
policies:
  - { name: guesses, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [chat] }
  - { name: lost, when: { rule.id: 504 }, group_by: [agent.id], severity: high, tell: [chat] }`;

const both = (): string => `[{ name: tail, path: ${desk.alertsPath} }, { name: spool, from: spool, path: ${spool} }]`;

let files = 0;

function handOver(...alerts: readonly object[]): void {
  for (const alert of alerts) {
    files += 1;
    const name = `1795445715${String(files).padStart(9, "0")}-1`;
    writeFileSync(join(spool, `.${name}.part`), `${JSON.stringify(alert)}\n`);
    renameSync(join(spool, `.${name}.part`), join(spool, `${name}.json`));
  }
}

interface Row {
  readonly read: number;
  readonly sum: number;
  readonly kept: number;
  readonly duplicate: number;
}

async function reading<T>(ask: (reader: Reader) => Promise<T>): Promise<T> {
  const reader = openReader(join(desk.directory, "riposte.db"));
  if (reader instanceof StoreError) throw reader;
  const answer = await ask(reader);
  await reader.close();
  return answer;
}

async function rowsOf(): Promise<Readonly<Record<string, Row>>> {
  const rows = (await reading((reader) => reader.sources())).map(
    ({ name, read, ignored, malformed, duplicate, kept }): [string, Row] => {
      return [name, { read, sum: ignored + malformed + duplicate + kept, kept, duplicate }];
    },
  );
  return Object.fromEntries(rows);
}

/** Until nothing is left in the spool: each file goes after its commit. */
async function emptied(): Promise<void> {
  for (;;) {
    if (readdirSync(spool).every((name) => name === "alive" || name === "rejected")) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it("alerts by the spool and by the tail at once end in the same incidents, each told once", async () => {
  const alerts = ["ana", "ben", "ana", "cia"].map((user) => passwordGuess(user));
  alerts.push(agentDisconnected({ id: "007", name: "db-07" }), wazuhAlert({ id: "5710", level: 5, description: "x" }));
  await desk.start(POLICIES, { alerts: both() });

  handOver(...alerts.slice(0, 3));
  desk.append(...alerts);
  handOver(...alerts.slice(3), ...alerts.slice(0, 2));
  await emptied();
  await desk.slackServed.arrived(4);
  await desk.stop();

  const { tail, spool: spooled } = await rowsOf();
  expect([tail?.read, spooled?.read]).toEqual([tail?.sum, spooled?.sum]);
  expect(spooled?.read).toBe(8);
  // Whichever road was first, each alert is kept once.
  expect((tail?.kept ?? 0) + (spooled?.kept ?? 0)).toBe(5);
  const incidents = await reading((reader) => reader.incidents({ limit: 50 }));
  const found = incidents.map(({ policy, groupKey, count }) => `${policy} ${groupKey} ${count}`).toSorted();
  expect(found).toEqual(['guesses ["ana"] 2', 'guesses ["ben"] 1', 'guesses ["cia"] 1', 'lost ["007"] 1']);
});

it("what was spooled while Riposte was down is told when it is back; rubbish stops nothing", async () => {
  handOver(passwordGuess("ana"), passwordGuess("ben"));
  writeFileSync(join(spool, "0001-1.json"), '{"timestamp":"2026-');
  symlinkSync("/etc/passwd", join(spool, "0002-1.json"));

  await desk.start(POLICIES, { alerts: `{ from: spool, path: ${spool} }` });
  await desk.slackServed.arrived(2);
  await emptied();
  await desk.stop();

  expect(await rowsOf()).toMatchObject({ spool: { read: 4, sum: 4, kept: 2 } });
  expect(readdirSync(join(spool, "rejected"))).toEqual(["0002-1.json"]);
  expect(desk.logLines.join("")).not.toContain("root:x");
});

it("a death between the commit and the deletion makes a duplicate, and no second message", async () => {
  const alert = passwordGuess("ana");
  handOver(alert);
  await desk.start(POLICIES, { alerts: `{ from: spool, path: ${spool} }` });
  await desk.slackServed.arrived(1);
  await emptied();
  await desk.stop();
  // The file as the death would have left it.
  handOver(alert);

  await desk.start(POLICIES, { alerts: `{ from: spool, path: ${spool} }` });
  await emptied();
  await desk.stop();

  expect(await rowsOf()).toMatchObject({ spool: { read: 2, sum: 2, kept: 1, duplicate: 1 } });
  expect(desk.slackServed.requests).toHaveLength(1);
});

it("custom-jira finds the Riposte that works on its spool, and its alert ends in a message", async () => {
  const manager = new Manager();
  await desk.start(POLICIES, { alerts: `{ from: spool, path: ${manager.spool} }` });
  for (;;) {
    if (statSync(join(manager.spool, "alive"), { throwIfNoEntry: false }) !== undefined) break;
    await new Promise((resolve) => setImmediate(resolve));
  }

  const ended = await manager.call(`${JSON.stringify(passwordGuess("ana"))}\n`, {
    hookUrl: `${desk.jiraServed.url}${desk.jira.path}`,
    apiKey: "API_KEY",
  });
  await desk.slackServed.arrived(1);

  expect(ended).toEqual({ code: 0, output: "" });
  expect(desk.jiraServed.requests).toEqual([]);
});
