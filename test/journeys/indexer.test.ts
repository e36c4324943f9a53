// The program as people run it, killed while it reads an indexer: every alert is kept, and each once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { ship } from "../fakes/opensearch/filebeat.ts";
import { usualIndexerPassword, usualIndexerUser } from "../fakes/opensearch/opensearch.ts";
import { openCliRig, type Running } from "../fixtures/cli-rig.ts";
import { openIndexerRig } from "../fixtures/indexer-rig.ts";
import { alertAt } from "../fixtures/indexer-watch.ts";

const ALERTS = 3_000;

it(
  "keeps each alert once across kill -9 amid its pages, a midnight and late documents",
  { timeout: 120_000 },
  async () => {
    const rig = await openCliRig();
    onTestFinished(() => rig.close());
    let pages = 0;
    let running: Running | null = null;
    const kills = [2, 5];
    const { fake, served, fingerprint } = await openIndexerRig({
      faults: (_, { path }) => {
        if (!path.startsWith("/_search?")) return null;
        pages += 1;
        if (kills.includes(pages)) running?.child.kill("SIGKILL");
        // What is amid a page, and what is amid the commit of one.
        return null;
      },
    });
    // Half of them on each side of midnight, the last of them now.
    const lastAt = Date.now();
    const midnight = lastAt - (lastAt % 86_400_000);
    const put = (at: number, id: number): void => {
      ship(JSON.stringify(alertAt(at, `${Math.floor(at / 1_000)}.${id}`)), fake, Date.now());
    };
    for (let i = 0; i < ALERTS; i += 1) put(midnight + (i - ALERTS / 2) * 1_000, i);
    put(lastAt - 1_000, ALERTS);
    const config = join(rig.directory, "indexer.yaml");
    writeFileSync(
      config,
      `store: "sqlite:${join(rig.directory, "riposte.db")}"
socket: "${join(rig.directory, "s")}"
wazuh:
  start: beginning
  alerts: { from: indexer, url: "${served.url}", user: ${usualIndexerUser}, password: { env: INDEXER }, fingerprint: "${fingerprint}" }
policies: [{ name: grave, when: { rule.level: ">= 7" }, tell: [] }]
`,
    );
    const env = { INDEXER: usualIndexerPassword };
    const said: string[] = [];
    for (let life = 0; life <= kills.length; life += 1) {
      running = rig.start(["serve", "--config", config, "--log-format", "json"], "", env);
      if (life === kills.length) break;
      const { out, err } = await running.ended;
      said.push(out, err);
    }
    await running!.said(/"msg":"started"/);
    // Of yesterday, and long passed by.
    put(midnight - 900_500, ALERTS + 1);
    const kept = (): number => {
      const db = new DatabaseSync(join(rig.directory, "riposte.db"), { readOnly: true });
      try {
        return Number(db.prepare("SELECT count(*) AS n FROM alert WHERE source = 'indexer'").get()?.["n"]);
      } finally {
        db.close();
      }
    };
    while (kept() < ALERTS + 2) await new Promise((resolve) => setImmediate(resolve));
    const sources = await rig.start(["sources", "--config", config], "", env).ended;
    const doctor = await rig.start(["doctor", "indexer", "--config", config], "", env).ended;
    running!.child.kill("SIGTERM");
    const last = await running!.ended;

    expect(kept()).toBe(ALERTS + 2);
    expect(sources.out).toMatch(/indexer: .*\n.* \+ 3.?002 kept {2}\(adds up\)/);
    expect(doctor.code).toBe(0);
    expect(doctor.out).toMatch(/indexer +OK +point in time +opened, read and closed/);
    expect(last.code).toBe(0);
    for (const text of [...said, last.out, last.err, sources.out, doctor.out, doctor.err])
      expect(text).not.toContain(usualIndexerPassword);
  },
);
