import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { filledConf, ORIGINAL_CONF } from "../../../test/fixtures/ossec/original.ts";
import { formatConfigError } from "../../config/problem.ts";
import { snapshotOf } from "../../config/snapshot.ts";
import { connectors } from "../../connectors/index.ts";
import { openSecrets } from "../../secrets/read.ts";
import { readConfig } from "../read-config.ts";
import type { OssecReading } from "./read-files.ts";

const SECRET = "https://hooks.example/SECRET";
const FILLED = filledConf({ slack: `${SECRET}-1`, jira: `${SECRET}-2` });
const EMPTY = "<ossec_config>\n</ossec_config>\n";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "riposte-ossec-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  write("riposte.yaml", CONFIG());
  write("ossec.conf", FILLED);
});

const CONFIG = (more = ""): string => `wazuh: { alerts: /a/alerts.json }
ossec_conf: ${folder}/ossec.conf
${more}`;

function write(name: string, text: string, mode = 0o600): void {
  writeFileSync(join(folder, name), text, { mode });
  chmodSync(join(folder, name), mode);
}

function block(tags: string): string {
  return `<ossec_config>\n  <integration>${tags}</integration>\n</ossec_config>\n`;
}

function read(earlier: OssecReading | null = null) {
  const found = readConfig(join(folder, "riposte.yaml"), null, earlier);
  if (found.kind !== "loaded" || found.ossec === null) throw new Error(JSON.stringify(found));
  return { ...found, ossec: found.ossec };
}

/** Names and states, and what is said, without the folder. */
function seen(earlier: OssecReading | null = null) {
  const { ossec, warnings } = read(earlier);
  return {
    blocks: ossec.blocks.map(({ name, state }) => `${name} ${state}`),
    says: warnings.map((warning) => formatConfigError(warning).replaceAll(folder, "")),
    reading: ossec.reading,
  };
}

