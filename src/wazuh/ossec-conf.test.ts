import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { decide } from "./filter.ts";
import { formatConfProblem } from "./integration-block.ts";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "./ossec-conf.ts";

const ORIGINAL = readFileSync(new URL("../../test/fixtures/ossec/original.conf", import.meta.url));
const URL_TAG = "<hook_url>https://hooks.example/services/SECRET</hook_url>";

/** The lines as people get to see them, of a block that is whole but for what is given. */
function said(tags: string, around: (block: string) => string = inRoot): readonly string[] {
  const { problems } = readOssecConf(Buffer.from(around(`<integration>${tags}</integration>`)));
  return problems.map((problem) => `${problem.kind}: ${formatConfProblem("ossec.conf", problem)}`);
}

function inRoot(block: string): string {
  return `<ossec_config>\n  ${block}\n</ossec_config>\n`;
}

describe("the original's two blocks", () => {
  it("stand there byte for byte", () => {
    expect(hash("sha256", ORIGINAL)).toBe("f8aa5be28214bdb65c9067aec1de5bb0597e0666c015635db83c1fe3c549825a");
  });

  it("are read with every value, its line and no complaint", () => {
    const conf = readOssecConf(ORIGINAL);

    expect(conf.accepted).toBe(true);
    expect(conf.problems).toEqual([]);
    const [slack, jira] = conf.blocks;
    expect(conf.blocks).toHaveLength(2);
    expect(slack).toMatchObject({
      place: { line: 2, column: 3 },
      name: "slack",
      enabled: true,
      apiKey: null,
      filters: { level: 3, group: null, ruleIds: null },
      alertFormat: "json",
      maxLogBytes: 165,
      timeoutS: 10,
      retries: 3,
    });
    expect(slack!.hookUrl!.value.reveal()).toBe("webhook-url");
    expect(slack!.options!.text.reveal()).toBe('{"pretext": "Wazuh Alert"}');
    expect(slack!.tags.map(({ name, place, shown }) => [name, place.line, shown])).toEqual([
      ["name", 3, "slack"],
      ["hook_url", 4, null],
      ["level", 5, "3"],
      ["alert_format", 6, "json"],
      ["event_location", 7, ""],
      ["options", 8, null],
    ]);
    expect(jira).toMatchObject({
      place: { line: 11, column: 3 },
      name: "custom-jira",
      enabled: true,
      filters: { level: 10, group: null, ruleIds: [120_100], location: null },
      alertFormat: "json",
      options: null,
    });
    expect(jira!.apiKey!.value.reveal()).toBe("API_KEY");
    expect(jira!.apiKey!.place).toEqual({ line: 14, column: 9 });
  });

  it("tell Slack of what is level 3 and has a location, and Jira of rule 120100 from level 10", () => {
    const told = (level: number, id: string, location?: string) => {
      const document = { rule: { level, id, groups: ["pam"] }, ...(location === undefined ? {} : { location }) };
      return readOssecConf(ORIGINAL)
        .blocks.filter((block) => decide(block, { document }).kind === "passes")
        .map(({ name }) => name);
    };

    expect(told(3, "504", "wazuh-monitord")).toEqual(["slack"]);
    expect(told(2, "1002", "journald")).toEqual([]);
    expect(told(10, "120100", "journald")).toEqual(["slack", "custom-jira"]);
    expect(told(10, "120100")).toEqual(["custom-jira"]);
    expect(told(9, "120100", "journald")).toEqual(["slack"]);
    expect(told(12, "5712", "journald")).toEqual(["slack"]);
  });

  it("cut off anywhere before the last line, are refused with one sentence", () => {
    const text = ORIGINAL.toString();
    for (let length = 15; length < text.length - 1; length += 1) {
      const conf = readOssecConf(Buffer.from(text.slice(0, length)));
      expect(conf.accepted).toBe(false);
      const refused = conf.problems.filter(({ kind }) => kind === "refused");
      expect(refused).toHaveLength(1);
      expect(refused[0]!.says).toMatch(/is it only half written\?$|never ends|has no <name>/);
    }
  });

  it("with line ends as Windows writes them mean the same", () => {
    const conf = readOssecConf(Buffer.from(ORIGINAL.toString().replaceAll("\n", "\r\n")));

    expect(conf.problems).toEqual([]);
    expect(conf.blocks.map(({ name, filters: { level } }) => [name, level])).toEqual([
      ["slack", 3],
      ["custom-jira", 10],
    ]);
  });
});

