import { guardrailsOf, GuardrailsShape } from "../../../src/config/guardrails.ts";
import { Respond, respondTermsOf } from "../../../src/config/respond.ts";
import { compilePolicies, matchAlert } from "../../../src/core/match.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { compileRefusal } from "../../../src/core/refusal.ts";
import type { RespondTerms } from "../../../src/core/response.ts";
import type { DestinationTerms, Snapshot } from "../../../src/core/snapshot.ts";
import { HOUR_MS, MINUTE_MS, type Instant } from "../../../src/core/time.ts";
import { responds, wantedRules } from "../../../src/core/wanted-rules.ts";
import { slack } from "../../../src/connectors/slack/slack.ts";
import { re2 } from "../../../src/ports/regex.ts";
import { createLineJudge, type LineJudge } from "../../../src/sources/line-judge.ts";
import { between, pick, type Chance } from "../chance.ts";

/** A config of the responding team's: as it stands, watched only, or with nothing of it left. */
export interface DeskConfig {
  readonly snapshot: Snapshot;
  readonly judge: LineJudge;
}

export const CONFIGS = ["as it stands", "observed", "withdrawn"] as const;
export type ConfigName = (typeof CONFIGS)[number];

export interface DeskTerms {
  readonly mode: "approve" | "enforce";
  readonly respond: RespondTerms;
  readonly fourEyes: boolean;
  readonly limits: readonly Limit[];
  /** Null: it has no quiet hours. */
  readonly quiet: { readonly from: Instant; readonly until: Instant; readonly does: "ask" | "refuse" } | null;
  readonly configs: Readonly<Record<ConfigName, DeskConfig>>;
}

/** As the config has them; `agents`: on so many different agents. */
export interface Limit {
  readonly of: "orders" | "target" | "agents";
  readonly most: number;
  readonly perMs: number;
}

export const APPROVERS = ["ana", "ben", "cleo"];
export const APPROVE_WITHIN_MS = 4 * 60_000;
export const POLICY = "brute-force";
export const FLEET_SIZE = 9;
const PER_MS = 3 * 60_000;
/** Without somebody who hears of it there is no incident; in this world nobody is called. */
const READER = "reader";
const READER_TERMS: DestinationTerms = {
  name: READER,
  type: "slack",
  ...slack.capabilities(slack.schema.parse({ webhook: { file: "/etc/riposte/slack" } })),
  shadow: true,
};

/** It begins at eight o'clock in UTC. */
export function drawTerms(chance: Chance, beginsAt: Instant): DeskTerms {
  const mode = pick(chance, ["approve", "enforce"]);
  const by = chance() < 0.65 ? "companion" : "wazuh";
  const lift = chance() < 0.7 ? "3m" : ["2m", "5m"];
  const written =
    chance() < 0.65
      ? { do: "disable-account", by, lift_after: lift, only_if: chance() < 0.65 ? "account_taken" : "always" }
      : { do: "block-ip", by, lift_after: lift };
  const parsed = Respond.parse(written);
  if (Array.isArray(parsed)) throw new Error("one response was written");
  const respond = respondTermsOf(parsed);
  const most = between(chance, 2, 8);
  const agents = between(chance, 2, 5);
  const fourEyes = chance() < 0.25;
  const does = chance() < 0.5 ? "ask" : "refuse";
  const hasQuiet = chance() < 0.4;
  const shape = {
    protect: {
      users: ["svc-*", "uid:1777"],
      agents: ["group:domain-controllers", "label:tier=0", "vault-*", "0007"],
      networks: ["203.0.113.200"],
    },
    limits: [
      { action: respond.do, max: most, per: "3m" },
      { action: respond.do, each: "target", max: 1, per: "3m" },
      { any: true, share_of_agents: `${Math.floor((100 * (agents + 0.5)) / FLEET_SIZE)}%`, per: "3m" },
    ],
    approvers: { people: APPROVERS, four_eyes: fourEyes ? [respond.do] : [] },
    approve_within: "4m",
    ...(hasQuiet && { quiet_hours: { from: "09:03", to: "09:07", zone: "Europe/Berlin", do: does } }),
  };
  const configOf = (how: string, of: readonly RespondTerms[]): DeskConfig => {
    const rails = guardrailsOf(GuardrailsShape.parse({ ...shape, mode: how }), true);
    const policies = [policyOf(of)];
    return {
      snapshot: {
        hash: `${how} ${of.length}`,
        policies: Object.fromEntries(policies.map(({ terms }) => [terms.name, terms])),
        destinations: { [READER]: READER_TERMS },
        ...(of.length > 0 && { guardrails: rails }),
      },
      judge: createLineJudge(
        compilePolicies(policies, re2),
        compileRefusal(policies, wantedRules(policies)),
        matchAlert,
        responds(policies),
      ),
    };
  };
  return {
    mode,
    respond,
    fourEyes,
    limits: [
      { of: "orders", most, perMs: PER_MS },
      { of: "target", most: 1, perMs: PER_MS },
      { of: "agents", most: agents, perMs: PER_MS },
    ],
    quiet: hasQuiet ? { from: beginsAt + 3 * MINUTE_MS, until: beginsAt + 7 * MINUTE_MS, does } : null,
    configs: {
      "as it stands": configOf(mode, [respond]),
      observed: configOf("observe", [respond]),
      withdrawn: configOf(mode, []),
    },
  };
}

function policyOf(respond: readonly RespondTerms[]): Policy {
  return {
    when: { kind: "field", path: "rule.id", test: { kind: "one_of", values: ["5763"] } },
    clear: null,
    continues: false,
    terms: {
      name: POLICY,
      groupBy: ["agent.id", "data.srcip"],
      severity: "high",
      tell: { low: [], medium: [], high: [READER], critical: [] },
      holdMs: null,
      resolveAfterMs: HOUR_MS,
      reopenWithinMs: HOUR_MS,
      ...(respond.length > 0 && { respond }),
    },
  };
}
