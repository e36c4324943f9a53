// integratord's filters by hand: each line is one block against one alert.
import { describe, expect, it } from "vitest";
import { decide } from "./filter.ts";
import { readOssecConf } from "./ossec-conf.ts";

const ALERT = {
  rule: { level: 10, id: "5712", groups: ["syslog", "sshd", "authentication_failures"] },
  location: "/var/log/auth.log",
};
type Fields = Readonly<Record<string, unknown>>;

function verdict(tags: string, document: Fields = ALERT): string {
  const text = `<ossec_config><integration><name>custom-x</name>${tags}</integration></ossec_config>`;
  const [block] = readOssecConf(Buffer.from(text)).blocks;
  const found = decide(block!, { document });
  return found.kind === "passes" ? "passes" : found.why;
}

function withRule(rule: Fields): Fields {
  return { ...ALERT, rule: { ...ALERT.rule, ...rule } };
}

function without(name: "level" | "id" | "groups" | "location"): Fields {
  if (name === "location") return { rule: ALERT.rule };
  const { [name]: _gone, ...rule } = ALERT.rule;
  return { ...ALERT, rule };
}

describe("integratord's filters", () => {
  const cases: readonly (readonly [string, string, Fields | undefined, string])[] = [
    ["no filter lets everything pass", "", undefined, "passes"],
    ["no filter lets an alert without anything pass", "", { rule: {} }, "passes"],
    ["an alert without a rule never passes", "", { location: "x" }, "no_rule"],

    ["the level itself passes", "<level>10</level>", undefined, "passes"],
    ["a higher level passes", "<level>3</level>", undefined, "passes"],
    ["a lower level does not", "<level>11</level>", undefined, "level_too_low"],
    ["level 0 is no filter", "<level>0</level>", without("level"), "passes"],
    ["an empty level is no filter", "<level></level>", without("level"), "passes"],
    ["a level asks for a level", "<level>3</level>", without("level"), "no_level"],
    ["a level that is a text counts as none", "<level>3</level>", withRule({ level: "10" }), "level_too_low"],
    ["the last of two levels counts", "<level>12</level><level>3</level>", undefined, "passes"],

    ["a group of the rule passes", "<group>sshd</group>", undefined, "passes"],
    ["one of several groups is enough", "<group>pam,sshd</group>", undefined, "passes"],
    ["none of the groups", "<group>pam,web</group>", undefined, "other_group"],
    ["the singular is another group", "<group>authentication_failed</group>", undefined, "other_group"],
    ["the plural is this one", "<group>authentication_failures</group>", undefined, "passes"],
    ["part of a name is no group", "<group>ssh</group>", undefined, "other_group"],
    ["case counts in groups", "<group>SSHD</group>", undefined, "other_group"],
    ["a space behind the comma belongs to the name", "<group>pam, sshd</group>", undefined, "other_group"],
    ["and the name before it is still found", "<group>sshd, pam</group>", undefined, "passes"],
    ["a space at the end belongs to the name", "<group>sshd </group>", undefined, "other_group"],
    ["a comma at the end is harmless", "<group>sshd,</group>", undefined, "passes"],
    ["an empty group is no filter", "<group></group>", without("groups"), "passes"],
    ["a comma alone is a filter", "<group>,</group>", undefined, "other_group"],
    ["groups are asked for", "<group>sshd</group>", without("groups"), "other_group"],
    ["compliance is no group", "<group>pci_dss_10.2.4</group>", withRule({ pci_dss: ["10.2.4"] }), "other_group"],

    ["the rule id passes", "<rule_id>5712</rule_id>", undefined, "passes"],
    ["one of several ids is enough", "<rule_id>504, 5712 ,506</rule_id>", undefined, "passes"],
    ["none of the ids", "<rule_id>504,506</rule_id>", undefined, "other_rule"],
    ["an id is a number", "<rule_id>05712</rule_id>", undefined, "passes"],
    ["the rule's id is a number", "<rule_id>504</rule_id>", withRule({ id: "0504" }), "passes"],
    ["ids of two tags come together", "<rule_id>504</rule_id><rule_id>5712</rule_id>", undefined, "passes"],
    ["an odd character ends the list", "<rule_id>504,x,5712</rule_id>", undefined, "other_rule"],
    ["an odd character behind a number does not", "<rule_id>504x,5712</rule_id>", undefined, "passes"],
    ["a semicolon hides what follows it", "<rule_id>504;5712</rule_id>", undefined, "other_rule"],
    ["a line break before the first id: no filter", "<rule_id>\n504</rule_id>", undefined, "passes"],
    ["a line break behind a comma ends the list", "<rule_id>504,\n5712</rule_id>", undefined, "other_rule"],
    ["a list without a number is no filter", "<rule_id>ssh</rule_id>", undefined, "passes"],
    ["an empty list is no filter", "<rule_id/>", without("id"), "passes"],
    ["commas alone are no filter", "<rule_id>,,</rule_id>", undefined, "passes"],
    ["zero alone lets nothing pass", "<rule_id>0</rule_id>", undefined, "other_rule"],
    ["zero beside others is passed over", "<rule_id>0,5712</rule_id>", undefined, "passes"],
    ["ids ask for an id", "<rule_id>5712</rule_id>", without("id"), "no_rule_id"],
    ["an id that is no number is 0", "<rule_id>5712</rule_id>", withRule({ id: "x5712" }), "other_rule"],
    ["a number beyond 32 bits is cut", "<rule_id>4294973008</rule_id>", undefined, "passes"],

    ["an empty location matches all", "<event_location></event_location>", undefined, "passes"],
    ["an empty element is one as well", "<event_location/>", undefined, "passes"],
    ["an empty location asks for a location", "<event_location/>", without("location"), "no_location"],
    ["a location in another case", "<event_location>AUTH.LOG$</event_location>", undefined, "passes"],
    ["another location", "<event_location>^journald$</event_location>", undefined, "other_location"],
    ["not a location", "<event_location>!auth</event_location>", undefined, "other_location"],
    ["white space around a location counts", "<event_location> auth</event_location>", undefined, "other_location"],

    ["all filters together", "<level>10</level><group>sshd</group><rule_id>5712</rule_id>", undefined, "passes"],
    ["one that fails is enough", "<level>10</level><group>sshd</group><rule_id>1</rule_id>", undefined, "other_rule"],
    ["the name, the last one", "<name>slack</name>", undefined, "disabled"],
  ];
  it.each(cases)("%s", (_promise, tags, alert, wanted) => {
    expect(verdict(tags, alert)).toBe(wanted);
  });
});

describe("names that integratord runs", () => {
  const url = "<hook_url>https://hooks.example/x</hook_url>";
  const key = "<api_key>k</api_key>";
  const cases: readonly (readonly [string, string, string])[] = [
    ["slack", "", "disabled"],
    ["slack", url, "passes"],
    ["slack", "<hook_url></hook_url>", "passes"],
    ["shuffle", key, "disabled"],
    ["shuffle", url, "passes"],
    ["pagerduty", url, "disabled"],
    ["pagerduty", key, "passes"],
    ["virustotal", key, "passes"],
    ["maltiverse", key, "disabled"],
    ["maltiverse", url, "disabled"],
    ["maltiverse", url + key, "passes"],
    ["custom-jira", "", "passes"],
    ["custom-", "", "passes"],
    ["custom", "", "disabled"],
    ["Slack", url, "disabled"],
    [" slack", url, "disabled"],
    ["teams", url + key, "disabled"],
    ["constructor", url + key, "disabled"],
    ["", url, "disabled"],
  ];
  it.each(cases)("%j with %j: %s", (name, tags, wanted) => {
    expect(verdict(`<name>${name}</name>${tags}`)).toBe(wanted);
  });
});
