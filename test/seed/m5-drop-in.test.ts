// M5: a drop-in, as the original document asks for it.
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

import { ORIGINAL_CONF } from "../fixtures/ossec/original.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { integratordWould } from "../wazuh/integratord.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const manager = fileURLToPath(new URL("../../deploy/wazuh/manager/", import.meta.url));

describe("M5: drop-in", () => {
  it("the original's two XML blocks, byte for byte, work: shown while integratord sends them, sent once taken over", async () => {
    const desk = await RiposteDesk.open();
    onTestFinished(() => desk.close());
    desk.secret("ossec.conf", ORIGINAL_CONF);
    await desk.start("ossec_conf: SECRETS/ossec.conf");
    desk.append(passwordGuess("ana"));
    await expect.poll(() => desk.works()).toEqual(["ossec-custom-jira shadow 1", "ossec-slack shadow 1"]);
    await desk.stop();
    expect([...desk.slackServed.requests, ...desk.jiraServed.requests]).toEqual([]);

    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    desk.secret("integrations.ossec.conf", desk.filledConf);
    await desk.start("ossec_conf: SECRETS/ossec.conf");
    desk.append(passwordGuess("bea"));
    await Promise.all([desk.slackServed.arrived(1), desk.jiraServed.arrived(1)]);
    await desk.stop();
    desk.jira.settle(Date.now());

    expect(desk.slack.posted).toHaveLength(1);
    expect(desk.jira.issues).toHaveLength(1);
  });

  it("custom-jira and custom-jira.py are real files for /var/ossec/integrations, 0750 root:wazuh", () => {
    const ossec = mkdtempSync(join(tmpdir(), "riposte-ossec-"));
    onTestFinished(() => rmSync(ossec, { recursive: true }));
    for (const folder of ["integrations", "queue"]) mkdirSync(join(ossec, folder));
    const lines = readFileSync(join(manager, "README.md"), "utf8").split("\n");
    const commands = lines.filter((line) => line.startsWith("install "));

    // Who may give files away is root alone, and a user wazuh is on a manager only.
    const here = commands.map((line) => line.replaceAll(/-[og] \w+ /g, "").replaceAll("/var/ossec", ossec)).join("\n");
    const { status } = spawnSync("sh", ["-ec", here], { cwd: manager });

    expect(status).toBe(0);
    expect(commands[0]).toContain("-o root -g wazuh -m 0750");
    for (const name of ["custom-jira", "custom-jira.py", "custom-riposte"]) {
      expect(statSync(join(ossec, "integrations", name)).mode & 0o7777).toBe(0o750);
    }
    expect(statSync(join(ossec, "queue", "riposte")).mode & 0o7777).toBe(0o2770);
  });

  it("nobody is told twice after riposte takeover", async () => {
    const desk = await RiposteDesk.open();
    onTestFinished(() => desk.close());
    const conf = join(desk.directory, "ossec.conf");
    desk.secret("ossec.conf", desk.filledConf);
    await desk.start("ossec_conf: SECRETS/ossec.conf");
    const alert = passwordGuess("ana");
    const byIntegratord = () =>
      integratordWould(readFileSync(conf, "utf8"), alert as Readonly<Record<string, unknown>>);
    const byRiposte = () => desk.slack.posted.length + desk.jiraServed.requests.length;
    desk.append(alert);
    await expect.poll(() => desk.works()).toEqual(["ossec-custom-jira shadow 1", "ossec-slack shadow 1"]);
    expect([byIntegratord(), byRiposte()]).toEqual([[true, true], 0]);

    const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    const args = [main, "takeover", conf, "--config", desk.configPath, "--yes"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain("live now: the running Riposte sends ossec-slack, ossec-custom-jira\n");
    await expect.poll(() => desk.logLines.join("").match(/config applied/g), { timeout: 10_000 }).toHaveLength(2);
    desk.append(passwordGuess("bea"));
    await Promise.all([desk.slackServed.arrived(1), desk.jiraServed.arrived(1)]);
    await desk.stop();

    expect([byIntegratord(), byRiposte()]).toEqual([[], 2]);
  });
});