describe("the blocks of ossec.conf", () => {
  it("are shadow policies and destinations before the config's own, and let these be asked as well", () => {
    write(
      "riposte.yaml",
      CONFIG(`destinations: { hook: { type: webhook, url: "https://siem.example/h", unsigned: true } }
policies: [{ name: mine, when: { rule.level: 12 }, tell: [hook] }]`),
    );

    const { config } = read();

    expect(config.policies.map(({ terms, continues }) => [terms.name, continues])).toEqual([
      ["ossec-slack", true],
      ["ossec-custom-jira", true],
      ["mine", false],
    ]);
    expect(config.destinations.map(({ name, shadow }) => [name, shadow])).toEqual([
      ["hook", undefined],
      ["ossec-slack", true],
      ["ossec-custom-jira", true],
    ]);
    expect(snapshotOf(config, connectors).snapshot.destinations).toMatchObject({
      "ossec-slack": { shadow: true },
      "ossec-custom-jira": { shadow: true },
    });
    expect(config.health.tell).toEqual(["hook"]);
  });

  it("of the file that only Riposte reads are live, and hear of Riposte itself where nobody else does", () => {
    write("ossec.conf", EMPTY);
    write("integrations.ossec.conf", FILLED);

    expect(seen()).toMatchObject({ blocks: ["ossec-slack live", "ossec-custom-jira live"], says: [] });
    expect(read().config.health.tell).toEqual(["ossec-slack", "ossec-custom-jira"]);
  });

  it("keep their secrets in the file: no value stands in the config, and a change is followed", async () => {
    write("ossec.conf", EMPTY);
    write("integrations.ossec.conf", FILLED);
    const { config, ossec } = read();
    const slack = config.destinations[0]!.config as { readonly webhook: { readonly ossec: never } };
    let now = 0;
    const secrets = openSecrets({ now: () => now }, {});

    expect(JSON.stringify([config, ossec])).not.toContain("SECRET");
    expect(await secrets.read(slack.webhook)).toMatchObject({ kind: "value", value: `${SECRET}-1` });
    write("integrations.ossec.conf", FILLED.replace("SECRET-1", "ROTATED"));
    now += 2_000;
    expect(await secrets.read(slack.webhook)).toMatchObject({ kind: "value", value: "https://hooks.example/ROTATED" });
    write("integrations.ossec.conf", "<ossec_config><integration>");
    now += 2_000;
    expect(await secrets.read(slack.webhook)).toMatchObject({ kind: "value", value: "https://hooks.example/ROTATED" });

    write("integrations.ossec.conf", EMPTY);
    now += 2_000;
    const gone = await secrets.read(slack.webhook);
    expect(gone).toMatchObject({ kind: "unreadable" });
    expect(JSON.stringify(gone).replaceAll(folder, "")).toContain(
      "<hook_url> of the block slack in /integrations.ossec.conf is not there any more. Put the block back",
    );
  });

  it("that stand in both files are integratord's, however they are written, and that is said", () => {
    write("integrations.ossec.conf", FILLED.replaceAll(/^ +/gm, "").replaceAll(/<!--.*?-->/g, ""));

    expect(seen()).toMatchObject({
      blocks: ["ossec-slack twice", "ossec-custom-jira twice"],
      says: [
        "/integrations.ossec.conf:2:1 stands in /ossec.conf:2 as well: integratord sends it, so Riposte does not. Take it out there (riposte takeover), and restart the manager",
        "/integrations.ossec.conf:11:1 stands in /ossec.conf:11 as well: integratord sends it, so Riposte does not. Take it out there (riposte takeover), and restart the manager",
      ],
    });
    expect(read().config.destinations.map(({ shadow }) => shadow)).toEqual([true, true]);
  });

  it("that differ in anything that matters are two, numbered behind those that were taken over", () => {
    write("integrations.ossec.conf", FILLED);
    write("ossec.conf", FILLED.replace("<level>3</level>", "<level>4</level>"));

    expect(seen().blocks).toEqual(["ossec-slack live", "ossec-custom-jira twice", "ossec-slack-2 shadow"]);
  });

  it("custom-jira is sent where integratord's script hands the alert over: else nobody would", () => {
    const spool = CONFIG().replace("/a/alerts.json", "{ from: spool, path: /a/spool }");
    const states = () => seen().blocks;
    write("riposte.yaml", spool);
    mkdirSync(join(folder, "etc"));
    mkdirSync(join(folder, "integrations"));
    write("etc/ossec.conf", FILLED);
    write("riposte.yaml", spool.replace("/ossec.conf", "/etc/ossec.conf"));
    expect(states()).toEqual(["ossec-slack shadow", "ossec-custom-jira shadow"]);

    write("integrations/custom-jira", "#!/bin/sh\nexec python3 jira.py\n");
    expect(states()).toEqual(["ossec-slack shadow", "ossec-custom-jira shadow"]);

    write("integrations/custom-jira", "#!/bin/sh\n# hands over to riposte\n");
    expect(states()).toEqual(["ossec-slack shadow", "ossec-custom-jira handed_over"]);
    expect(read().config.destinations.map(({ shadow }) => shadow)).toEqual([true, undefined]);
    write("integrations.ossec.conf", FILLED);
    expect(states()).toEqual(["ossec-slack twice", "ossec-custom-jira live"]);

    write("riposte.yaml", CONFIG().replace("/ossec.conf", "/etc/ossec.conf"));
    expect(states()).toEqual(["ossec-slack twice", "ossec-custom-jira twice"]);
  });

  it("of a user's own script are run from the folder of that Wazuh, with what stands in the block", async () => {
    mkdirSync(join(folder, "etc"));
    write("riposte.yaml", CONFIG().replace("/ossec.conf", "/etc/ossec.conf"));
    const options = "<options> not JSON\n</options>";
    const text = block(`<name>custom-siren</name><hook_url>${SECRET}</hook_url>${options}<level>7</level>`);
    write("etc/ossec.conf", text + block("<name>custom-riposte</name>"));

    const { config, warnings } = read();

    const place = (tag: string) => ({
      ossec: {
        file: join(folder, "etc/ossec.conf"),
        block: "custom-siren",
        nth: 1,
        digest: expect.any(String),
        others: [],
        tag,
      },
    });
    expect(config.destinations).toMatchObject([
      {
        name: "ossec-custom-siren",
        type: "integration-script",
        shadow: true,
        config: { script: "custom-siren", wazuh_home: folder, hook_url: place("hook_url"), options: place("options") },
      },
    ]);
    const secrets = openSecrets({ now: () => 0 }, {});
    const { options: ref } = config.destinations[0]!.config as { readonly options: never };
    expect(await secrets.read(ref)).toMatchObject({ kind: "value", value: " not JSON\n" });
    expect(warnings.map(({ says }) => says)).toContain(
      "this script hands alerts over to Riposte. Leave it to integratord",
    );
  });

  it("with the template's words in them are shown all the same, each with its line", () => {
    write("ossec.conf", ORIGINAL_CONF);

    expect(seen()).toMatchObject({
      blocks: ["ossec-slack shadow", "ossec-custom-jira shadow"],
      says: [
        "/ossec.conf:4:9 <hook_url> is no http address. Put the webhook's there",
        "/ossec.conf:13:9 <hook_url> is no http address. Put the webhook's there",
      ],
    });
  });
});