describe("what there is to say about an ossec.conf", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "a block without a name",
      "<level>3</level>",
      ["refused: ossec.conf:2:3 <integration> has no <name>, so integratord ends"],
    ],
    [
      "a tag that is unknown",
      "<name>custom-x</name>\n<hook>x</hook>",
      [
        "refused: ossec.conf:3:1 <hook> is not a tag that integratord knows, so it ends. It knows name, hook_url, api_key, level, group, rule_id, event_location, alert_format, max_log, options, timeout, retries",
      ],
    ],
    [
      "a level that is no number",
      "<name>custom-x</name><level> 3</level>",
      ["refused: ossec.conf:2:37 <level> takes digits and nothing else, not even a space, so integratord ends"],
    ],
    [
      "a max_log outside of its range",
      "<name>custom-x</name><max_log>2000</max_log>",
      ["refused: ossec.conf:2:37 <max_log> takes 165 to 1024, so integratord ends"],
    ],
    [
      "a name that is unknown",
      "<name>msteams</name>",
      [
        "disabled: ossec.conf:2:16 integratord knows no integration of this name, and leaves the block out. It knows slack, shuffle, pagerduty, virustotal, maltiverse and names that begin with custom-",
      ],
    ],
    [
      "a name with white space",
      "<name> slack</name>",
      [
        "disabled: ossec.conf:2:16 the white space inside <name> belongs to the name, and integratord knows none of that. Take it out",
      ],
    ],
    [
      "Slack without an address",
      "<name>slack</name>",
      ["disabled: ossec.conf:2:16 slack needs <hook_url>, so integratord leaves the block out"],
    ],
    [
      "an address with a space",
      "<name>slack</name><hook_url>https://hooks.example/a b</hook_url>",
      [
        "doubt: ossec.conf:2:34 integratord parts its command at spaces, so the one in <hook_url> moves every argument after it. Take it out",
      ],
    ],
    [
      "an address with an entity",
      "<name>slack</name><hook_url>https://hooks.example/?a=1&amp;b=2</hook_url>",
      [
        "doubt: ossec.conf:2:34 Wazuh knows no entities: what begins with & in <hook_url> is handed on as it stands. Write the character itself",
      ],
    ],
    [
      "a group behind a space",
      `<name>slack</name>${URL_TAG}<group>pam, sshd</group>`,
      [
        "doubt: ossec.conf:2:92 the white space beside the commas belongs to the names, which no group has. Take it out",
      ],
    ],
    [
      "rule ids on lines of their own",
      "<name>custom-x</name><rule_id>\n504\n</rule_id>",
      ["doubt: ossec.conf:2:37 integratord finds no number here, and so every rule passes. Write ids parted by commas"],
    ],
    [
      "rule ids parted by a semicolon",
      "<name>custom-x</name><rule_id>504;506</rule_id>",
      [
        "doubt: ossec.conf:2:37 integratord reads only 504 here: the list ends at what is neither a digit, a space nor a comma",
      ],
    ],
    [
      "a level above all",
      "<name>custom-x</name><level>17</level>",
      ["doubt: ossec.conf:2:37 no rule has a level above 16, so nothing passes"],
    ],
    [
      "an alternative too much",
      "<name>custom-x</name><event_location>auth|</event_location>",
      ["doubt: ossec.conf:2:37 an empty alternative beside a | matches every location. Take it out"],
    ],
    [
      "a tag twice",
      "<name>custom-x</name><level>3</level><level>10</level>",
      ["doubt: ossec.conf:2:37 <level> stands here again further down, and only the last counts"],
    ],
    [
      "white space before json",
      "<name>custom-x</name><alert_format> json</alert_format>",
      ["doubt: ossec.conf:2:37 white space before json makes it the old text format. Take it out"],
    ],
  ];
  it.each(cases)("%s", (_what, tags, lines) => {
    expect(said(tags)).toEqual(lines);
  });

  it("a block outside of <ossec_config> is not read, and that is said", () => {
    expect(
      said("<name>slack</name>", (block) => `${block}\n<ossec_config><global>${block}</global></ossec_config>`),
    ).toEqual([
      "doubt: ossec.conf:1:1 integratord reads <integration> directly inside <ossec_config> only. Move it there",
      "doubt: ossec.conf:2:23 integratord reads <integration> directly inside <ossec_config> only. Move it there",
    ]);
  });

  it("blocks of several roots and of one name come in the order of the file", () => {
    const text = [1, 2, 3].map((level) =>
      inRoot(`<integration><name>custom-x</name><level>${level}</level></integration>`),
    );

    expect(readOssecConf(Buffer.from(text.join(""))).blocks.map(({ filters }) => filters.level)).toEqual([1, 2, 3]);
  });

  it("a block in the old text format before one in JSON is named", () => {
    const block = (format: string) => `<integration><name>custom-x</name>${format}</integration>`;
    const { problems } = readOssecConf(Buffer.from(inRoot(block("") + block("<alert_format>json</alert_format>"))));

    expect(problems.map(({ says }) => says)).toEqual([
      "without <alert_format>json</alert_format> integratord cuts the log of the alert for every later block as well",
    ]);
  });

  it("one block that is refused refuses the file, and all its mistakes are told at once", () => {
    const text = inRoot(
      "<integration><level>x</level></integration><integration><name>custom-x</name><a/></integration>",
    );
    const conf = readOssecConf(Buffer.from(text));

    expect(conf.accepted).toBe(false);
    expect(conf.problems.map(({ kind }) => kind)).toEqual(["refused", "refused", "refused"]);
    expect(conf.blocks.map(({ name }) => name)).toEqual([null, "custom-x"]);
  });

  it("blocks before the place where the file breaks can still be shown", () => {
    const conf = readOssecConf(
      Buffer.from(`${inRoot("<integration><name>custom-x</name></integration>")}<ossec_config><a`),
    );

    expect(conf.accepted).toBe(false);
    expect(conf.blocks.map(({ name }) => name)).toEqual(["custom-x"]);
    expect(conf.problems.map(({ line, column, kind }) => [line, column, kind])).toEqual([[4, 15, "refused"]]);
  });

  it("columns count characters and not bytes", () => {
    expect(said("<name>custom-ä</name><level>x</level>")[0]).toContain("ossec.conf:2:37 ");
  });

  it("a file that is too large, in UTF-16 or not UTF-8 where it matters is named as such", () => {
    const large = readOssecConf(new Uint8Array(OSSEC_CONF_BYTES_MOST + 1));
    const wide = readOssecConf(Buffer.from("\ufeff<ossec_config></ossec_config>", "utf16le"));
    const latin = inRoot("<integration><name>slack</name><hook_url>https://\u00e4.example</hook_url></integration>");

    expect(large.problems.map(({ says }) => says)).toEqual(["larger than 4 MiB: is this the right file?"]);
    expect(wide.problems.map(({ says }) => says)).toEqual(["UTF-16, of which Wazuh reads nothing. Save it as UTF-8"]);
    expect(readOssecConf(Buffer.from(latin, "latin1")).problems.map(({ says }) => says)).toEqual([
      "<hook_url> is not UTF-8. Save the file as UTF-8",
    ]);
  });
});

describe("secrets of an ossec.conf", () => {
  const secret = "T00/B00/XXXXXXXX";
  const text = inRoot(
    `<integration><name>slack</name><hook_url>https://hooks.example/${secret} &amp;</hook_url>` +
      `<api_key> ${secret}</api_key><options>{"${secret}": </options><name>nobody</name></integration>` +
      `<integration><https://hooks.example/${secret}></https://hooks.example/${secret}></integration>`,
  );

  it("stand in no problem, JSON or inspection of what was read", () => {
    const conf = readOssecConf(Buffer.from(text));

    expect(conf.blocks[0]!.hookUrl!.value.reveal()).toContain(secret);
    for (const shown of [JSON.stringify(conf), inspect(conf, { depth: 20, showHidden: true })])
      expect(shown).not.toContain("XXXXXXXX");
    expect(String(conf.blocks[0]!.hookUrl!.value)).toBe("(hidden)");
    expect(conf.problems.some(({ kind }) => kind === "refused")).toBe(true);
  });
});
