// What the Wazuh API says of agents decides who is told, over a restart and while the API is away.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { explainText } from "../../src/app/explain.ts";
import { readFleet } from "../../src/app/fleet-known.ts";
import { previewText } from "../../src/app/preview.ts";
import { readConfig } from "../../src/app/read-config.ts";
import { replay } from "../../src/app/replay/replay.ts";
import { renderExplanation } from "../../src/cli/explain.ts";
import { renderReplay } from "../../src/cli/render-replay.ts";
import type { Config } from "../../src/config/schema.ts";
import { usualPassword, usualUser } from "../fakes/wazuh-api/wazuh-api.ts";
import { openWazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const TIMEOUT = { timeout: 60_000 };
const LONG = { timeout: 30_000, interval: 20 };
const web = { id: "001", name: "web-01" };
const db = { id: "002", name: "db-01" };

const CONFIG = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
policies:
  - { name: web, when: { rule.id: 5710, agent.group: "web*" }, group_by: [id], collapse: off, severity: high, tell: [security-alerts] }
  - { name: others, when: { rule.id: 5710 }, group_by: [id], collapse: off, tell: [] }`;

function login(agent: { readonly id: string; readonly name: string }, at: number): object {
  return wazuhAlert({ id: "5710", level: 5, description: `login on ${agent.name}`, agent }, new Date(at));
}

it("who is told goes by the agents' groups, which outlive a restart and an API that is away", TIMEOUT, async () => {
  const desk = await RiposteDesk.open();
  onTestFinished(() => desk.close());
  const api = await openWazuhApiRig();
  Object.assign(api.fake.add(web.id, web.name, Date.now()), {
    groups: ["default", "web <!channel>"],
    labels: [{ key: "site", value: "berlin" }],
  });
  api.fake.add(db.id, db.name, Date.now());
  desk.secret("wazuh-api", usualPassword);
  const account = `url: "${api.served.url}", user: ${usualUser}, password: { file: SECRETS/wazuh-api }`;
  const wazuh = `api: { ${account}, ca: ${api.caPath} }, agents: { every: 10s, enrich: [group, os, labels, node] }`;
  const known = async (): Promise<number> => (await readFleet(configOf(desk)))?.agents ?? 0;

  await desk.start(CONFIG, { wazuh });
  await expect.poll(known, LONG).toBe(2);
  desk.append(login(db, Date.now()), login(web, Date.now()));
  await desk.slackServed.arrived(1);

  const sent = JSON.stringify(desk.slack.posted);
  expect(sent).toContain("group default, web &lt;!channel&gt; · Ubuntu 24.04.2 LTS · node master-node");
  expect(sent).not.toContain("db-01");
  expect(api.faults).toEqual([]);

  await desk.stop();
  await api.served.close();
  await desk.start(CONFIG, { wazuh });
  desk.append(login(db, Date.now()), login(web, Date.now()));
  await desk.slackServed.arrived(2);
  expect(JSON.stringify(desk.slack.posted)).not.toContain("db-01");
  await desk.stop();

  // Beside a server or without one, what is tried out goes by the same.
  const config = configOf(desk);
  const fleet = await readFleet(config);
  const alert = JSON.stringify(login(web, Date.now()));
  const explained = explainText(alert, config.policies, Date.now(), undefined, fleet);
  if (explained.kind !== "explained") throw new Error(explained.kind);
  const said = renderExplanation({ ...explained, shadow: [], digests: {} }, (_, text) => text);
  expect(said).toMatch(
    /of its agent the Wazuh API said: group default, web <!channel>, Ubuntu 24\.04\.2 LTS, node master-node, labels \{"site":"berlin"\} \(as of .* old\); policies go by agent\.group/,
  );
  expect(said).toContain("- web: matches");
  const previewed = previewText(alert, config, Date.now(), fleet);
  expect(JSON.stringify(previewed)).toContain("web &lt;!channel&gt;");
  const report = await replay({
    config,
    named: [desk.alertsPath],
    fromAt: null,
    toAt: null,
    progress: () => {},
    signal: new AbortController().signal,
  });
  if (report.kind !== "replayed") throw new Error(report.says);
  expect(report.policies).toMatchObject([
    { name: "web", alerts: 2 },
    { name: "others", alerts: 2 },
  ]);
  expect(renderReplay(report, (_, text) => text)).toMatch(/groups and systems of 2 agents as of/);
});

it("where no server has asked yet, what is tried out says so", async () => {
  const desk = await RiposteDesk.open();
  onTestFinished(() => desk.close());
  const api = 'api: { url: "https://127.0.0.1:1", user: riposte, password: { file: /none } }';
  const text = `store: sqlite:${desk.directory}/none.db
wazuh: { alerts: ${desk.alertsPath}, ${api}, agents: { enrich: [group] } }
${CONFIG.replaceAll("SECRETS", desk.directory)}`;
  writeFileSync(desk.configPath, text);
  const config = configOf(desk);

  const explained = explainText(JSON.stringify(login(web, 0)), config.policies, 0, undefined, await readFleet(config));

  if (explained.kind !== "explained") throw new Error(explained.kind);
  expect(renderExplanation({ ...explained, shadow: [], digests: {} }, (_, words) => words)).toContain(
    "of its agent nothing is known: the Wazuh API was not asked yet; policies go by agent.group",
  );
  expect(explained.policies.map(({ outcome }) => outcome)).toEqual(["no_match", "matches"]);
});

function configOf({ directory }: RiposteDesk): Config {
  const read = readConfig(join(directory, "riposte.yaml"));
  if (read.kind !== "loaded") throw new Error(JSON.stringify(read));
  return read.config;
}
