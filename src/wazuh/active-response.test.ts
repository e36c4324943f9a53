import { describe, expect, it } from "vitest";
import { readActiveResponses } from "./active-response.ts";

const COMMANDS = `
  <command><name>disable-account</name><executable>disable-account</executable><timeout_allowed>yes</timeout_allowed></command>
  <command><name>drop</name><executable>firewall-drop</executable><timeout_allowed>yes</timeout_allowed></command>
  <command><name>stateless</name><executable>firewall-drop</executable><timeout_allowed>no</timeout_allowed></command>
  <command><name>restart</name><executable>restart-wazuh</executable></command>
  <command><name>companion</name><executable>riposte-block-ip</executable></command>`;

function read(tags: string) {
  return readActiveResponses(
    Buffer.from(`<ossec_config>${COMMANDS}
  <active-response>${tags}</active-response>
</ossec_config>`),
  );
}

function said(tags: string): string[] {
  return read(tags).problems.map(({ line, column, says }) => `${line}:${column} ${says}`);
}

const GUARDED = "<command>drop</command><location>local</location><rules_id>5763</rules_id><timeout>600</timeout>";

describe("an <active-response> block", () => {
  it("is read with all that says when it acts, and for how long", () => {
    expect(read(GUARDED).blocks).toEqual([
      {
        place: { line: 7, column: 3 },
        disabled: false,
        command: "drop",
        executable: "firewall-drop",
        location: "local",
        level: null,
        rulesGroup: null,
        ruleIds: [5763],
        timeoutS: 600,
      },
    ]);
  });

  it("that names its rules and its end is guarded", () => {
    expect(said(GUARDED)).toEqual([]);
  });

  it.each([
    [
      "no limits",
      "<command>drop</command><timeout>600</timeout>",
      "has no rules_id, level or rules_group, so no alert runs it",
    ],
    [
      "a level alone",
      "<command>drop</command><level>6</level><timeout>600</timeout>",
      "answers every alert of level 6 and above",
    ],
    [
      "a level beside its rules",
      "<command>drop</command><level>6</level><rules_id>5763</rules_id><timeout>600</timeout>",
      "answers every alert of level 6 and above, whatever it is about, beside the rules in rules_id",
    ],
    ["no timeout", "<command>drop</command><rules_id>5763</rules_id>", "is never lifted"],
    ["a timeout of nothing", "<command>drop</command><rules_id>5763</rules_id><timeout>0</timeout>", "is never lifted"],
    [
      "a command without one",
      "<command>stateless</command><rules_id>1</rules_id><timeout>60</timeout>",
      "is never lifted",
    ],
    ["every agent", `${GUARDED}<location>all</location>`, "acts on every agent that is connected"],
    [
      "an account",
      "<command>disable-account</command><rules_id>120100</rules_id><timeout>300</timeout>",
      "locks the account that was attacked, not the attacker",
    ],
    [
      "an account that the alert does not name",
      "<command>disable-account</command><rules_id>5763, 5712</rules_id><timeout>300</timeout>",
      "can't act on rule 5712",
    ],
  ])("with %s is said to be unguarded, with its place", (_, tags, says) => {
    const [first] = said(tags);

    expect(first).toContain("7:3 <active-response> ");
    expect(first).toContain(says);
  });

  it("with a level and a group is bound by both", () => {
    expect(said("<command>drop</command><level>6</level><rules_group>sshd</rules_group><timeout>60</timeout>")).toEqual(
      [],
    );
  });

  it("that restarts has nothing to lift, and one that is disabled nothing to say", () => {
    expect(said("<command>restart</command><rules_id>100009</rules_id>")).toEqual([]);
    expect(said("<disabled>yes</disabled><command>drop</command><location>all</location>")).toEqual([]);
  });

  it("of the companion has its end in the order, and no rule: one that names a rule can only be refused", () => {
    expect(said("<command>companion</command><location>local</location>")).toEqual([]);
    expect(said("<command>companion</command><rules_id>5763</rules_id><timeout>600</timeout>")).toEqual([
      expect.stringContaining("can't be run by a rule"),
    ]);
  });

  it("shows a name's control characters instead of obeying them", () => {
    expect(said("<command>a\u001b[2Jb</command><rules_id>1</rules_id>")[0]).not.toContain("\u001b");
  });
});

it.each([
  ["nothing", ""],
  ["what is no XML", "<<<<"],
  ["a block that is not closed", "<ossec_config><active-response><command>x"],
  ["a block elsewhere", "<agent_config><active-response><command>x</command></active-response></agent_config>"],
  ["numbers that are none", "<ossec_config><active-response><level>x</level></active-response></ossec_config>"],
])("%s is read without complaint about what can't be read", (_, text) => {
  expect(() => readActiveResponses(Buffer.from(text))).not.toThrow();
});
