import { describe, expect, it } from "vitest";
import { loadConfig, type Loaded } from "./load.ts";
import { connectors } from "../connectors/index.ts";

const API = ", api: { url: https://wazuh:55000, user: riposte, password: { file: /etc/riposte/wazuh-api } }";

function load({ respond = "{ do: disable-account }", rails = "", more = "", api = API }): Loaded {
  const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json${api} }
destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }
guardrails: { ${rails} }
policies: [{ name: p, when: { rule.id: 5763 }, tell: [chat], respond: ${respond}${more} }]`;
  return loadConfig(text, "riposte.yaml", connectors);
}

function errors(of: Parameters<typeof load>[0]): readonly string[] {
  const loaded = load(of);
  return loaded.kind === "loaded"
    ? []
    : loaded.errors.map(({ line, column, path, says }) => `${line}:${column} ${path}: ${says}`);
}

function configOf(of: Parameters<typeof load>[0]): Extract<Loaded, { kind: "loaded" }>["config"] {
  const loaded = load(of);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  return loaded.config;
}

describe("respond", () => {
  it("has its defaults, and careful ones", () => {
    const { policies, guardrails } = configOf({
      respond: "[{ do: disable-account }, { do: block-ip }, { do: restart-agent }]",
    });

    expect(policies[0]?.terms.respond).toEqual([
      {
        do: "disable-account",
        by: "wazuh",
        target: "data.dstuser",
        liftAfterMs: [3_600_000],
        onlyIf: "account_taken",
        command: null,
      },
      {
        do: "block-ip",
        by: "wazuh",
        target: "data.srcip",
        liftAfterMs: [600_000, 3_600_000, 86_400_000],
        onlyIf: null,
        command: null,
      },
      { do: "restart-agent", by: "wazuh", target: null, liftAfterMs: null, onlyIf: null, command: null },
    ]);
    expect(policies[0]?.terms.expectAction).toEqual({ waitMs: 15_000, liftAfterMs: null });
    expect(Object.values(guardrails?.modes ?? {})).toEqual(Array(5).fill("observe"));
    expect(guardrails?.protect.users).toContain("root");
    expect(guardrails).toMatchObject({ approveWithinMs: 1_800_000, fourEyes: ["isolate-host"], hasApi: true });
  });

  it("may be observed without an API, and nothing else", () => {
    expect(errors({ api: "" })).toEqual([]);
    expect(errors({ api: "", rails: "mode: enforce" })).toEqual([
      "3:21 guardrails.mode: anything else than observe needs wazuh.api, over which orders are sent",
    ]);
  });

  it.each([
    ["{ do: lock }", "expected one of"],
    ["{ do: disable-account, adress: x }", "unknown key"],
    ["{ do: disable-account, address: data.srcip }", "not for disable-account, which is done to a user"],
    ["{ do: block-ip, user: data.dstuser }", "not for block-ip, which is done to an address"],
    ["{ do: restart-agent, user: data.dstuser }", "not for restart-agent, which is done to the agent"],
    ["{ do: disable-account, user: data.dstusr. }", "respond.user"],
    ["{ do: restart-agent, by: companion }", "restart-agent is done by wazuh only"],
    ["{ do: block-ip, only_if: always }", "not for block-ip: only an account can be taken"],
    ["{ do: disable-account, only_if: sometimes }", "expected account_taken"],
    ["{ do: disable-account, lift_after: 1s }", "too short: at least 10s"],
    ["{ do: disable-account, lift_after: 90d }", "too long: at most 30d"],
    ["{ do: restart-agent, lift_after: 1h }", "a restart has nothing to lift"],
    ["{ do: run-command }", "is missing: run-command runs a command of your own"],
    ["{ do: run-command, command: collect }", "guardrails.commands does not name it"],
    ["{ do: run-command, command: '!rm' }", "expected the name of a command in ar.conf"],
    ["{ do: block-ip, command: x }", "not for block-ip, which has its own. Use run-command"],
    ["[{ do: block-ip }, { do: block-ip }]", "stands in the list twice"],
    ["[]", "too few"],
  ])("%s is refused: %s", (respond, says) => {
    expect(errors({ respond }).join("\n")).toContain(says);
  });

  it.each([
    ["expect_action: true", "with respond it is Riposte that answers"],
    ["hold: 5m", "with respond the incident is answered at once"],
    ["one_per_alert: true", "with one_per_alert each alert would be answered by itself"],
  ])("beside %s is refused", (key, says) => {
    expect(errors({ more: `, ${key}` }).join("\n")).toContain(says);
  });
});

describe("guardrails", () => {
  it("are one mode for all, or one for each action", () => {
    const { guardrails } = configOf({
      rails: "mode: { block-ip: enforce, disable-account: approve }, approvers: { people: [ana] }",
    });

    expect(guardrails?.modes).toMatchObject({
      "block-ip": "enforce",
      "disable-account": "approve",
      "run-command": "observe",
    });
  });

  it("take a limit of one's own in the place of theirs for the same", () => {
    const { guardrails } = configOf({
      rails: "limits: [{ action: disable-account, max: 9, per: 1h }, { any: true, share_of_agents: 2.5%, per: 2h }]",
    });

    expect(guardrails?.limits.filter(({ kind }) => kind === "share")).toEqual([
      { kind: "share", action: null, share: 0.025, perMs: 7_200_000 },
    ]);
    expect(guardrails?.limits.filter((limit) => limit.action === "disable-account")).toEqual([
      { kind: "count", action: "disable-account", each: null, max: 9, perMs: 3_600_000 },
      { kind: "count", action: "disable-account", each: "target", max: 1, perMs: 86_400_000 },
    ]);
  });

  it.each([
    ["mode: sometimes", "expected observe"],
    ["mode: { lock: enforce }", "unknown key"],
    ["mode: approve", "nobody could approve: name those who may"],
    ["protect: { networks: [10.0.0.1/8] }", "expected an address or a network"],
    ["protect: { networks: [example.com] }", "expected an address or a network"],
    ["limits: [{ max: 3, per: 1h }]", "say either action or any: true"],
    ["limits: [{ any: true, per: 1h }]", "say either max or share_of_agents"],
    ["limits: [{ any: true, share_of_agents: half, per: 1h }]", "expected a share of all agents"],
    ["limits: [{ any: true, max: 0, per: 1h }]", "limits[0].max"],
    ["limits: [{ any: true, max: 3, per: 30d }]", "too long: at most 7d"],
    ["approve_within: 5s", "too short: at least 60s"],
    ["quiet_hours: night", "expected hours, or a list of such"],
    ['quiet_hours: { from: "22:00", to: "22:00", zone: UTC }', "is the same as from"],
    ['quiet_hours: { from: "22:00", to: "07:00", zone: Mars }', "no time zone that is known here"],
    ['quiet_hours: { from: "22:00", to: "07:00", zone: UTC, do: sleep }', "expected refuse (nothing is begun)"],
    [
      'mode: enforce, quiet_hours: { from: "22:00", to: "07:00", zone: UTC, do: ask }',
      "nobody could approve: name those who may",
    ],
    ["commands: ['!x']", "expected the name of a command in ar.conf"],
  ])("%s is refused: %s", (rails, says) => {
    expect(errors({ rails }).join("\n")).toContain(says);
  });

  it("have quiet hours by the clocks of a zone, in which nothing is begun unless somebody is to be asked", () => {
    const { guardrails } = configOf({
      rails: `quiet_hours: [{ from: "22:00", to: "07:00", zone: Europe/Berlin }, { days: [saturday], from: "00:00", to: "24:00", zone: UTC, do: ask }]`,
    });

    expect(guardrails?.quietHours).toMatchObject([
      { fromMinute: 1_320, toMinute: 420, zone: "Europe/Berlin", does: "refuse" },
      { days: ["saturday"], toMinute: 1_440, does: "ask" },
    ]);
    expect(configOf({}).guardrails).not.toHaveProperty("quietHours");
  });

  it("let the companion isolate a host by its own command, and Wazuh by one that is named", () => {
    const { policies } = configOf({ respond: "{ do: isolate-host, by: companion }" });

    expect(policies[0]?.terms.respond).toMatchObject([
      { do: "isolate-host", by: "companion", target: null, liftAfterMs: [3_600_000], command: null },
    ]);
    expect(errors({ respond: "{ do: isolate-host }" }).join()).toContain(
      "is missing: by Wazuh it runs a command of your own (example: isolate); by: companion has its own",
    );
    expect(
      errors({ respond: "{ do: isolate-host, by: companion, command: x }", rails: "commands: [x]" }).join(),
    ).toContain("not with by: companion, which has its own");
  });

  it("call people in Slack by the names that they have everywhere, and by their ids where they have none", () => {
    const approversOf = (approvers: string) =>
      configOf({ rails: `mode: approve, approvers: { ${approvers} }` }).guardrails;

    expect(approversOf("people: [ana], slack: { U0123456789: ana, W012AB: ben }")).toMatchObject({
      approvers: ["ana", "ben"],
      slack: { U0123456789: "ana", W012AB: "ben" },
    });
    expect(approversOf("slack: [U0123456789]")).toMatchObject({
      approvers: ["slack:U0123456789"],
      slack: { U0123456789: "slack:U0123456789" },
    });
    expect(errors({ rails: "mode: approve, approvers: { slack: { ana: U0123456789 } }" }).join()).toContain(
      "expected the names of people by their ids in Slack",
    );
  });

  it("want names for people in Slack where one person could be two", () => {
    const of = (slack: string) =>
      errors({ rails: `mode: approve, approvers: { people: [ana], slack: ${slack}, four_eyes: [disable-account] }` });

    expect(of("[U0123456789]")).toEqual([
      "3:65 guardrails.approvers.slack: with ids alone one person could be two, here and among people: name them, as in { U0123456789: ana }",
    ]);
    expect(of("{ U0123456789: ben }")).toEqual([]);
    expect(of("{ U0123456789: ana }").join()).toContain("name two people at least");
  });

  it("want two people for what takes four eyes", () => {
    const of = (people: string) =>
      errors({
        respond: "{ do: isolate-host, command: isolate }",
        rails: `mode: enforce, commands: [isolate], approvers: { people: [${people}] }`,
      });

    expect(of("ana")).toEqual([
      "3:21 guardrails.mode: nobody could approve: name two people at least, for what takes four eyes, in guardrails.approvers.people",
    ]);
    expect(of("ana, ben")).toEqual([]);
  });
});
