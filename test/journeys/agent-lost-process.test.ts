// The program as people run it, killed and started again: a lost agent over the API is told once.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openCliRig } from "../fixtures/cli-rig.ts";
import { openWazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { usualPassword, usualUser } from "../fakes/wazuh-api/wazuh-api.ts";

it("is told once across kill -9, with the return after it, and the books add up", { timeout: 120_000 }, async () => {
  const rig = await openCliRig();
  onTestFinished(() => rig.close());
  const { fake, served, caPath } = await openWazuhApiRig();
  for (const id of ["001", "002"]) fake.add(id, `host-${id}`, Date.now());
  const config = join(rig.directory, "agents.yaml");
  writeFileSync(
    config,
    `store: "sqlite:${join(rig.directory, "riposte.db")}"
socket: "${join(rig.directory, "s")}"
wazuh:
  alerts: "${join(rig.directory, "alerts", "alerts.json")}"
  api: { url: "${served.url}", user: ${usualUser}, password: { env: WAZUH }, ca: "${caPath}" }
  agents: { every: 10s }
destinations: { receiver: { type: webhook, url: "${rig.receiver.url}", unsigned: true } }
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: [501, 503] }
    group_by: [agent.id]
    hold: 1s
    severity: high
`,
  );
  const serve = async () => {
    const args = ["serve", "--config", config, "--log-format", "json"];
    const running = rig.start(args, "", { WAZUH: usualPassword });
    await running.said(/"msg":"started"/);
    return running;
  };

  fake.lose("002", Date.now(), Date.now() - 60_000);
  const first = await serve();
  const told = JSON.parse(await rig.receiver.next()) as object;
  expect(JSON.stringify(told)).toContain("host-002");
  await first.said(/"msg":"delivered"/);
  first.child.kill("SIGKILL");
  const { out, err } = await first.ended;

  fake.bringBack("002", Date.now());
  const second = await serve();
  expect(await rig.receiver.next()).toMatch(/resolved/);
  const sources = await rig.start(["sources", "--config", config]).ended;
  expect(sources.out).toMatch(
    /agents: at the end\n {4}2 read = 0 ignored \+ 0 malformed \+ 0 duplicate \+ 2 kept {2}\(adds up\)/,
  );
  second.child.kill("SIGTERM");
  const stopped = await second.ended;
  expect(stopped.code).toBe(0);
  for (const text of [out, err, stopped.out, stopped.err]) {
    expect(text).not.toContain(usualPassword);
    expect(text).not.toContain("eyJhbGciOiJFUzUxMiJ9");
  }
});
