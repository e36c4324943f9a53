// The same alerts by the tail and by a forwarder on another machine: what becomes of them must not depend on the road.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endedBy } from "../fixtures/ended-incidents.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { describeWithSharedData } from "../shared-data.ts";

const TOKEN = "a-token-for-tests-only-0123456789abcdef";
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const POLICIES = `
http: { listen: "127.0.0.1:0", tokens: [{ name: worker, secret: { file: SECRETS/token }, may: [send] }] }
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
  it("end in the same incidents by the tail and by a forwarder", async () => {
    const lines = [
      "alerts-small-permissive.jsonl",
      "alerts-small-gpl2.jsonl",
      "alerts-small-synthetic-mit.jsonl",
      "alerts-synthetic-scenarios.jsonl",
      "alerts-invalid-lines.txt",
    ]
      .flatMap((file) => readFileSync(fileNamed(file), "utf8").split("\n"))
      .filter((line) => line !== "");
    await desk.start(POLICIES, { alerts: "{ from: http, name: forwarders }" });
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`);
    const flags = {
      alerts: desk.alertsPath,
      to: `http://${desk.httpAddress}`,
      "token-file": join(desk.directory, "token"),
      state: join(desk.directory, "forward"),
      start: "beginning",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const forwarder = spawn(process.execPath, [main, "forward", ...args], { stdio: "ignore" });
    const stopped = once(forwarder, "exit");

    const forwarded = await endedBy(desk, "forwarders/worker", (row) => row.read >= lines.length);
    forwarder.kill("SIGTERM");
    await stopped;
    await desk.close();
    desk = await RiposteDesk.open();
    writeFileSync(desk.alertsPath, `${lines.join("\n")}\n`);
    await desk.start(POLICIES.replace(/^http:.*$/m, ""));
    const tailed = await endedBy(desk, "alerts", (row) => row.read === lines.length);

    expect(forwarded.counts).toEqual(tailed.counts);
    expect(forwarded.incidents).toEqual(tailed.incidents);
  });
});
