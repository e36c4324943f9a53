// Blocks go from integratord to Riposte and back, with the real program.
import { appendFileSync, chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig, type Ended } from "../fixtures/cli-rig.ts";
import { filledConf } from "../fixtures/ossec/original.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";

const SECRET = "xoxb-not-for-anybody";
const OTHERS = "  <global>\n    <email>no</email> <!-- tab:\t end -->\r\n  </global>\n\n";
const STAYS = "  <integration>\n    <name>virustotal</name>\n    <api_key>KEY</api_key>\n  </integration>\n";

let rig: CliRig;
let config: string;
let original: string;

beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
  const text = readFileSync(config, "utf8").replace(/^destinations:[^]*/m, `ossec_conf: ${path("ossec.conf")}\n`);
  writeFileSync(config, text);
  const blocks = filledConf({ slack: `${rig.receiver.url}/${SECRET}`, jira: `${rig.receiver.url}/j-${SECRET}` });
  original = blocks.replace("<ossec_config>\n", `<ossec_config>\n${OTHERS}${STAYS}`);
  write("ossec.conf", original);
  chmodSync(path("ossec.conf"), 0o640);
});
afterEach(() => rig.close());

function path(name: string): string {
  return join(rig.directory, name);
}

function write(name: string, text: string): void {
  writeFileSync(path(name), text);
}

function read(name: string): string {
  return readFileSync(path(name), "utf8");
}

function takeover(...flags: readonly string[]): Promise<Ended> {
  return rig.riposte("takeover", path("ossec.conf"), "--config", config, ...flags);
}

function append(user: string): void {
  appendFileSync(path("alerts/alerts.json"), `${JSON.stringify(passwordGuess(user))}\n`);
}

async function states(): Promise<readonly string[]> {
  const { blocks } = JSON.parse((await rig.riposte("check", config, "--json")).out);
  return blocks.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
}

const LIVE = ["ossec-slack live", "ossec-custom-jira live"];
const TWICE = ["ossec-slack twice", "ossec-custom-jira twice"];
const SHADOW = ["ossec-slack shadow", "ossec-custom-jira shadow"];

