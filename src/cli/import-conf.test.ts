import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import { filledConf, ORIGINAL_CONF } from "../../test/fixtures/ossec/original.ts";
import { agentDisconnected, passwordGuess, wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import type { Imported } from "./import-conf.ts";

const SECRET = "https://hooks.example/SECRET";

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

function write(name: string, text: string): string {
  const path = join(rig.directory, "ossec", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function alerts(...of: readonly object[]): void {
  write("logs/alerts/alerts.json", `${of.map((alert) => JSON.stringify(alert)).join("\n")}\nno alert\n`);
}

function block(tags: string): string {
  return `<ossec_config>\n<integration>${tags}</integration>\n</ossec_config>\n`;
}

async function imported(conf: string, ...flags: readonly string[]): Promise<Imported> {
  const { out } = await rig.riposte("import", write("etc/ossec.conf", conf), "--json", ...flags);
  return JSON.parse(out);
}

const day = (n: number): Date => new Date(Date.UTC(2026, 10, n, 12));

describe("riposte import", () => {
  it("writes a config with the blocks, which check takes, and replaces no file", async () => {
    const conf = write("etc/ossec.conf", filledConf({ slack: `${SECRET}-1`, jira: `${SECRET}-2` }));
    const out = join(rig.directory, "new.yaml");

    const first = await rig.riposte("import", conf, "--out", out);
    const second = await rig.riposte("import", conf, "--out", out);
    const check = await rig.riposte("check", out);

    expect(first).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining("2 blocks, of which Riposte can send 2"),
    });
    expect(second).toMatchObject({ code: 73, err: expect.stringContaining("is there already, and is not replaced") });
    expect(check).toMatchObject({ code: 0, out: expect.stringContaining("ossec-custom-jira: ") });
    expect(readFileSync(out, "utf8")).toContain('#     when: {"rule.level":">= 10","rule.id":["120100"]}');
    expect(first.out + readFileSync(out, "utf8")).not.toContain("SECRET");
  });

  it("says day by day what integratord sends and what Riposte would", async () => {
    const sudo = (n: number) => wazuhAlert({ id: "5402", level: 3, description: "sudo" }, day(n));
    alerts(passwordGuess("ana", day(20)), sudo(20), sudo(20), sudo(20), passwordGuess("ana", day(21)));

    const { blocks, alerts: seen } = await imported(ORIGINAL_CONF, "--from", "2026-11-01");

    expect(seen).toMatchObject({ read: 5, unreadable: 1, firstAt: day(20).getTime(), lastAt: day(21).getTime() });
    expect(blocks).toMatchObject([
      {
        policy: "ossec-slack",
        line: 2,
        days: [
          { day: "2026-11-20", integratord: 4, riposte: 2 },
          { day: "2026-11-21", integratord: 1 },
        ],
        never: [],
      },
      { policy: "ossec-custom-jira", line: 11, days: [{ integratord: 1, riposte: 1 }, { integratord: 1 }], never: [] },
    ]);
  });

  it("names what can never fire, and why", async () => {
    const low = passwordGuess("ana", day(20)) as { rule: { level: number } };
    low.rule.level = 9;
    alerts(low, low, agentDisconnected({ id: "007", name: "db-01" }, day(20)));
    const slack = `<name>slack</name><hook_url>${SECRET}</hook_url>`;
    const conf = [
      block(`${slack}<level>10</level><rule_id>504, 120100,5763</rule_id>`),
      block(`${slack}<rule_id>504</rule_id><event_location>journald</event_location>`),
      block(`${slack}<group>pam, syslog</group><level>5</level>`),
      block(`${slack}<group>nobody</group>`),
      block("<name>virustotal</name><api_key>KEY</api_key>"),
    ].join("");

    const { blocks } = await imported(conf, "--from", "2026-11-01");

    expect(blocks.map(({ policy, never }) => [policy, never])).toEqual([
      [
        "ossec-slack",
        [
          "rule 504 came once, never above level 3, and the block asks for level 10: it can't fire for it. Lower <level> to 3 (line 2)",
          "rule 120100 came 2 times, never above level 9, and the block asks for level 10: it can't fire for it. Lower <level> to 9 (line 2)",
          "rule 5763 came in none of these alerts",
        ],
      ],
      ["ossec-slack-2", ["rule 504 came once and never passed: <event_location> takes none of their locations"]],
      ["ossec-slack-3", []],
      [
        "ossec-slack-4",
        [
          "not one of 3 alerts passes, most of them because none of their groups is in <group>, which is compared to the letter",
        ],
      ],
      [null, []],
    ]);
  });

  it("without alerts it says so, and what is wrong with the file ends it", async () => {
    expect((await imported(ORIGINAL_CONF)).alerts).toBeNull();
    expect(await rig.riposte("import", write("etc/broken.conf", "<ossec_config>"))).toMatchObject({
      code: 65,
      out: "",
    });
    expect(await rig.riposte("import", join(rig.directory, "none"))).toMatchObject({
      code: 66,
      err: expect.stringMatching(/none:1:1 does not exist\. Correct the path in the config\n$/),
    });
  });
});
