import { createLineJudge, type LineJudge } from "../../src/sources/line-judge.ts";
import { ACTION_RULES } from "../../src/core/action.ts";
import { digestPolicies, type DigestTerms } from "../../src/core/digest-event.ts";
import type { HushTerms } from "../../src/core/hush.ts";
import { massPolicies } from "../../src/core/mass-event.ts";
import { compilePolicies, matchAlert } from "../../src/core/match.ts";
import type { Condition, Policy } from "../../src/core/policy.ts";
import { ownPolicies } from "../../src/core/own-health.ts";
import { compileRefusal } from "../../src/core/refusal.ts";
import { SEVERITIES } from "../../src/core/severity.ts";
import type { DestinationTerms, PolicyTerms, Snapshot } from "../../src/core/snapshot.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { WEEKDAYS } from "../../src/core/weekly-window.ts";
import type { Capabilities, Connector, Destination } from "../../src/connectors/connector.ts";
import { integrationScript } from "../../src/connectors/integration-script/integration-script.ts";
import { jira } from "../../src/connectors/jira/jira.ts";
import { jiraAutomation } from "../../src/connectors/jira-automation/jira-automation.ts";
import { slack } from "../../src/connectors/slack/slack.ts";
import { webhook } from "../../src/connectors/webhook/webhook.ts";
import type { AgentFact } from "../../src/core/agent-facts.ts";
import { agentFieldsBy } from "../../src/core/agent-fields.ts";
import type { AgentBook } from "../../src/sources/agent-book.ts";
import { enrichFrom, type Enrich } from "../../src/sources/enrich.ts";
import { re2 } from "../../src/ports/regex.ts";
import { shippedPlaybook } from "../fixtures/playbooks.ts";
import { boardConnector } from "./board-connector.ts";
import { INHIBITED, INHIBITING, PATCHED_AT, PATCHED_POLICIES, PATCHING } from "./hush-checks.ts";
import { FORWARDED_RULE } from "./forwarding/node-files.ts";
import { INDEXED_RULE } from "./sim-indexer.ts";
import { FLEET, FLEET_HOLD_MS, FLEET_POLICY } from "./sim-fleet.ts";
import { STORM_POLICY } from "./storm-checks.ts";
import { GROUPED_RULE, OTHER_POLICY, RED_POLICY } from "./sim-groups.ts";
import { SENT_RULE } from "./sim-sender.ts";
import { SPOOLED_RULE } from "./sim-spool.ts";
import { WINDOW_LATENESS_MS, WINDOW_RULES, type WindowDraws } from "./window-terms.ts";

/** What the simulated team has configured. */
export interface Plan {
  readonly snapshot: Snapshot;
  /** Made anew: what a life has learned of the other sides ends with it. */
  destinations(): ReadonlyMap<string, Destination>;
  readonly judge: LineJudge;
  /** The same with what is known of agents. */
  judgeWith(book: AgentBook): LineJudge;
  readonly windows: WindowDraws;
}

/**
 * `jiraSite` is where the team's Jira is, and who comes in; `rule` what it has that starts with a webhook; `digests`
 * whether its chat has digests.
 */
export function makePlan(
  jiraSite: object,
  rule: { readonly callsBack: boolean },
  windows: WindowDraws,
  digests: boolean,
): Plan {
  // Where tickets tell what became of them there are more of them to be told of.
  const more = rule.callsBack ? ["tickets"] : [];
  const policies = [...windowed(windows), ...POLICIES].map((policy) => policyOf(policy, more));
  const storms = ownPolicies(["jira"], []).filter(({ name }) => name === STORM_POLICY);
  const ofTeam = policies.map((policy) => policy.terms);
  const terms = new Map<string, DestinationTerms>();
  const makers = new Map<string, () => Destination>();
  function add<Config>(
    name: string,
    connector: Connector<Config>,
    written: unknown,
    other: Partial<Capabilities> & { readonly shadow?: true } = {},
  ) {
    const config = connector.schema.parse(written);
    const onlyWazuh = connector.onlyWazuh === true && { onlyWazuh: true as const };
    terms.set(name, { name, type: connector.type, ...connector.capabilities(config), ...onlyWazuh, ...other });
    makers.set(name, () => connector.destination(name, config));
  }
  add("board", boardConnector, { url: "https://board.sim" });
  add("slack", slack, { webhook: { file: "/etc/riposte/slack" } }, digests ? { digest: DIGEST } : {});
  add("tickets", jiraAutomation, { secret: { file: "/etc/riposte/jira" }, callback: rule.callsBack });
  add("hook", webhook, { url: "https://hook.sim/hook", secret: { file: "/etc/riposte/hook" } });
  add("siren", integrationScript, SCRIPT_CONFIG);
  add("shadow", slack, { webhook: { file: "/etc/riposte/shadow" } }, { shadow: true });
  add("jira", jira, { ...JIRA, ...jiraSite }, { sweepMs: JIRA_SWEEP_MS });
  add("chat", slack, CHAT, { sweepMs: CHAT_SWEEP_MS });
  return {
    windows,
    snapshot: {
      hash: "simulated",
      policies: Object.fromEntries(
        [...ofTeam, ...massPolicies(ofTeam), ...digestPolicies([...terms.values()]), ...storms].map((of) => [
          of.name,
          of,
        ]),
      ),
      destinations: Object.fromEntries(terms),
      hush: HUSH,
      playbooks: { "agent-disconnection": shippedPlaybook("agent-disconnection") },
    },
    destinations: () => new Map([...makers].map(([name, make]) => [name, make()])),
    judge: judgeOf(policies, null),
    judgeWith: (book) => judgeOf(policies, enrichFrom({ book, facts: FACTS, usedBy: agentFieldsBy(policies) })),
  };
}

