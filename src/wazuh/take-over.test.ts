import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyAlert, anyOssecConf } from "../../test/wazuh/any-ossec-conf.ts";
import { readCondition } from "../config/condition.ts";
import { PolicyShape, policyProblems } from "../config/policies.ts";
import { JiraAutomationConfig } from "../connectors/jira-automation/config.ts";
import { SlackConfig } from "../connectors/slack/config.ts";
import { compileCondition } from "../core/match.ts";
import type { Condition } from "../core/policy.ts";
import { re2 } from "../ports/regex.ts";
import { whenOf } from "./block-policy.ts";
import { decide } from "./filter.ts";
import { readOssecConf } from "./ossec-conf.ts";
import { takeOver, type TakenOver } from "./take-over.ts";

const ORIGINAL = readFileSync(new URL("../../test/fixtures/ossec/original.conf", import.meta.url), "utf8");

function taken(text: string): TakenOver {
  return takeOver(readOssecConf(Buffer.from(text)), (name, tag) => ({ file: `/etc/riposte/${name}-${tag}` }));
}

function block(tags: string): string {
  return `<ossec_config>\n  <integration>${tags}</integration>\n</ossec_config>\n`;
}

function said(text: string): readonly string[] {
  return taken(text).problems.map(({ kind, line, column, says }) => `${kind} ${line}:${column} ${says}`);
}

function conditionOf(when: unknown): Condition {
  const reading = { written: () => null, problems: [] };
  const condition = readCondition(when, [], reading);
  expect(reading.problems).toEqual([]);
  return condition;
}

describe("the original's blocks as policies and destinations", () => {
  const filled = ORIGINAL.replaceAll("webhook-url", "https://hooks.example/SECRET");

  it("are a Slack destination as it was, and a Jira Automation rule", () => {
    expect(taken(filled).taken.map(({ name, destination, policy }) => ({ name, destination, policy }))).toEqual([
      {
        name: "ossec-slack",
        destination: {
          type: "slack",
          webhook: { file: "/etc/riposte/ossec-slack-hook_url" },
          style: "legacy",
          options: { pretext: "Wazuh Alert" },
        },
        policy: {
          name: "ossec-slack",
          when: { "rule.level": ">= 3", location: "*" },
          group_by: ["rule.id", "agent.id"],
          tell: ["ossec-slack"],
          continue: true,
        },
      },
      {
        name: "ossec-custom-jira",
        destination: {
          type: "jira-automation",
          url: { file: "/etc/riposte/ossec-custom-jira-hook_url" },
          token: { file: "/etc/riposte/ossec-custom-jira-api_key" },
        },
        policy: {
          name: "ossec-custom-jira",
          when: { "rule.level": ">= 10", "rule.id": ["120100"] },
          group_by: ["rule.id", "agent.id"],
          tell: ["ossec-custom-jira"],
          continue: true,
        },
      },
    ]);
    expect(taken(filled).problems).toEqual([]);
  });

  it("pass the config's own schemas", () => {
    const [slack, jira] = taken(filled).taken;
    const { type: _slack, ...slackRest } = slack!.destination;
    const { type: _jira, ...jiraRest } = jira!.destination;

    expect(SlackConfig.parse(slackRest)).toMatchObject({ style: "legacy" });
    expect(JiraAutomationConfig.parse(jiraRest)).toMatchObject({ issue_type: "Task" });
    const policies = [slack!.policy, jira!.policy];
    expect(policies.map((policy) => PolicyShape.parse(policy).name)).toEqual(["ossec-slack", "ossec-custom-jira"]);
    expect(policyProblems(policies, ["ossec-slack", "ossec-custom-jira"], () => null)).toEqual([]);
  });

  it("hand their secrets over beside the destination, and show them nowhere", () => {
    const { taken: blocks } = taken(filled);

    expect(blocks.flatMap(({ secrets }) => secrets.map(({ ref, value }) => [ref, value.reveal()]))).toEqual([
      [{ file: "/etc/riposte/ossec-slack-hook_url" }, "https://hooks.example/SECRET"],
      [{ file: "/etc/riposte/ossec-custom-jira-hook_url" }, "https://hooks.example/SECRET"],
      [{ file: "/etc/riposte/ossec-custom-jira-api_key" }, "API_KEY"],
    ]);
    expect(JSON.stringify(blocks)).not.toMatch(/SECRET|API_KEY/);
  });

  it("with the template's words still in them are taken, and the line is named", () => {
    expect(taken(ORIGINAL).taken).toHaveLength(2);
    expect(said(ORIGINAL)).toEqual([
      "doubt 4:9 <hook_url> is no http address. Put the webhook's there",
      "doubt 13:9 <hook_url> is no http address. Put the webhook's there",
    ]);
  });
});

