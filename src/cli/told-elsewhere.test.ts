import { expect, test } from "vitest";
import { ConfFolder, SPOOL } from "../../test/fixtures/ossec/conf-folder.ts";
import { filledConf } from "../../test/fixtures/ossec/original.ts";
import { explainText, type Explanation } from "../app/explain.ts";
import { previewText, type Preview } from "../app/preview.ts";
import { snapshotOf } from "../config/snapshot.ts";
import { connectors } from "../connectors/index.ts";
import { buildStatus } from "../http/status.ts";
import { renderExplanation, toldElsewhere } from "./explain.ts";
import { renderPreview } from "./preview.ts";
import { renderStatus } from "./render-status.ts";
import { plain } from "./terminal.ts";

const JIRA = "https://jira.example/SECRET";
const now = Date.UTC(2026, 10, 23, 12);
const ALERT = JSON.stringify({
  timestamp: "2026-11-23T11:59:00.000+0000",
  rule: { level: 12, description: "Something bad", id: "120100", groups: ["sim"] },
  agent: { id: "001", name: "web-01" },
  manager: { name: "m" },
  id: "1.1",
  location: "journald",
});

/** `custom-jira` is handed over to Riposte, and `own` posts to the same address; `slack` is integratord's. */
function aConfig() {
  const folder = new ConfFolder();
  folder.write("own", JSON.stringify({ JIRA_URL: JIRA, JIRA_API_KEY: "k", JIRA_PROJECT_KEY: "SEC" }));
  folder.write("etc/ossec.conf", filledConf({ slack: "https://hooks.example/1", jira: JIRA }));
  const own = `destinations: { own: { type: jira-automation, secret: { file: ${folder.path}/own } } }`;
  folder.config(`${own}\npolicies: [{ name: mine, when: { rule.level: ">= 12" }, tell: [own] }]`, SPOOL);
  return folder.read().config;
}

test("who keeps still since another posts to the same address is told apart from who is integratord's", () => {
  const config = aConfig();
  const explained = explainText(ALERT, config.policies, now, config.guardrails) as Explanation;
  const previewed = previewText(ALERT, config, now) as Preview;
  const { destinations } = snapshotOf(config, connectors).snapshot;
  const tally = { state: "shadow", reason: "shadow", evidence: null, oldestAt: now } as const;
  const status = buildStatus({
    version: "1",
    now,
    startedAt: now,
    config: "",
    configFile: null,
    destinations: Object.values(destinations),
    lanes: [],
    work: [
      { destination: "ossec-slack", count: 2, ...tally },
      { destination: "ossec-custom-jira", count: 3, ...tally },
    ],
    receipts: [],
    incidents: { pending: 0, open: 0, acknowledged: 0, resolved: 0 },
    sources: [],
    responses: { counts: { received: 0, failed: 0, overdue: 0, lifted: 0, renewed: 0 }, inForce: [], own: {} },
  });

  const explanation = renderExplanation({ ...explained, ...toldElsewhere(config), digests: {} }, plain);
  const preview = renderPreview(previewed, plain);
  const screen = renderStatus(status, plain);

  expect(explanation).toContain("tells ossec-slack (shadow: integratord does) at once");
  expect(explanation).toContain("tells ossec-custom-jira (shadow: own posts to the same address) at once");
  expect(preview).toContain("shadow: not sent, since integratord sends it");
  expect(preview).toContain("shadow: not sent, since own posts to the same address");
  expect(screen).toMatch(/ossec-slack .* shadow: integratord sends it/);
  expect(screen).toMatch(/ossec-custom-jira .* shadow: own posts to the same address/);
  expect(screen).toContain("2 more only shown: integratord sends those. 3 more only shown: others post to the same");
});
