// M5: a drop-in, as the original document asks for it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";

const manager = fileURLToPath(new URL("../../deploy/wazuh/manager/", import.meta.url));

describe("M5: drop-in", () => {
  it.todo("the original's two XML blocks, byte for byte, work");

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

  it.todo("nobody is told twice after riposte takeover");
});