describe("blocks that Riposte can't take over", () => {
  const url = "<hook_url>https://hooks.example/SECRET</hook_url>";
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "options that are not JSON",
      `<name>slack</name>${url}<options>{pretext: SECRET}</options>`,
      [
        'not_taken 2:83 what stands in <options> is not a JSON object, so Wazuh\'s own script would end without a message. Example: {"pretext": "Wazuh Alert"}',
      ],
    ],
    [
      "options that are no object",
      `<name>slack</name>${url}<options>["SECRET"]</options>`,
      [
        'not_taken 2:83 what stands in <options> is not a JSON object, so Wazuh\'s own script would end without a message. Example: {"pretext": "Wazuh Alert"}',
      ],
    ],
    [
      "a hook_url with a space",
      "<name>slack</name><hook_url>https://hooks.example/SE CRET</hook_url>",
      ["not_taken 2:34 <hook_url> has white space in it. Take it out"],
    ],
    [
      "an empty hook_url",
      "<name>slack</name><hook_url/>",
      ["not_taken 2:34 <hook_url> is empty, and Riposte can send nothing without it"],
    ],
    [
      "custom-jira without its two",
      "<name>custom-jira</name>",
      [
        "not_taken 2:3 <hook_url> is missing, and Riposte can send nothing without it",
        "not_taken 2:3 <api_key> is missing, and Riposte can send nothing without it",
      ],
    ],
    [
      "an integration that is not built",
      "<name>virustotal</name><api_key>SECRET</api_key>",
      ["not_taken 2:3 Riposte can't take this integration over yet. Leave it to integratord"],
    ],
    [
      "options of Wazuh's own scripts that are not JSON",
      "<name>pagerduty</name><api_key>SECRET</api_key><options>client=SECRET</options>",
      [
        'not_taken 2:63 what stands in <options> is not a JSON object, so Wazuh\'s own script would end without a message. Example: {"pretext": "Wazuh Alert"}',
      ],
    ],
    [
      "pagerduty without its key",
      "<name>pagerduty</name><api_key/>",
      ["not_taken 2:38 <api_key> is empty, and Riposte can send nothing without it"],
    ],
    [
      "a script whose name leads elsewhere",
      "<name>custom-a/../../x</name>",
      ["not_taken 2:3 Riposte runs no script with such a name: letters, digits, ., _ and - are what it may have"],
    ],
    [
      "a script's key with a space",
      "<name>custom-siren</name><api_key>SE CRET</api_key>",
      ["not_taken 2:41 <api_key> has white space in it. Take it out"],
    ],
    [
      "a location beyond what a policy takes",
      `<name>slack</name>${url}<event_location>${"a".repeat(300)}</event_location>`,
      ["not_taken 2:3 <event_location> is too long for Riposte. Write a policy for it"],
    ],
  ];
  it.each(cases)("%s", (_what, tags, lines) => {
    expect(taken(block(tags)).taken).toEqual([]);
    expect(said(block(tags))).toEqual(lines);
  });

  it("leave the others as they are", () => {
    const { taken: blocks, problems } = taken(
      block("<name>virustotal</name><api_key>SECRET</api_key>") + block(`<name>slack</name>${url}`),
    );

    expect(blocks.map(({ name }) => name)).toEqual(["ossec-slack"]);
    expect(problems).toHaveLength(1);
  });

  it("nothing is taken of a file that integratord refuses, or of a block that it leaves out", () => {
    expect(taken(block(`<name>slack</name>${url}`).slice(0, -3))).toEqual({ taken: [], problems: [] });
    expect(taken(block("<name>slack</name>"))).toEqual({ taken: [], problems: [] });
  });

  it("blocks of one name have names of their own, and empty options are none", () => {
    const twice = taken(block(`<name>slack</name>${url}<options/>`).repeat(2));

    expect(twice.taken.map(({ name, policy }) => [name, policy.tell])).toEqual([
      ["ossec-slack", ["ossec-slack"]],
      ["ossec-slack-2", ["ossec-slack-2"]],
    ]);
    expect(twice.taken[0]!.destination).not.toHaveProperty("options");
  });
});

describe("a policy made of a block", () => {
  it("takes what integratord would call the script for, and nothing else", () => {
    fc.assert(
      fc.property(anyOssecConf, fc.array(anyAlert, { minLength: 1, maxLength: 4 }), (text, alerts) => {
        for (const of of readOssecConf(Buffer.from(text)).blocks) {
          fc.pre(of.name !== null);
          const takes = compileCondition(conditionOf(whenOf(of.filters)), re2);
          for (const document of alerts.map(asWazuhWrites)) {
            const verdict = decide({ ...of, enabled: true }, { document });
            expect(takes({ document })).toBe(verdict.kind === "passes");
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads signs that a policy would take for more than themselves as themselves", () => {
    const of = (tags: string) => readOssecConf(Buffer.from(block(`<name>custom-x</name>${tags}`))).blocks[0]!.filters;
    const takes = (tags: string, document: Readonly<Record<string, unknown>>) =>
      compileCondition(conditionOf(whenOf(of(tags))), re2)({ document });

    for (const name of ["a*", "/a/", ">= 5", "a?b", "[x]", "~", "null", "ä{1}", "/", "a\\d"]) {
      expect(takes(`<group>${name}</group>`, { rule: { groups: [name] } })).toBe(true);
      expect(takes(`<group>${name}</group>`, { rule: { groups: [`${name}x`, "ab", "a", "7", "a1"] } })).toBe(false);
      expect(takes(`<event_location>${name}</event_location>`, { rule: {}, location: `-${name.toUpperCase()}-` })).toBe(
        name.toUpperCase().includes("Ä") ? false : true,
      );
    }
    expect(takes("<event_location>^a.b$</event_location>", { location: "axb" })).toBe(false);
    expect(takes("<event_location>k</event_location>", { location: "\u212a" })).toBe(false);
  });
});

/** Ids are plain and levels are there: a policy compares what Wazuh writes, and not what C would make of it. */
function asWazuhWrites(alert: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rule = alert["rule"] as Readonly<Record<string, unknown>>;
  return rule["id"] === "0504" ? { ...alert, rule: { ...rule, id: "504" } } : alert;
}
