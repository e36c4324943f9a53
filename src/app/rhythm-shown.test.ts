import { expect, test } from "vitest";
import { bruteForce } from "../../test/fixtures/wazuh-alerts.ts";
import { digestWords, rhythmWords } from "../cli/words.ts";
import { loadConfig } from "../config/load.ts";
import { connectors } from "../connectors/index.ts";
import { digestsIn, explainText } from "./explain.ts";
import { previewText } from "./preview.ts";

const text = `store: sqlite:/var/lib/riposte/riposte.db
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  chat: { type: slack, webhook: { file: /etc/w }, digest: { every: 30m, above: { max: 20, per: 1m } } }
  pager: { type: webhook, url: "https://pager.example/x", unsigned: true }
policies:
  - name: ssh
    when: { rule.level: ">= 3" }
    tell: [chat]
    group_wait: 10s
    repeat: { medium: { every: 1h, up_to: 12h } }
    escalate: { unacknowledged: 30m, to: [pager] }
`;
const loaded = loadConfig(text, "riposte.yaml", connectors);
if (loaded.kind === "refused") throw new Error(JSON.stringify(loaded.errors));
const { config } = loaded;
const line = JSON.stringify(bruteForce("deploy"));

test("explain knows when people would hear of the alert, and again, and which channel tells it in a digest", () => {
  const explained = explainText(line, config.policies, 0);
  if (explained.kind === "no_alert") throw new Error(explained.why);
  const [report] = explained.policies;

  expect(report?.severity).toBe("medium");
  expect(rhythmWords(report!.rhythm)).toEqual([
    "the first word waits 10 s for what comes with it",
    "told again after 1 h and then ever less often, up to every 12 h while nobody acknowledges it",
    "pager as well after 30 min without an acknowledgement",
  ]);
  const digest = digestsIn(config)["chat"]!;
  expect(digestWords(digest, "medium")).toBe("in its digest, every 30 min");
  expect(digestWords(digest, "high")).toBe("in a digest where more than 20 are new within 1 min");
  expect(digestWords(digest, "critical")).toBeNull();
});

test("preview shows an alert of a digest as it would be told by itself, and says that it would not be", () => {
  const previewed = previewText(line, config, 0);
  if (previewed.kind === "no_alert") throw new Error(previewed.why);

  expect(previewed.incidents).toHaveLength(1);
  expect(previewed.incidents[0]).toMatchObject({
    policy: "ssh",
    rhythm: { groupWaitMs: 10_000, escalate: { to: ["pager"] } },
    requests: [{ destination: "chat", digest: { everyMs: 1_800_000 } }],
  });
});
