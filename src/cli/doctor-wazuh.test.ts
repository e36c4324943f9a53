import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import { filledConf } from "../../test/fixtures/ossec/original.ts";

const SLACK = "https://hooks.example/SECRET-slack";
const JIRA = "https://jira.example/SECRET-jira";
const EMPTY = "<ossec_config>\n</ossec_config>\n";

let rig: CliRig;
let config: string;

beforeEach(async () => {
  rig = await openCliRig();
  mkdirSync(join(rig.directory, "etc"));
  mkdirSync(join(rig.directory, "var/run"), { recursive: true });
  config = rig.writeConfig();
  const head = readFileSync(config, "utf8").replace(/^destinations:[^]*/m, "");
  writeFileSync(
    config,
    `${head}
ossec_conf: ${rig.directory}/etc/ossec.conf
destinations:
  chat: { type: slack, webhook: { file: ${rig.directory}/chat } }
  tickets: { type: jira-automation, secret: { file: ${rig.directory}/tickets } }
policies: [{ name: all, when: { rule.level: ">= 3" }, tell: [chat, tickets] }]
`,
  );
  write("etc/ossec.conf", filledConf({ slack: SLACK, jira: JIRA }));
  write("chat", "https://hooks.example/another");
  write("tickets", '{"JIRA_URL":"https://jira.example/another","JIRA_API_KEY":"k"}');
  integratordStarts(2_000_000_000);
});
afterEach(() => rig.close());

function write(name: string, text: string): void {
  writeFileSync(join(rig.directory, name), text, { mode: 0o600 });
}

/** Before or after all that the test does. */
function integratordStarts(atS: number): void {
  write("var/run/wazuh-integratord-812.pid", "812");
  utimesSync(join(rig.directory, "var/run/wazuh-integratord-812.pid"), atS, atS);
}

async function doctor() {
  const { code, out, err } = await rig.riposte("doctor", "wazuh", "--config", config);
  const failed = out.split("\n").filter((line) => / FAIL /.test(line));
  expect(out + err).not.toContain("SECRET");
  return { code, failed: failed.map((line) => line.replaceAll(rig.directory, "").replaceAll(/ +/g, " ")), out };
}

