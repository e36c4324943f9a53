// The same alerts by the tail and over HTTP: what becomes of them must not depend on the road, nor on the wrapping.
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { postAlerts } from "../fixtures/post-alerts.ts";
import { endedBy } from "../fixtures/ended-incidents.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { describeWithSharedData } from "../shared-data.ts";

const TOKEN = "a-token-for-tests-only-0123456789abcdef";
const POLICIES = `
http: { listen: "127.0.0.1:0", tokens: [{ name: master, secret: { file: SECRETS/token }, may: [send] }] }
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - { name: grave, when: { rule.level: ">= 7" }, tell: [] }
  - { name: rest, when: { rule.level: ">= 3" }, group_by: [rule.id], tell: { low: [], medium: [], high: [chat] } }`;

let desk: RiposteDesk;

beforeEach(async () => {
  desk = await RiposteDesk.open();
  desk.secret("token", TOKEN);
});

afterEach(() => desk.close());

describeWithSharedData("sample alerts", (fileNamed) => {
  it("end in the same incidents by the tail and over HTTP, whatever they are wrapped in", async () => {
    const lines = [
      "alerts-small-permissive.jsonl",
      "alerts-small-gpl2.jsonl",
      "alerts-small-synthetic-mit.jsonl",
      "alerts-synthetic-scenarios.jsonl",
      "alerts-invalid-lines.txt",
    ]
      .flatMap((file) => readFileSync(fileNamed(file), "utf8").split("\n"))
      .filter((line) => line !== "");
    const wrapped = lines.map((line) => JSON.stringify({ date: 1_795_445_715.5, log: line })).join("\n");
    await desk.start(POLICIES, { alerts: "{ from: http, name: forwarders }" });
    const send = (body: string, type: string) => postAlerts(desk.httpAddress, TOKEN, body, { "content-type": type });

    const first = await send(lines.join("\n"), "application/x-ndjson");
    const again = await send(wrapped, "application/json");
    const byHttp = await endedBy(desk, "forwarders/master");
    await desk.close();
    desk = await RiposteDesk.open();
    desk.secret("token", TOKEN);
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`);
    await desk.start(POLICIES.replace(/^http:.*$/m, ""));
    const byTail = await endedBy(desk, "alerts", (row) => row.read === lines.length);

    const { read: sent, kept, ignored, malformed, duplicate } = first.body;
    expect([sent, ignored, malformed, duplicate, kept]).toEqual(byTail.counts);
    expect(again.body).toMatchObject({ read: sent, kept: 0, duplicate: kept + duplicate, ignored, malformed });
    expect(byHttp.incidents).toEqual(byTail.incidents);
    const [read, sum] = [byHttp.counts[0], byHttp.counts.slice(1).reduce((a, b) => a + b)];
    expect([read, sum]).toEqual([2 * lines.length, 2 * lines.length]);
  });
});
