// What goes wrong elsewhere, and what then becomes of the alerts: the whole program against misbehaving vendors.
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { liveMarkup, usualHookPath } from "../fakes/slack-webhook.ts";
import { hostileTexts } from "../fixtures/hostile.ts";
import { passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const both = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
policies:
  - { name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [security-alerts, soc-webhook] }`;

let desk: RiposteDesk;
afterEach(() => desk.close());

describe("when a vendor misbehaves", () => {
  it("a revoked webhook loses nothing: everything waits, and goes out when the webhook is there again", async () => {
    desk = await RiposteDesk.open();
    desk.slack.setState("revoked");
    await desk.start(both);

    desk.append(passwordGuess("ana"));
    await desk.slackServed.arrived(1);
    await desk.jiraServed.arrived(1);
    expect(desk.slack.posted).toEqual([]);

    desk.slack.setState("active");
    await desk.slackServed.arrived(2);
    expect(desk.slack.posted).toHaveLength(1);
    expect(desk.logLines.join("")).toMatch(/no_service/);
  });

  it("a destination that hangs costs the others nothing", async () => {
    desk = await RiposteDesk.open({ slack: { faults: () => ({ kind: "timeout-not-done" }) } });
    await desk.start(both);

    desk.append(...Array.from({ length: 5 }, (_, i) => passwordGuess(`user-${i}`)));
    await desk.jiraServed.arrived(5);

    expect(desk.jira.received).toHaveLength(5);
    expect(desk.slack.posted).toEqual([]);
  });

  it("a wrong token makes the tickets wait, and the right one lets them go without a restart", async () => {
    desk = await RiposteDesk.open();
    const right = readFileSync(join(desk.directory, "jira-api-key"), "utf8");
    desk.secret("jira-api-key", JSON.stringify({ ...(JSON.parse(right) as object), JIRA_API_KEY: "an-old-key" }));
    await desk.start(both);

    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);
    desk.secret("jira-api-key", right);
    for (let calls = 2; desk.jira.received.length === 0; calls += 1) await desk.jiraServed.arrived(calls);

    expect(desk.jira.refused[0]).toMatchObject({ status: 403 });
    expect(desk.jira.received).toHaveLength(1);
  });

  it("what was appended while it was down is told when it is up again, once", async () => {
    desk = await RiposteDesk.open();
    await desk.start(both);
    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);
    await desk.stop();

    desk.append(passwordGuess("eve"));
    await desk.start(both);
    await desk.jiraServed.arrived(2);
    await desk.stop();

    expect(desk.jira.received).toHaveLength(2);
    expect(JSON.stringify(desk.jira.received[1]!.body)).toContain("eve");
  });
});

describe("what an attacker writes", () => {
  it("is shown, and nothing of it is live in Slack or breaks Jira's rule", async () => {
    desk = await RiposteDesk.open();
    await desk.start(both);
    const alerts = Object.values(hostileTexts)
      .slice(0, 6)
      .map((text) =>
        wazuhAlert({
          id: "5712",
          level: 12,
          description: text,
          fullLog: text,
          location: text,
          agent: { id: "003", name: text },
          data: { srcuser: text, srcip: text, __proto__: { polluted: true } },
        }),
      );

    desk.append(...alerts);
    await desk.jiraServed.arrived(alerts.length);
    await desk.slackServed.arrived(alerts.length);
    await desk.stop();
    desk.jira.settle(Date.now());

    expect(desk.slack.posted).toHaveLength(alerts.length);
    const live = desk.slack.posted.flatMap(({ payload }) => liveMarkup(payload));
    // The times are ours: Slack shows them in the reader's own zone.
    expect(live.filter(({ markup }) => !markup.startsWith("<!date^"))).toEqual([]);
    expect(desk.jira.failedRuns).toEqual([]);
    expect(desk.jira.issues).toHaveLength(alerts.length);
  });
});

describe("secrets", () => {
  it("are in no log, row, page or message, whatever fails", async () => {
    const failing = { faults: (n: number) => (n % 2 === 1 ? ({ kind: "status-500", done: false } as const) : null) };
    desk = await RiposteDesk.open({ slack: failing, jira: failing });
    const canaries = [usualHookPath.slice(-24), "canary-token-7731"];
    const keys = JSON.parse(readFileSync(join(desk.directory, "jira-api-key"), "utf8")) as object;
    desk.secret("jira-api-key", JSON.stringify({ ...keys, JIRA_API_KEY: canaries[1] }));
    await desk.start(both);

    desk.append(passwordGuess("ana"), passwordGuess("eve"));
    await desk.slackServed.arrived(2);
    await desk.jiraServed.arrived(2);
    const pages = await Promise.all(
      ["/v1/status", "/v1/work", "/v1/incidents", "/v1/incidents/1", "/v1/audit", "/metrics", "/readyz"].map((path) =>
        ask(desk.socketPath, path),
      ),
    );
    await desk.stop();

    const secretFiles = ["slack-webhook", "jira-api-key"];
    const files = readdirSync(desk.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !secretFiles.includes(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    const messages = [
      ...desk.slack.posted.map(({ payload }) => payload),
      ...desk.jira.received.map(({ body }) => body),
    ];
    const everything = [...pages, ...desk.logLines, ...files, ...messages.map((message) => JSON.stringify(message))];
    expect(everything.length).toBeGreaterThan(15);
    for (const canary of canaries) expect(everything.filter((text) => text.includes(canary))).toEqual([]);
  });
});

function ask(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, headers: { host: "riposte" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}
