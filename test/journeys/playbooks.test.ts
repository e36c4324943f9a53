// Playbooks beside a config: checked, followed while it runs, shown to people, and gone without harm.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alertLine, openCliRig, type CliRig } from "../fixtures/cli-rig.ts";

let rig: CliRig;
let config: string;
let playbook: string;

beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
  writeFileSync(config, readFileSync(config, "utf8").replace("tell: [receiver]", "tell: [receiver], playbook: ssh"));
  playbook = join(rig.directory, "playbooks", "ssh.md");
  mkdirSync(join(rig.directory, "playbooks"));
  write("Ask the owner.");
});
afterEach(() => rig.close());

function write(step: string): void {
  writeFileSync(
    playbook,
    `---\ntitle: SSH\n---\n\n1. ${step}\n\n   \`\`\`sh agent\n   id {{ agent.name }}\n   \`\`\`\n`,
  );
}

async function nextSteps(): Promise<string> {
  const { playbook: told } = JSON.parse(await rig.receiver.next()) as { playbook: object };
  return JSON.stringify(told);
}

it("check says what is wrong with one, with file and line, and that a name is nowhere", async () => {
  expect(await rig.riposte("check", config)).toMatchObject({ code: 0 });

  write("Ask {{ agent.nmae }}.");
  const broken = await rig.riposte("check", config);
  expect(broken.code).toBe(78);
  expect(broken.out).toContain(`${playbook}:5:8 agent.nmae: not a field that Wazuh writes. Did you mean agent.name?`);
  expect(broken.out).not.toContain("ok,");

  rmSync(playbook);
  const gone = await rig.riposte("check", config);
  expect(gone.code).toBe(78);
  expect(gone.out).toMatch(/:7:\d+ policies\.ssh\.playbook: no playbook of this name/);
});

it("preview and incidents show have it with the alert's values in it", async () => {
  const previewed = await rig.start(["preview", "--config", config, "-"], alertLine(1)).ended;
  expect(previewed.out).toContain("What to do: SSH\n  1. Ask the owner.\n     On the agent:\n       id 'web-1'\n");

  await rig.serving(config);
  rig.appendAlert(1);
  await rig.receiver.next();
  const shown = await rig.riposte("incidents", "show", "1", "--config", config);
  expect(shown.out).toContain("What to do: SSH\n  1. Ask the owner.\n     On the agent:\n       id 'web-1'\n");
});

it("a changed one is told from then on; a broken one changes nothing, is told of once, and holds nothing up", async () => {
  const server = await rig.serving(config);
  rig.appendAlert(1);
  expect(await nextSteps()).toContain("Ask the owner.");

  write("Ask the team.");
  await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
  rig.appendAlert(2);
  expect(await nextSteps()).toContain("Ask the team.");

  write("Ask {{ agent.nmae }}.");
  await server.said(/a playbook can't be read; everything else goes on/);
  rig.appendAlert(3);
  expect(await nextSteps()).toContain("Ask the team.");
  const status = await rig.riposte("status", "--config", config);
  expect(status.out).toMatch(/Playbooks that can't be read:\n {2}\S+ssh\.md:5:8 agent\.nmae: not a field/);

  write("Ask everybody.");
  await server.said(/all playbooks can be read again/);
  rig.appendAlert(4);
  expect(await nextSteps()).toContain("Ask everybody.");
});

it("a server starts with a broken one, and whoever is told hears that it can't be read", async () => {
  write("Ask {{ agent.nmae }}.");
  const server = await rig.serving(config);
  await server.said(/warning: \S+ssh\.md:5:8 agent\.nmae/);
  rig.appendAlert(1);
  expect(await nextSteps()).toMatch(/"unreadable":"line 5: agent\.nmae: not a field/);
});

it("the config that worked last finds the playbooks beside the file, and starts also where one is gone", async () => {
  const first = await rig.serving(config);
  first.child.kill("SIGTERM");
  await first.ended;
  writeFileSync(config, readFileSync(config, "utf8").replace("policies:", "polices:"));

  const server = rig.start(["serve", "--config", config, "--last-good", "--log-format", "json"]);
  await server.said(/"msg":"started"/);
  rig.appendAlert(1);
  expect(await nextSteps()).toContain("Ask the owner.");
  server.child.kill("SIGTERM");
  await server.ended;

  rmSync(playbook);
  const again = rig.start(["serve", "--config", config, "--last-good", "--log-format", "json"]);
  await again.said(/"msg":"started"/);
  rig.appendAlert(2);
  expect(await nextSteps()).toContain("there is no such file");
});
