// The original's ossec.conf with the real program: shown while integratord sends it, followed when it changes.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { filledConf } from "../fixtures/ossec/original.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";

const SECRET = "xoxb-not-for-anybody";

let rig: CliRig;
let config: string;

beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
  const text = readFileSync(config, "utf8").replace(/^destinations:[^]*/m, `ossec_conf: ${path("ossec.conf")}\n`);
  writeFileSync(config, text);
  write("ossec.conf", original());
});
afterEach(() => rig.close());

function path(name: string): string {
  return join(rig.directory, name);
}

function write(name: string, text: string): void {
  writeFileSync(path(name), text, { mode: 0o600 });
}

function original(): string {
  return filledConf({ slack: `${rig.receiver.url}/${SECRET}`, jira: `${rig.receiver.url}/jira-${SECRET}` });
}

function append(user: string): void {
  appendFileSync(path("alerts/alerts.json"), `${JSON.stringify(passwordGuess(user))}\n`);
}

async function json(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await rig.riposte(...args, "--config", config, "--json")).out);
}

async function checked(): Promise<unknown> {
  return JSON.parse((await rig.riposte("check", config, "--json")).out);
}

describe("an ossec.conf as it is, and no policies of one's own", () => {
  it("is checked: each block with its line and its state", async () => {
    const { code, out, err } = await rig.riposte("check", config);

    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").slice(0, 3).join("\n").replaceAll(rig.directory, "")).toBe(
      [
        "/riposte.yaml: ok, 1 source, 2 destinations, 2 policies",
        "  ossec-slack: /ossec.conf:2 is shadow: integratord sends it, Riposte only shows what it would send, until riposte takeover moves it",
        "  ossec-custom-jira: /ossec.conf:11 is shadow: integratord sends it, Riposte only shows what it would send, until riposte takeover moves it",
      ].join("\n"),
    );
  });

  it("is shown and not sent: in the incident, in the status, in the list of work and in the numbers", async () => {
    const server = await rig.serving(config);
    append("ana");
    await expect
      .poll(async () => json("work", "list", "--state", "shadow"), { timeout: 10_000 })
      .toMatchObject({
        work: [
          { destination: "ossec-slack", state: "shadow", reason: "shadow" },
          { destination: "ossec-custom-jira", state: "shadow" },
        ],
      });

    const incident = await rig.riposte("incidents", "show", "1", "--config", config);
    const status = await rig.riposte("status", "--config", config);
    write("alert.json", JSON.stringify(passwordGuess("ana")));
    const explained = await rig.riposte("explain", path("alert.json"), "--config", config);
    const previewed = await rig.riposte("preview", path("alert.json"), "--config", config);
    expect(explained.out).toContain("tells ossec-slack (shadow: integratord does) at once");
    expect(previewed.out).toContain("shadow: not sent, since integratord sends it");
    expect(previewed.out).toMatch(/webhook: in <hook_url> of the block slack in .*ossec\.conf\n/);
    const tested = await rig.riposte("test-alert", "--policy", "ossec-slack", "--wait", "1s", "--config", config);
    expect(tested).toMatchObject({ code: 69, out: expect.stringContaining("  no  ossec-slack: not sent") });
    const retried = await rig.riposte("work", "retry", "1", "ossec-slack", "--config", config);

    expect(incident.out).toMatch(
      /ossec-slack: not sent, since .*: integratord sends this, or whoever posts to the same address; Riposte only shows it/,
    );
    expect(status.out).toContain("2 more only shown: integratord sends those.");
    expect(status.out).toMatch(/ossec-slack .* shadow: integratord sends it/);
    expect(retried).toMatchObject({ code: 1, err: expect.stringContaining("riposte takeover moves the block over") });
    server.child.kill("SIGTERM");
    const { err } = await server.ended;
    expect(err + incident.out + status.out).not.toContain(SECRET);
    expect(readFileSync(path("riposte.db"), "latin1")).not.toContain(SECRET);
  });

  it("that is gone at a start, while its custom-jira is handed over by a spool, is a config that can't be started", async () => {
    const spool = `wazuh: { alerts: { from: spool, path: ${path("spool")} } }`;
    writeFileSync(config, readFileSync(config, "utf8").replace(/^wazuh:.*$/m, spool));
    rmSync(path("ossec.conf"));

    const { code, err } = await rig.riposte("serve", "--config", config);

    expect(code).toBe(78);
    expect(err.replaceAll(rig.directory, "")).toContain(
      "/riposte.yaml:4:13 ossec_conf: /ossec.conf does not exist. Correct the path in the config. Alerts that custom-jira hands over would be told to nobody; while",
    );
  });

  it("runs a user's own script once its block is taken over, with the arguments that integratord gives it", async () => {
    for (const name of ["etc", "integrations"]) mkdirSync(path(name));
    const script = `#!/bin/sh\nprintf '%s|' "$2" "$3" > ${path("called.new")}\nmv ${path("called.new")} ${path("called")}\n`;
    writeFileSync(path("integrations/custom-siren"), script, { mode: 0o750 });
    const tags = `<name>custom-siren</name><hook_url>${SECRET}</hook_url><level>10</level><alert_format>json</alert_format>`;
    write("etc/ossec.conf", `<ossec_config>\n<integration>${tags}</integration>\n</ossec_config>\n`);
    writeFileSync(config, readFileSync(config, "utf8").replace("/ossec.conf", "/etc/ossec.conf"));
    await rig.serving(config);
    append("ana");
    await expect
      .poll(async () => json("work", "list", "--state", "shadow"), { timeout: 10_000 })
      .toHaveProperty("work.0");
    expect(existsSync(path("called"))).toBe(false);

    expect((await rig.riposte("takeover", "--config", config, "--yes")).code).toBe(0);
    await expect.poll(async () => checked(), { timeout: 10_000 }).toMatchObject({ blocks: [{ state: "live" }] });
    await expect
      .poll(
        () => {
          if (!existsSync(path("called"))) append("ana");
          return existsSync(path("called")) && readFileSync(path("called"), "utf8");
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(`|${SECRET}|`);
  });

  it("is followed: what is taken over by hand is sent from the next alert on, and a broken file changes nothing", async () => {
    const server = await rig.serving(config);
    append("ana");
    await expect
      .poll(async () => json("work", "list", "--state", "shadow"), { timeout: 10_000 })
      .toHaveProperty("work.1");

    write("integrations.ossec.conf", original());
    write("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    await server.said(/(?:"msg":"config applied"[^]*){2}/);
    append("ana");
    const sent = `${await rig.receiver.next()}\n${await rig.receiver.next()}`;

    expect(sent).toContain('"pretext":"Wazuh Alert"');
    expect(sent).toContain('"summary":"[Wazuh] PAM: possible password guess');

    write("integrations.ossec.conf", original().slice(0, 300));
    rmSync(path("ossec.conf"));
    await server.said(/"msg":"something is to be said of ossec.conf[^\n]*"/);
    appendFileSync(path("alerts/alerts.json"), `${JSON.stringify(passwordGuess("bea")).replace('"003"', '"004"')}\n`);

    expect(await rig.receiver.next()).toBeTruthy();
    const status = await rig.riposte("status", "--config", config);
    expect(status.out).toContain(
      `${path("integrations.ossec.conf")}:1:1 is broken as it stands; what was read of it last`,
    );
    expect(status.out).toContain(`${path("ossec.conf")}:1:1 does not exist`);
  });
});