describe("files that are bad", () => {
  const whole = { blocks: ["ossec-slack shadow", "ossec-custom-jira shadow"] };
  const bad: readonly (readonly [string, () => void, RegExp])[] = [
    ["half-written", () => write("ossec.conf", FILLED.slice(0, 500)), /^\/ossec\.conf:1:1 is broken as it stands; /],
    ["empty of sense", () => write("ossec.conf", "\u0000\u0001<<<<"), /^\/ossec\.conf:1:1 is broken as it stands; /],
    ["huge", () => write("ossec.conf", " ".repeat(5e6)), /^\/ossec\.conf:1:1 is larger than 4 MiB: is this/],
    ["gone", () => rmSync(join(folder, "ossec.conf")), /^\/ossec\.conf:1:1 does not exist\. Correct/],
    [
      "a folder",
      () => {
        rmSync(join(folder, "ossec.conf"));
        mkdirSync(join(folder, "ossec.conf"));
      },
      /^\/ossec\.conf:1:1 is not a plain file\. Name the file itself; /,
    ],
    [
      "one that integratord refuses",
      () => write("ossec.conf", FILLED.replace("<level>3", "<level>three")),
      /^\/ossec\.conf:1:1 is broken as it stands; /,
    ],
  ];

  it.each(bad)("%s: the last good reading stays in force, and that is said", (_what, spoil, says) => {
    const { reading } = seen();
    spoil();

    const now = seen(reading);

    expect(now).toMatchObject(whole);
    expect(now.says[0]).toMatch(says);
    expect(now.says[0]).toMatch(/; what was read of it last stays in force$/);
    expect(seen(now.reading)).toEqual(now);
  });

  it.each(bad)("%s at a start: all else goes on, and that is said", (_what, spoil, says) => {
    write("integrations.ossec.conf", block(`<name>slack</name><hook_url>${SECRET}</hook_url>`));
    spoil();

    const { blocks, says: said } = seen();

    expect(blocks).toEqual(["ossec-slack live"]);
    expect(said[0]).toMatch(says);
    expect(said[0]).toMatch(/; nothing of it counts, and all else goes on$/);
  });

  it("of a broken file of blocks that were taken over, those that are whole are sent at a start", () => {
    write("ossec.conf", EMPTY);
    const good = `<name>slack</name><hook_url>${SECRET}</hook_url>`;
    write("integrations.ossec.conf", block(`${good}<level>x</level>`) + block(good) + "<ossec_config><integration>");

    const { blocks, says, reading } = seen();

    expect(blocks).toEqual(["ossec-slack live"]);
    expect(reading.takenOver.conf?.blocks).toHaveLength(2);
    expect(says).toEqual([
      "/integrations.ossec.conf:1:1 is broken as it stands; of its blocks those that are whole are sent, the others by nobody",
      "/integrations.ossec.conf:2:83 <level> takes digits and nothing else, not even a space, so integratord ends",
      "/integrations.ossec.conf:7:15 the file ends inside <integration>, which begins here: is it only half written?",
    ]);
  });

  it("a file of blocks that were taken over and is gone keeps them in force while Riposte runs", () => {
    write("ossec.conf", EMPTY);
    write("integrations.ossec.conf", FILLED);
    const { reading } = seen();
    rmSync(join(folder, "integrations.ossec.conf"));

    expect(seen(reading)).toMatchObject({
      blocks: ["ossec-slack live", "ossec-custom-jira live"],
      says: [
        "/integrations.ossec.conf:1:1 does not exist. Correct the path in the config; what was read of it last stays in force",
      ],
    });
  });

  it("secrets that everybody may read are told of", () => {
    write("ossec.conf", EMPTY);
    write("integrations.ossec.conf", FILLED, 0o644);

    expect(seen().says).toEqual([
      "/integrations.ossec.conf:1:1 holds secrets, and everybody may read it. Take that away: chmod o-rwx",
    ]);
  });

  it("thousands of mistakes are told as twenty", () => {
    write("ossec.conf", block("<level>x</level>".repeat(5_000)));

    const { says } = seen();

    expect(says).toHaveLength(22);
    expect(says.at(-1)).toMatch(/ and \d+ more of this kind$/);
  });
});
