// The same alerts by the tail and through an indexer: what becomes of them must not depend on the road.
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentOf } from "../fakes/opensearch/filebeat.ts";
import { usualIndexerPassword, usualIndexerUser } from "../fakes/opensearch/opensearch.ts";
import { instantOf } from "../fakes/opensearch/search.ts";
import { openIndexerRig } from "../fixtures/indexer-rig.ts";
import { endedBy } from "../fixtures/ended-incidents.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { describeWithSharedData } from "../shared-data.ts";

const POLICIES = `
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - { name: grave, when: { rule.level: ">= 7" }, tell: [] }
  - { name: rest, when: { rule.level: ">= 3" }, group_by: [rule.id], tell: { low: [], medium: [], high: [chat] } }`;

let desk: RiposteDesk;

beforeEach(async () => {
  desk = await RiposteDesk.open();
});

afterEach(() => desk.close());

describeWithSharedData("sample alerts", (fileNamed) => {
  it.each([
    "alerts-small-permissive.jsonl",
    "alerts-small-gpl2.jsonl",
    "alerts-small-synthetic-mit.jsonl",
    "alerts-synthetic-scenarios.jsonl",
  ])("end in the same incidents by the tail and through an indexer: %s", async (file) => {
    // What the way to the indexer drops is not compared, and it gives all else in the order of its times.
    const lines = readFileSync(fileNamed(file), "utf8")
      .split("\n")
      .filter((line) => documentOf(line) !== null)
      .toSorted((a, b) => timeOf(a) - timeOf(b) || (idOf(a) < idOf(b) ? -1 : 1));
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`);
    await desk.start(POLICIES);
    const byTail = await endedBy(desk, "alerts", (row) => row.read === lines.length);
    await desk.close();

    desk = await RiposteDesk.open();
    const { fake, served, caPath } = await openIndexerRig();
    for (const line of lines) {
      const day = new Date(timeOf(line)).toISOString().slice(0, 10).replaceAll("-", ".");
      fake.put(`wazuh-alerts-4.x-${day}`, documentOf(line)!, Date.now());
    }
    desk.secret("indexer", usualIndexerPassword);
    const account = `url: "${served.url}", user: ${usualIndexerUser}, password: { file: SECRETS/indexer }, ca: "${caPath}"`;
    await desk.start(POLICIES, { alerts: `{ from: indexer, ${account} }` });
    const byIndexer = await endedBy(desk, "indexer", (row) => row.kept >= byTail.kept);

    expect([byIndexer.kept, byIndexer.incidents]).toEqual([byTail.kept, byTail.incidents]);
    expect(byTail.kept).toBeGreaterThan(0);
    expect(desk.logLines.join("\n")).not.toContain(usualIndexerPassword);
  });
});

function timeOf(line: string): number {
  return instantOf(documentOf(line)!["timestamp"])!;
}

function idOf(line: string): string {
  const id = documentOf(line)!["id"];
  return typeof id === "string" ? id : "\uffff";
}