describe("riposte takeover", () => {
  it("shows first what would go, without a secret, and changes nothing before somebody says yes", async () => {
    const dry = await takeover("--dry-run");
    const asked = await takeover();
    const json = await takeover("--dry-run", "--json");

    expect(dry.code).toBe(0);
    expect(dry.out).toContain(
      "@@ -10,8 +9,0 @@\n-  <integration>\n-        <name>slack</name>\n-        <hook_url>(hidden)</hook_url>",
    );
    expect(dry.out).toContain("2 blocks would be moved");
    expect(dry.out).toContain("integratord keeps virustotal (line 6); riposte check says why");
    expect(asked).toMatchObject({
      code: 2,
      err: expect.stringContaining("add --yes to do it, or --dry-run to see it"),
    });
    expect(JSON.parse(json.out)).toMatchObject({
      done: false,
      blocks: [{ name: "slack", line: 10 }, { name: "custom-jira" }],
    });
    expect(dry.out + dry.err + json.out).not.toMatch(/xoxb|API_KEY|>KEY</);
    expect([read("ossec.conf"), readdirSync(rig.directory).filter((name) => name.includes("ossec"))]).toEqual([
      original,
      ["ossec.conf"],
    ]);
  });

  it("moves the blocks that Riposte can send, and not a byte more; a running Riposte sends them; --undo puts all back", async () => {
    await rig.serving(config);
    append("ana");

    const done = await takeover("--yes");

    expect(done.code).toBe(0);
    expect(done.out).toContain("live now: the running Riposte sends ossec-slack, ossec-custom-jira\n");
    expect(done.out).toMatch(/next: \/var\/ossec\/bin\/wazuh-control restart /);
    expect(read("ossec.conf")).toBe(`<ossec_config>\n${OTHERS}${STAYS}\n</ossec_config>\n`);
    expect(statSync(path("ossec.conf")).mode & 0o7777).toBe(0o640);
    expect(statSync(path("integrations.ossec.conf")).mode & 0o7777).toBe(0o600);
    expect(await states()).toEqual(LIVE);
    append("ana");
    const sent = `${await rig.receiver.next()}\n${await rig.receiver.next()}`;
    expect(sent).toContain('"pretext":"Wazuh Alert"');
    expect(sent).toContain('"summary":"[Wazuh] PAM: possible password guess');

    const undone = await takeover("--undo", "--yes");

    expect(undone.code).toBe(0);
    expect(undone.out).toContain("the running Riposte leaves ossec-slack, ossec-custom-jira alone now\n");
    expect(read("ossec.conf")).toBe(original);
    expect(statSync(path("ossec.conf")).mode & 0o7777).toBe(0o640);
    expect(read("integrations.ossec.conf")).toBe("");
    expect(await states()).toEqual(SHADOW);
    expect(done.out + done.err + undone.out + undone.err).not.toMatch(/xoxb|API_KEY/);
  });

  it("that died between its two files leaves the blocks to integratord, and is finished or undone by the next one", async () => {
    await takeover("--yes");
    const after = read("ossec.conf");
    const taken = read("integrations.ossec.conf");
    write("ossec.conf", original);

    const check = await rig.riposte("check", config);
    expect(await states()).toEqual(TWICE);
    expect(check.out).toContain("as well: integratord sends it, so Riposte does not.");
    expect((await takeover("--yes")).code).toBe(69);
    expect([read("ossec.conf"), read("integrations.ossec.conf")]).toEqual([after, taken]);
    expect(await states()).toEqual(LIVE);

    write("ossec.conf", original);
    expect((await takeover("--undo", "--yes")).code).toBe(69);
    expect([read("ossec.conf"), read("integrations.ossec.conf")]).toEqual([original, ""]);
  });

  it("says what is wrong, and what next, where no running Riposte has taken the blocks", async () => {
    const { code, out, err } = await takeover("--yes", "--json");

    expect(code).toBe(69);
    expect(JSON.parse(out)).toMatchObject({ done: true, running: { state: "not_running" } });
    expect(err).toContain("Start Riposte before you restart the manager, or nobody sends them in between");
  });

  it("takes out again what somebody put back into ossec.conf, and keeps the other blocks it has", async () => {
    await takeover("--yes");
    const after = read("ossec.conf");
    const another =
      "  <integration>\n    <name>slack</name>\n    <hook_url>https://hooks.example/2</hook_url>\n  </integration>\n";
    write("ossec.conf", original.replace(STAYS, STAYS + another));
    expect(await states()).toEqual([...TWICE, "ossec-slack-2 shadow"]);

    expect((await takeover("--yes")).code).toBe(69);

    expect(read("ossec.conf")).toBe(after);
    expect(await states()).toEqual([...LIVE, "ossec-slack-2 live"]);
    expect(read("integrations.ossec.conf").match(/<integration>/g)).toHaveLength(3);
  });

  it.each([
    [65, "integratord would not start with this file", () => write("ossec.conf", original.slice(0, -30))],
    [66, "does not exist", () => write("riposte.yaml", read("riposte.yaml").replace("ossec.conf", "other.conf"))],
    [1, "there is nothing to take over", () => write("ossec.conf", `<ossec_config>\n${STAYS}</ossec_config>\n`)],
    [
      78,
      "names no ossec.conf",
      () =>
        write(
          "riposte.yaml",
          read("riposte.yaml").replace(/^ossec_conf:.*$/m, "policies: [{ name: a, when: { rule.id: 1 }, tell: [] }]"),
        ),
    ],
  ])("ends with %i where %s, and touches nothing", async (code, says, spoil) => {
    spoil();
    const before = [read("ossec.conf"), readdirSync(rig.directory).toSorted()];

    const ended = await rig.riposte("takeover", "--config", config, "--yes");

    expect(ended).toMatchObject({ code, err: expect.stringContaining(says) });
    expect([read("ossec.conf"), readdirSync(rig.directory).toSorted()]).toEqual(before);
  });

  it("--undo is refused, with what to do, where it is not known any more where the blocks belong", async () => {
    expect(await takeover("--undo", "--yes")).toMatchObject({
      code: 1,
      err: expect.stringContaining("nothing in it that"),
    });
    await takeover("--yes");
    write("integrations.ossec.conf", read("integrations.ossec.conf").replace(">3<", ">4<"));
    const before = [read("ossec.conf"), read("integrations.ossec.conf")];

    const ended = await takeover("--undo", "--yes");

    expect(ended.code).toBe(1);
    expect(ended.err).toContain("was changed since the takeover");
    expect(ended.err).toContain("Do it by hand: put the blocks of");
    expect([read("ossec.conf"), read("integrations.ossec.conf")]).toEqual(before);
  });

  it("--undo keeps what was changed elsewhere in ossec.conf since", async () => {
    await takeover("--yes");
    write("ossec.conf", read("ossec.conf").replace("<email>no", "<email>yes"));

    expect((await takeover("--undo", "--yes")).code).toBe(69);

    expect(read("ossec.conf")).toBe(original.replace("<email>no", "<email>yes"));
  });
});
