import { describe, expect, it, test } from "vitest";
import { connectors } from "../connectors/index.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { loadConfig } from "./load.ts";

function load(window: string, more = "severity: high") {
  const text = [
    "wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }",
    "destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }",
    "policies:",
    "  - name: spray",
    "    when: { rule.groups: authentication_failed }",
    "    tell: [chat]",
    `    ${more}`,
    `    window: ${window}`,
    "",
  ].join("\n");
  return loadConfig(text, "riposte.yaml", connectors);
}

function errors(window: string, more?: string): readonly string[] {
  const loaded = load(window, more);
  return loaded.kind === "refused"
    ? loaded.errors.map(({ line, column, path, says }) => `${line}:${column} ${path} ${says}`)
    : [];
}

function warnings(window: string, more?: string): readonly string[] {
  const loaded = load(window, more);
  return loaded.kind === "loaded" ? loaded.warnings.map(({ path, says }) => `${path} ${says}`) : ["refused"];
}

function policyWith(window: string) {
  const loaded = load(window);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  return loaded.config.policies[0]!;
}

describe("the window of a policy", () => {
  it("counts by what is the same, and groups by it where nothing else is said", () => {
    const { terms } = policyWith("{ count: 20, within: 5m, same: [data.srcip], distinct: { data.dstuser: 8 } }");

    expect(terms.groupBy).toEqual(["data.srcip"]);
    expect(terms.window).toEqual({
      kind: "count",
      count: 20,
      withinMs: 5 * MINUTE_MS,
      same: ["data.srcip"],
      distinct: [{ field: "data.dstuser", least: 8 }],
      latenessMs: MINUTE_MS,
      keysMost: 10_000,
    });
  });

  it("takes as many alerts as different values where no count is said", () => {
    expect(policyWith("{ within: 5m, distinct: { data.dstuser: 8, data.srcip: 3 } }").terms.window).toMatchObject({
      count: 8,
    });
  });

  it("knows sequences, absences and first sights", () => {
    const sequence = policyWith("{ after: { when: { rule.id: 5710 }, count: 5 }, within: 4m, same: [data.srcip] }");
    const absence = policyWith("{ absent: true, within: 25h, same: [agent.id] }");
    const first = policyWith("{ first_seen: data.srcip, same: [agent.id], within: 30d, lateness: 10s, keys: 500 }");

    expect(sequence.after).toMatchObject({ kind: "field", path: "rule.id" });
    expect(sequence.terms.window).toMatchObject({ kind: "sequence", count: 5, withinMs: 4 * MINUTE_MS });
    expect(absence.terms.window).toMatchObject({ kind: "absence", withinMs: 25 * 60 * MINUTE_MS });
    expect(first.terms.window).toMatchObject({ kind: "first_seen", learnMs: 7 * DAY_MS, latenessMs: 10 * SECOND_MS });
    expect(first.terms.window).toMatchObject({ field: "data.srcip", keysMost: 500 });
    expect(first.terms.groupBy).toEqual(["agent.id", "data.srcip"]);
  });

  test.each([
    [
      "{ count: 1, within: 5m }",
      "8:22 policies.spray.window.count a window of one alert is no window: leave it out, or ask for at least 2",
    ],
    ["{ count: 5000, within: 5m }", "8:22 policies.spray.window.count too large: at most 1000"],
    ["{ count: 5 }", "8:5 policies.spray.window.within is missing. Example: 5m"],
    ["{ count: 5, within: 2d }", "8:33 policies.spray.window.within too long: at most 24h, since all of it is kept"],
    [
      "{ absent: true, within: 40d }",
      "8:37 policies.spray.window.within too long: at most 31d, since all of it is kept",
    ],
    [
      "{ first_seen: data.srcip, within: 100d }",
      "8:47 policies.spray.window.within too long: at most 90d, since all of it is kept",
    ],
    [
      "{ count: 5, within: 5m, same: [data.srcip], distinct: { data.dstuser: 8 } }",
      "8:83 policies.spray.window.distinct.data.dstuser more different values than alerts: at most 5, which is the count",
    ],
    [
      "{ count: 5, within: 5m, same: [data.srcip], distinct: { data.srcip: 2 } }",
      "8:69 policies.spray.window.distinct.data.srcip is in same, so that all alerts of a window have one value",
    ],
    [
      "{ count: 5, within: 5m, distinct: { srcip: 2 } }",
      "8:49 policies.spray.window.distinct.srcip not a field of Wazuh's alerts. Did you mean data.srcip? Anything else in the document is raw.srcip",
    ],
    [
      "{ count: 5, within: 5m, same: [rule] }",
      "8:44 policies.spray.window.same[0] has fields of its own: name one. Example: rule.level",
    ],
    [
      "{ within: 5m }",
      "8:13 policies.spray.window says nothing to wait for. Example: { count: 8, within: 2m, same: [data.srcip] }",
    ],
    [
      "{ absent: true, first_seen: data.srcip, within: 5m }",
      "8:29 policies.spray.window.first_seen a window has one of after, absent, first_seen. Leave out all but one",
    ],
    ["{ absent: true, count: 3, within: 5m }", "8:29 policies.spray.window.count has no meaning with absent"],
    [
      "{ after: { when: { rule.id: 1 } }, count: 3, within: 5m }",
      "8:48 policies.spray.window.count of what comes before: write it in after",
    ],
    [
      "{ after: { when: { rules: 1 } }, within: 5m }",
      "8:32 policies.spray.window.after.when.rules not a field of Wazuh's alerts. Anything else in the document is raw.rules",
    ],
    [
      "{ after: { count: 3 }, within: 5m }",
      "8:15 policies.spray.window.after.when is missing. Example: { rule.groups: authentication_failed }",
    ],
    [
      "{ count: 3, within: 5m, learn: 1d }",
      "8:37 policies.spray.window.learn only with first_seen, which learns what values there are",
    ],
    ["{ count: 3, within: 5m, lateness: 2h }", "8:47 policies.spray.window.lateness too long: at most 1h"],
    ["{ count: 3, within: 5m, keys: 1000000 }", "8:43 policies.spray.window.keys too large: at most 100000"],
    ["5m", "8:13 policies.spray.window expected a map. Example: { count: 8, within: 2m, same: [data.srcip] }"],
  ])("%s is refused", (window, says) => {
    expect(errors(window)).toEqual([says]);
  });

  it("is refused beside what has no meaning with it", () => {
    expect(errors("{ count: 3, within: 5m }", "one_per_alert: true")).toEqual([
      "8:5 policies.spray.window with one_per_alert each alert is an incident of its own, so that nothing is counted. Leave out one of the two",
    ]);
    expect(errors("{ absent: true, within: 5m }", "hold: 5m")).toEqual([
      "7:5 policies.spray.hold has no meaning for what did not come: with absent the key of same is the incident, and the next alert ends it",
    ]);
  });

  test.each([
    [
      "{ count: 3, within: 5m, same: [agent.id, id] }",
      "policies.spray.window.same[1] is another with each alert, so that no two are counted together and the window can't fill",
    ],
    [
      "{ count: 3, within: 5m, same: [data.dstuser] }",
      "policies.spray.window.same[0] whoever causes the events chooses it: 10000 values are counted at once, and alerts with further ones are refused. Keep to fields such as data.srcip and agent.id, or count it in distinct",
    ],
    [
      "{ first_seen: data.url, within: 30d, keys: 100 }",
      "policies.spray.window.first_seen whoever causes the events chooses it: 100 values are counted at once, and alerts with further ones are refused. Keep to fields such as data.srcip and agent.id, or count it in distinct",
    ],
    [
      "{ after: { when: { rule.id: [1, 2] }, count: 5, distinct: { rule.id: 3 } }, within: 5m }",
      "policies.spray.window.after.distinct.rule.id the condition leaves 2 values of it, so that the window can't fill",
    ],
  ])("%s is warned about", (window, says) => {
    expect(warnings(window)).toEqual([says]);
  });

  it("is warned about where only mild alerts may fill it and nobody hears of those", () => {
    expect(warnings("{ count: 5, within: 5m }", "collapse: off")).toEqual([]);
    const loaded = loadConfig(
      "wazuh: { alerts: /a }\ndestinations: { chat: { type: slack, webhook: { file: /s } } }\npolicies: [{ name: x, when: { rule.id: 1 }, window: { count: 5, within: 5m } }]",
      "riposte.yaml",
      connectors,
    );
    expect(loaded.kind === "loaded" && loaded.warnings.map(({ says }) => says)).toEqual([
      "the severity is that of the worst alert in it, and where that is low nobody is told. Say severity in the policy. Example: severity: high",
    ]);
  });
});