function judgeOf(policies: readonly Policy[], enrich: Enrich | null): LineJudge {
  const refuse = compileRefusal(policies, ACTION_RULES);
  return createLineJudge(compilePolicies(policies, re2), refuse, matchAlert, false, enrich);
}

/** What is asked of agents. */
export const FACTS: ReadonlySet<AgentFact> = new Set(["group", "os", "labels", "node"]);

const DIGEST: DigestTerms = {
  everyMs: 4 * MINUTE_MS,
  severities: ["low", "medium"],
  above: { max: 4, perMs: MINUTE_MS },
};

const HUSH: HushTerms = {
  inhibit: [
    {
      when: { policies: [INHIBITING], severities: SEVERITIES },
      hide: { policies: [INHIBITED], severities: SEVERITIES },
      same: ["agent.id"],
    },
  ],
  muteTimes: [
    {
      name: "patching",
      policies: PATCHED_POLICIES,
      destinations: PATCHED_AT,
      days: WEEKDAYS,
      // An hour ahead of UTC for the whole of the simulated day.
      fromMinute: PATCHING.fromMinute + 60,
      toMinute: PATCHING.toMinute + 60,
      zone: "Europe/Berlin",
    },
  ],
  quietHours: null,
  warmUpMs: 0,
};

interface SimPolicy extends Partial<PolicyTerms> {
  readonly name: string;
  readonly when: Condition;
  readonly clear?: Condition;
  readonly after?: Condition;
}

const JIRA = {
  token: { file: "/etc/riposte/jira-token" },
  project: "SEC",
  priority: { critical: "Highest", high: "High" },
  fields: { Environment: "{{ agent.name }}" },
  resolve: { transition: "Done", resolution: "Done" },
  reopen: "Reopen",
};
export const CHAT = {
  people: "everyone",
  signing_secret: { file: "/etc/riposte/slack-signing" },
  token: { file: "/etc/riposte/slack-token" },
  api: "https://chat.sim/api",
  channel: "#security-alerts",
  mention: { severity: { critical: ["here"] } },
};
const SCRIPT_CONFIG = {
  script: "custom-siren",
  hook_url: { file: "/etc/riposte/siren" },
  time_limit: "8s",
  concurrency: 2,
};
/** A day of looks an hour apart would be most of the run; nothing of this world lands later than in twenty minutes. */
const JIRA_SWEEP_MS = 30 * MINUTE_MS;
const CHAT_SWEEP_MS = 30 * MINUTE_MS;

export const GROUP_WAIT_MS = 20 * SECOND_MS;
export const ANSWER_WAIT_MS = 15 * SECOND_MS;

const everyone = ["board", "slack", "tickets", "hook", "jira", "chat", "siren", "shadow"];

