// The same alerts by the tail and by the spool: what becomes of them must not depend on the road.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endedBy } from "../fixtures/ended-incidents.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { describeWithSharedData } from "../shared-data.ts";

const POLICIES = `
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - { name: grave, when: { rule.level: ">= 7" }, tell: [] }
  - { name: rest, when: { rule.level: ">= 3" }, group_by: [rule.id], tell: { low: [], medium: [], high: [chat] } }`;

let desk: RiposteDesk;
let spool: string;

beforeEach(async () => {
  desk = await RiposteDesk.open();
  spool = join(desk.directory, "spool");
  mkdirSync(spool);
});

afterEach(() => desk.close());

describeWithSharedData("sample alerts", (fileNamed) => {
  it.each([
    "alerts-small-permissive.jsonl",
    "alerts-small-gpl2.jsonl",
    "alerts-small-synthetic-mit.jsonl",
    "alerts-synthetic-scenarios.jsonl",
    "alerts-invalid-lines.txt",
  ])("end in the same incidents by the tail and by the spool: %s", async (file) => {
    const lines = readFileSync(fileNamed(file), "latin1")
      .split("\n")
      .filter((line) => line !== "");
    for (const [n, line] of lines.entries()) {
      writeFileSync(join(spool, `${String(n).padStart(19, "0")}-1.json`), `${line}\n`, "latin1");
    }

    await desk.start(POLICIES, { alerts: `{ from: spool, path: ${spool} }` });
    await until(() => readdirSync(spool).join() === "alive");
    const bySpool = await endedBy(desk, "spool");
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`, "latin1");
    await desk.start(POLICIES);
    const after = await endedBy(desk, "alerts", (row) => row.read === lines.length);
    await desk.close();
    desk = await RiposteDesk.open();
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`, "latin1");
    await desk.start(POLICIES);
    const byTail = await endedBy(desk, "alerts", (row) => row.read === lines.length);

    expect(bySpool.counts[0]).toBe(lines.length);
    expect(bySpool).toEqual(byTail);
    // The tail after the spool brings what is known: every alert that was kept is a duplicate by then.
    const [read, ignored, malformed, duplicate = 0, kept = 0] = bySpool.counts;
    expect(after).toEqual({
      counts: [read, ignored, malformed, duplicate + kept, 0],
      kept: 0,
      incidents: bySpool.incidents,
    });
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
