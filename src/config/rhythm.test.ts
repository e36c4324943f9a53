import { describe, expect, it, test } from "vitest";
import { connectors } from "../connectors/index.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { loadConfig, type Loaded } from "./load.ts";
import { formatConfigError } from "./problem.ts";
import { snapshotOf } from "./snapshot.ts";

function load(policy: string, chat = "", ticket = ""): Loaded {
  const text = `store: sqlite:/var/lib/riposte/riposte.db
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  chat: { type: slack, webhook: { file: /etc/w }${chat} }
  pager: { type: webhook, url: "https://pager.example/x", unsigned: true }
  soc: { type: jira-automation, secret: { file: /etc/s }${ticket} }
policies:
  - { name: a, when: { rule.level: ">= 10" }, tell: [chat, soc]${policy === "" ? "" : `, ${policy}`} }
  - { name: b, when: { rule.level: ">= 9" }, tell: [pager] }
`;
  return loadConfig(text, "r.yaml", connectors);
}

function says(loaded: Loaded): readonly string[] {
  return (loaded.kind === "refused" ? loaded.errors : loaded.warnings).map(formatConfigError);
}

function termsOf(loaded: Loaded) {
  if (loaded.kind === "refused") throw new Error(says(loaded).join("\n"));
  return loaded.config.policies[0]!.terms;
}

const every = (ms: number) => ({ everyMs: ms, mostMs: ms });

describe("how often what nobody acknowledges is told again", () => {
  test.each([
    ["", { high: every(DAY_MS), critical: every(4 * HOUR_MS) }],
    ["repeat: off", undefined],
    ["repeat: 2h", Object.fromEntries(["low", "medium", "high", "critical"].map((of) => [of, every(2 * HOUR_MS)]))],
    ["repeat: { critical: 1h, high: off }", { critical: every(HOUR_MS) }],
    ["repeat: { medium: 12h }", { medium: every(DAY_MS / 2), high: every(DAY_MS), critical: every(4 * HOUR_MS) }],
    [
      "repeat: { critical: { every: 30m, up_to: 4h }, high: off }",
      { critical: { everyMs: 30 * MINUTE_MS, mostMs: 4 * HOUR_MS } },
    ],
    ["one_per_alert: true", undefined],
  ])("%s", (policy, repeat) => {
    expect(termsOf(load(policy)).repeat).toEqual(repeat);
  });

  test.each([
    ["repeat: 3", "policies.a.repeat: expected off, how often, or a map. Examples: 4h, "],
    ["repeat: 10s", "policies.a.repeat: too short: at least 60s"],
    ["repeat: { evry: 1h }", "policies.a.repeat.evry: unknown key. Did you mean every?"],
    ["repeat: { every: 1h, up_to: 5m }", "policies.a.repeat.up_to: shorter than every"],
    ["repeat: { high: { every: 1h, up_to: 5m } }", "policies.a.repeat.high.up_to: shorter than every"],
    ["repeat: { every: 1h, high: 2h }", "policies.a.repeat.high: either every, or by severity"],
    ["repeat: { up_to: 2h }", "policies.a.repeat.up_to: only beside every"],
    ["repeat: { critical: often }", "policies.a.repeat.critical: expected off, how often, or a map"],
    ["group_wait: soon", "policies.a.group_wait: expected a duration in s, m, h or d. Example: 10s"],
    ["group_interval: 5", "policies.a.group_interval: expected a duration in s, m, h or d. Example: 5m"],
    [
      "escalate: 30m",
      "policies.a.escalate: expected after what time, and whom. Example: { unacknowledged: 30m, to: [on-call] }",
    ],
    ["escalate: { unacknowledged: 30m }", "policies.a.escalate.to: is missing"],
    ["escalate: { unacknowledged: 30m, to: [] }", "policies.a.escalate.to: names nobody. Example: [on-call]"],
    [
      "escalate: { unacknowledged: 30m, to: [pagr] }",
      "policies.a.escalate.to[0]: no destination of this name. Did you mean pager?",
    ],
    [
      "escalate: { unacknowledged: 30m, to: [ops] }",
      "policies.a.escalate.to[0]: no destination of this name. There are: chat, pager, soc",
    ],
  ])("%s is refused, with its place", (policy, expected) => {
    const [only, ...more] = says(load(policy));
    expect(only).toContain(expected);
    expect(only).toMatch(/^r\.yaml:8:\d+ /);
    expect(more).toEqual([]);
  });
});

