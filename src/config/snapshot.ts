import { hash } from "node:crypto";
import { digestPolicies } from "../core/digest-event.ts";
import { massPolicies } from "../core/mass-event.ts";
import { ownPolicies } from "../core/own-health.ts";
import type { Policy } from "../core/policy.ts";
import type { DestinationTerms, Snapshot } from "../core/snapshot.ts";
import { testPolicies } from "../core/test-alert.ts";
import type { Connectors } from "./destinations.ts";
import { isMap } from "./problem.ts";
import type { RedactSetting } from "./redact.ts";
import type { Config, DestinationConfig } from "./schema.ts";

/** What the engine runs on. */
export interface Applied {
  readonly snapshot: Snapshot;
  /** In the order in which they are asked. */
  readonly policies: readonly Policy[];
}

/** The config as the decisions see it. Equal configs have equal hashes, however they were written. */
export function snapshotOf(config: Config, connectors: Connectors): Applied {
  const { policies, destinations, sources, links, health, keep, playbooks = {}, guardrails, hush } = config;
  const terms = destinations.map((destination) => termsOf(destination, connectors, config.redact));
  // Secrets are in here as the places where they are to be had.
  const told = {
    v: 1,
    policies,
    destinations: destinations.map((each, i) => ({ ...each, terms: terms[i] })),
    sources,
    links,
    health,
    keep,
    ...(Object.keys(playbooks).length > 0 && { playbooks }),
    ...(guardrails !== undefined && { guardrails }),
    ...(hush !== undefined && { hush }),
  };
  const ofConfig = policies.map(({ terms: of }) => of);
  const own = ownPolicies(
    destinations.map(({ name }) => name),
    health.tell,
  );
  return {
    snapshot: {
      hash: hash("sha256", canonicalJson(told)),
      policies: Object.fromEntries(
        [...ofConfig, ...massPolicies(ofConfig), ...testPolicies(ofConfig), ...digestPolicies(terms), ...own].map(
          (of) => [of.name, of],
        ),
      ),
      destinations: Object.fromEntries(terms.map((of) => [of.name, of])),
      playbooks,
      ...(guardrails !== undefined && { guardrails }),
      ...(hush !== undefined && { hush }),
      keep,
    },
    policies,
  };
}

function termsOf(
  { name, type, config, shadow, yieldsTo, minSeverity, quietHours, redact: own }: DestinationConfig,
  connectors: Connectors,
  ofAll: RedactSetting | undefined,
): DestinationTerms {
  const connector = connectors.find((each) => each.type === type);
  if (connector === undefined)
    throw new Error(`destination ${name} has type ${type}, which its config was not read with`);
  const { digest, edits, finds, paceMs, concurrency, settleMs, sweepMs, budget, giveUpAfterMs, ...more } =
    connector.capabilities(config);
  const redact = own ?? (connector.sendsAsIntegratord?.(config) === true ? "off" : ofAll);
  const { callsMost, callsBack, linksElsewhere, showsSilence } = more;
  const usual = { name, type, edits, finds, paceMs, concurrency, settleMs, sweepMs, budget, giveUpAfterMs };
  return {
    ...usual,
    ...(callsMost !== undefined && { callsMost }),
    ...(digest !== undefined && { digest }),
    ...(callsBack === true && { callsBack }),
    ...(linksElsewhere === true && { linksElsewhere }),
    ...(showsSilence === true && { showsSilence }),
    ...(connector.onlyWazuh === true && { onlyWazuh: true }),
    ...(redact !== undefined && { redact }),
    ...(shadow === true && { shadow }),
    ...(yieldsTo !== undefined && { yieldsTo }),
    ...(minSeverity !== undefined && { minSeverity }),
    ...(quietHours !== undefined && { quietHours }),
  };
}

/** JSON in which the order of keys tells nothing. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, of: unknown) =>
    isMap(of) ? Object.fromEntries(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1))) : of,
  );
}