describe("riposte doctor wazuh", () => {
  it("finds nothing wrong with blocks that only one of the two sends", async () => {
    expect(await doctor()).toMatchObject({ code: 0, failed: [] });

    write("integrations.ossec.conf", filledConf({ slack: SLACK, jira: JIRA }));
    write("etc/ossec.conf", EMPTY);
    const { code, failed, out } = await doctor();
    expect([code, failed]).toEqual([0, []]);
    expect(out).toMatch(/ossec-slack +OK +sender +Riposte alone\n/);
  });

  it("fails where a block stands in both files, with what to do", async () => {
    write("integrations.ossec.conf", filledConf({ slack: SLACK, jira: JIRA }));

    const { code, failed } = await doctor();

    expect(code).toBe(69);
    expect(failed).toEqual([
      "ossec-slack FAIL sender stands in /etc/ossec.conf:2 and in /integrations.ossec.conf:2, so integratord sends it and Riposte does not, though it was taken over. Take it out of /etc/ossec.conf (riposte takeover), then /var/ossec/bin/wazuh-control restart",
      expect.stringContaining("ossec-custom-jira FAIL sender stands in /etc/ossec.conf:11 and in"),
    ]);
  });

  it("fails where a block that was taken over stands nowhere any more", async () => {
    write("etc/ossec.conf.before-riposte-20261123T120000000Z", filledConf({ slack: SLACK, jira: JIRA }));
    write("etc/ossec.conf", filledConf({ slack: "", jira: JIRA }).replace(">slack<", ">custom-other<"));

    expect((await doctor()).failed).toEqual([
      expect.stringMatching(
        /^taken over FAIL sender \/etc\/ossec\.conf\.before\S+:2:1 slack was taken over and stands neither/,
      ),
    ]);
  });

  it("fails where integratord posts to the address of a destination, however that is configured", async () => {
    write("chat", `${SLACK}\n`);
    write("tickets", JSON.stringify({ JIRA_URL: JIRA, JIRA_API_KEY: "k" }));

    const { code, failed } = await doctor();

    expect(code).toBe(69);
    expect(failed).toEqual([
      "ossec-slack FAIL address integratord posts to the address of chat (/etc/ossec.conf:2), so what both take is told twice. Take the block out of /etc/ossec.conf, or chat out of Riposte's config",
      expect.stringContaining("ossec-custom-jira FAIL address integratord posts to the address of tickets"),
    ]);
  });

  it("says that a block that is handed over keeps still for a destination with its address", async () => {
    write("tickets", JSON.stringify({ JIRA_URL: JIRA, JIRA_API_KEY: "k" }));
    const spool = `wazuh: { alerts: { from: spool, path: ${rig.directory}/spool } }`;
    writeFileSync(config, readFileSync(config, "utf8").replace(/^wazuh:.*$/m, spool));

    const { code, failed, out } = await doctor();
    const checked = await rig.riposte("check", config);

    expect([code, failed]).toEqual([0, []]);
    const said =
      "is handed over by integratord's custom-jira, and tickets posts to the same address: Riposte sends what the policies tell tickets and not this block, so that nothing is told twice. Take the block out, or tickets out of the policies";
    expect(out.replaceAll(/ +/g, " ")).toContain(
      `ossec-custom-jira LOOK sender ${rig.directory}/etc/ossec.conf:11 ${said}`,
    );
    expect(checked.out).toContain(`${rig.directory}/etc/ossec.conf:11:3 ${said}`);
    expect(checked.out).toContain("is shadow: integratord's custom-jira hands it over, and a destination of the");
    expect(checked.out + checked.err).not.toContain("SECRET");
  });

  it("points at blocks that Riposte sends to the address of another destination", async () => {
    write("integrations.ossec.conf", filledConf({ slack: SLACK, jira: JIRA }));
    write("etc/ossec.conf", EMPTY);
    write("chat", SLACK);

    const { code, out } = await doctor();

    expect(code).toBe(0);
    expect(out.replaceAll(/ +/g, " ")).toContain(
      "ossec-slack LOOK address ossec-slack posts to the address of chat, so what both take is told twice. Where that is not meant take one of the two out",
    );
  });

  it("fails where a block came back with another level: both would post to one address", async () => {
    write("integrations.ossec.conf", filledConf({ slack: SLACK, jira: JIRA }));
    write("etc/ossec.conf", filledConf({ slack: SLACK, jira: "" }).replace("<level>3", "<level>4"));

    const { failed } = await doctor();

    expect(failed).toEqual([
      expect.stringContaining("ossec-slack-2 FAIL address integratord posts to the address of ossec-slack "),
    ]);
  });

  it("fails where integratord runs with the file as it was, or does not run at all", async () => {
    integratordStarts(1);
    expect((await doctor()).failed).toEqual([
      expect.stringMatching(/^ossec\.conf FAIL integratord was started before .* Restart the manager: /),
    ]);

    rmSync(join(rig.directory, "var/run/wazuh-integratord-812.pid"));
    expect((await doctor()).failed).toEqual([
      expect.stringContaining("does not run, so nobody sends ossec-slack, ossec-custom-jira. Start it ("),
    ]);
  });

  it("says what is wrong with the file itself", async () => {
    write("etc/ossec.conf", "<ossec_config>");

    expect((await doctor()).failed).toEqual([
      "ossec.conf FAIL file /etc/ossec.conf:1:1 is broken as it stands; nothing of it counts, and all else goes on",
    ]);
  });

  it("shows Active Response that goes further than was perhaps meant, and does not fail for it", async () => {
    write(
      "etc/ossec.conf",
      `<ossec_config>
  <command><name>drop</name><executable>firewall-drop</executable><timeout_allowed>yes</timeout_allowed></command>
  <active-response><command>drop</command><location>local</location><rules_id>5763</rules_id><timeout>600</timeout></active-response>
</ossec_config>
`,
    );
    expect((await doctor()).out).toMatch(/active-response +OK +unguarded +the block names its rules/);

    const conf = readFileSync(join(rig.directory, "etc/ossec.conf"), "utf8");
    write("etc/ossec.conf", conf.replace("<location>local", "<location>all").replace("<timeout>600</timeout>", ""));
    const { code, failed, out } = await doctor();

    expect([code, failed]).toEqual([0, []]);
    const looks = out.split("\n").filter((line) => / LOOK /.test(line));
    expect(looks.map((line) => line.replaceAll(rig.directory, "").replaceAll(/ +/g, " "))).toEqual([
      "active-response LOOK unguarded /etc/ossec.conf:3 <active-response> drop is never lifted: it has no timeout, or its command does not allow one",
      "active-response LOOK unguarded /etc/ossec.conf:3 <active-response> drop acts on every agent that is connected, whichever one raised the alert",
    ]);
  });

  it("refuses that Wazuh and Riposte answer the same, and shows the block that orders need", async () => {
    const text = readFileSync(config, "utf8");
    writeFileSync(
      config,
      text.replace(
        /^policies:[^]*/m,
        "policies: [{ name: brute, when: { rule.id: [5763] }, tell: [chat, tickets], respond: { do: disable-account } }]\n",
      ),
    );
    const command =
      "<command><name>lock</name><executable>disable-account</executable><timeout_allowed>yes</timeout_allowed></command>";
    const block = (ids: string) =>
      `<active-response><command>lock</command><location>local</location><rules_id>${ids}</rules_id><timeout>600</timeout></active-response>`;
    write("etc/ossec.conf", `<ossec_config>\n${command}\n${block("5763")}\n</ossec_config>\n`);
    const both = await doctor();
    const alias =
      "<active-response><command>disable-account</command><location>local</location><timeout>3600</timeout></active-response>";
    write("etc/ossec.conf", `<ossec_config>\n${command}\n${block("5710")}\n${alias}\n</ossec_config>\n`);
    const apart = await doctor();

    expect(both.code).not.toBe(0);
    expect(both.failed).toEqual([
      "active-response FAIL driving /etc/ossec.conf:3 <active-response> lock answers rule 5763, and so does the policy brute: whoever lifts first undoes the other. Take the rule out of one of the two",
      `active-response FAIL alias no block puts disable-account3600 into ar.conf, so the Wazuh API refuses it. Add to /etc/ossec.conf, beside the <command> of that name, and restart the manager: ${alias}`,
    ]);
    expect(apart.failed).toEqual([]);
    expect(apart.out).not.toContain("ossec.conf:4");
  });
});