const POLICIES: readonly SimPolicy[] = [
  {
    name: FLEET_POLICY,
    when: { kind: "all", of: [ruleIs("504", "506"), inFleet()] },
    clear: { kind: "all", of: [ruleIs("503"), inFleet()] },
    groupBy: ["agent.id"],
    severity: "high",
    holdMs: FLEET_HOLD_MS,
    // Nothing of this world lasts as long as an incident goes on without news.
    resolveAfterMs: 6 * HOUR_MS,
    tell: { low: [], medium: [], high: ["board"], critical: [] },
  },
  {
    name: "agent-lost",
    when: ruleIs("504"),
    clear: ruleIs("503"),
    groupBy: ["agent.id"],
    severity: "high",
    holdMs: 10 * MINUTE_MS,
    playbook: "agent-disconnection",
    repeat: { high: { everyMs: 5 * MINUTE_MS, mostMs: 5 * MINUTE_MS } },
    collapse: { above: 4, withinMs: 3 * MINUTE_MS },
  },
  {
    name: "answered",
    when: ruleIs("5763"),
    groupBy: ["agent.id"],
    severity: "high",
    expectAction: { waitMs: ANSWER_WAIT_MS, liftAfterMs: 5 * MINUTE_MS },
    resolveAfterMs: 12 * MINUTE_MS,
  },
  {
    name: "agent-stopped",
    when: ruleIs("506"),
    groupBy: ["agent.id"],
    severity: "high",
    groupIntervalMs: 90 * SECOND_MS,
    repeat: { high: { everyMs: 2 * MINUTE_MS, mostMs: 2 * MINUTE_MS } },
    resolveAfterMs: 8 * MINUTE_MS,
  },
  {
    name: "queue-full",
    when: ruleIs("202"),
    clear: ruleIs("205"),
    groupBy: ["agent.id"],
    severity: "high",
    tell: { low: [], medium: [], high: ["slack", "hook", "jira", "chat", "siren"], critical: [] },
    flapping: { above: 2, withinMs: 10 * MINUTE_MS },
    escalate: { afterMs: 3 * MINUTE_MS, to: ["board"] },
  },
  {
    name: "by-rule",
    when: ruleIs("5712", "510"),
    groupBy: ["rule.id"],
    resolveAfterMs: 20 * MINUTE_MS,
    groupWaitMs: GROUP_WAIT_MS,
    repeat: { medium: { everyMs: 3 * MINUTE_MS, mostMs: 10 * MINUTE_MS } },
  },
  grouped(RED_POLICY, {
    kind: "all",
    of: [ruleIs(GROUPED_RULE), { kind: "field", path: "agent.group", test: { kind: "one_of", values: ["red"] } }],
  }),
  // It goes by the group as well, so that what was known of the agent is noted also where it was nothing.
  grouped(OTHER_POLICY, {
    kind: "all",
    of: [
      ruleIs(GROUPED_RULE),
      { kind: "not", of: { kind: "field", path: "agent.group", test: { kind: "one_of", values: ["red"] } } },
    ],
  }),
  { name: "spooled", when: ruleIs(SPOOLED_RULE), groupBy: ["agent.id"], severity: "low" },
  { name: "indexed", when: ruleIs(INDEXED_RULE), groupBy: ["agent.id"], severity: "low" },
  { name: "sent", when: ruleIs(SENT_RULE, FORWARDED_RULE), groupBy: ["agent.id"], severity: "low" },
  {
    name: "rest",
    when: { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">=", number: 7 } },
    groupBy: ["agent.id"],
    resolveAfterMs: 6 * MINUTE_MS,
    reopenWithinMs: 5 * MINUTE_MS,
    collapse: { above: 3, withinMs: 2 * MINUTE_MS },
  },
];

function grouped(name: string, when: Condition): SimPolicy {
  const tell = { low: [], medium: [], high: ["board"], critical: [] };
  return { name, when, groupBy: ["agent.id"], severity: "high", resolveAfterMs: 6 * HOUR_MS, tell };
}

function windowed({ spray, breakIn, backup, stranger }: WindowDraws): readonly SimPolicy[] {
  const shared = { same: ["agent.id"], latenessMs: WINDOW_LATENESS_MS, keysMost: 100 };
  const usual = { groupBy: ["agent.id"], resolveAfterMs: 7 * MINUTE_MS };
  const distinct = spray.users > 1 ? [{ field: "data.dstuser", least: spray.users }] : [];
  const { withinMs, count, keys } = spray;
  return [
    {
      ...usual,
      name: "spray",
      when: ruleIs(WINDOW_RULES.guess),
      window: { ...shared, kind: "count", count, withinMs, distinct, keysMost: keys },
    },
    {
      ...usual,
      name: "break-in",
      when: ruleIs(WINDOW_RULES.login),
      after: ruleIs(WINDOW_RULES.refused),
      clear: ruleIs("5502"),
      severity: "high",
      holdMs: MINUTE_MS,
      window: { ...shared, kind: "sequence", distinct: [], ...breakIn },
    },
    {
      ...usual,
      name: "backup",
      when: ruleIs(WINDOW_RULES.backup),
      severity: "high",
      window: { ...shared, kind: "absence", ...backup },
    },
    {
      ...usual,
      name: "stranger",
      when: ruleIs(WINDOW_RULES.tool),
      severity: "medium",
      groupBy: ["agent.id", "data.dstuser"],
      window: {
        ...shared,
        kind: "first_seen",
        field: "data.dstuser",
        withinMs: stranger.withinMs,
        learnMs: stranger.learnMs,
        keysMost: stranger.keys,
      },
    },
  ];
}

function policyOf({ when, clear, after, ...terms }: SimPolicy, more: readonly string[]): Policy {
  return {
    when,
    clear: clear ?? null,
    ...(after !== undefined && { after }),
    continues: false,
    terms: {
      groupBy: ["rule.id", "agent.id"],
      severity: null,
      tell: {
        low: [],
        medium: ["board", "slack", "jira", "shadow", ...more],
        high: ["board", "slack", "hook", "jira", "chat", "shadow", ...more],
        critical: everyone,
      },
      holdMs: null,
      resolveAfterMs: 15 * MINUTE_MS,
      reopenWithinMs: 2 * HOUR_MS,
      ...terms,
    },
  };
}

function inFleet(): Condition {
  return { kind: "field", path: "agent.id", test: { kind: "one_of", values: [...FLEET] } };
}

function ruleIs(...values: string[]): Condition {
  return { kind: "field", path: "rule.id", test: { kind: "one_of", values } };
}