test("what may be left out is left out, and what is written is taken", () => {
  const plain = termsOf(load("repeat: off"));
  expect(plain).not.toHaveProperty("groupWaitMs");
  expect(plain).not.toHaveProperty("escalate");

  const terms = termsOf(load("group_wait: 10s, group_interval: 5m, escalate: { unacknowledged: 30m, to: [pager] }"));
  expect(terms).toMatchObject({
    groupWaitMs: 10 * SECOND_MS,
    groupIntervalMs: 5 * MINUTE_MS,
    escalate: { afterMs: 30 * MINUTE_MS, to: ["pager"] },
  });
});

describe("what is hardly meant", () => {
  test.each([
    ["group_interval: 5h, repeat: 1h", "policies.a.repeat: shorter than group_interval (5 hours), and goes past it"],
    ["repeat: 2d", "policies.a.repeat: nothing is told again: after 1 day of quiet the incident is over"],
    ["group_wait: 10s, severity: critical", "policies.a.group_wait: waits for nothing"],
    ["escalate: { unacknowledged: 30m, to: [chat] }", "policies.a.escalate.to[0]: hears of these incidents already"],
    ["escalate: { unacknowledged: 2d, to: [pager] }", "policies.a.escalate.unacknowledged: nobody else is ever told"],
  ])("%s is warned about", (policy, expected) => {
    expect(says(load(policy))).toEqual([expect.stringContaining(expected)]);
  });

  it("is nothing that is left to the defaults", () => {
    expect(says(load(""))).toEqual([]);
    expect(says(load("resolve_after: 1h"))).toEqual([]);
    expect(says(load("escalate: { unacknowledged: 30m, to: [pager] }"))).toEqual([]);
  });
});

describe("digests of a channel", () => {
  const usual = ["low", "medium"];
  test.each([
    ["digest: 30m", { everyMs: 30 * MINUTE_MS, severities: usual, above: null }],
    ["digest: { every: 1d, severities: [high] }", { everyMs: DAY_MS, severities: ["high"], above: null }],
    [
      "digest: { above: { max: 20, per: 1m } }",
      { everyMs: null, severities: [], above: { max: 20, perMs: MINUTE_MS } },
    ],
  ])("%s", (digest, terms) => {
    const loaded = load("", `, ${digest}`);
    if (loaded.kind === "refused") throw new Error(says(loaded).join("\n"));
    const { snapshot } = snapshotOf(loaded.config, connectors);
    expect(snapshot.destinations["chat"]?.digest).toEqual(terms);
    expect(snapshot.policies["riposte:digest:chat"]?.tell.high).toEqual(["chat"]);
    expect(snapshot.policies).not.toHaveProperty(["riposte:digest:pager"]);
  });

  test.each([
    ["digest: soon", "destinations.chat.digest: expected how often, or a map. Examples: 30m, "],
    ["digest: 10s", "destinations.chat.digest: too short: at least 1m"],
    ["digest: {}", "destinations.chat.digest: expected how often, or a map. Examples: 30m, "],
    [
      "digest: { every: 30m, severities: [critical] }",
      "destinations.chat.digest.severities[0]: expected low, medium or high: what is critical never waits",
    ],
    ["digest: { severities: [low] }", "destinations.chat.digest"],
    ["digest: { above: { max: 0, per: 1m } }", "destinations.chat.digest.above.max: too small"],
  ])("%s is refused, with its place", (digest, expected) => {
    const [first] = says(load("", `, ${digest}`));
    expect(first).toContain(expected);
    expect(first).toMatch(/^r\.yaml:4:\d+ /);
  });

  it("are for channels: a ticket is for one incident", () => {
    expect(says(load("", "", ", digest: 30m"))).toEqual([
      "r.yaml:6:59 destinations.soc.digest: only for channels (slack, webhook), whose readers read many lines in one message: everybody else is told of each incident",
    ]);
  });
});
