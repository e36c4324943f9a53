import { awsIn } from "./aws.ts";
import { type Connectors, type Links, readDestinations, withLinks } from "./destinations.ts";
import { HOUR_MS } from "../core/time.ts";
import { didYouMean } from "./nearest.ts";
import { type ConfigDocument, parseConfigDocument } from "./document.ts";
import { guardrailsIn, responseProblems } from "./guardrails.ts";
import { hookDoubts } from "./hook-doubts.ts";
import { hushDoubts, hushProblems, hushTermsOf } from "./hush.ts";
import { enrichDoubts } from "./enrich-doubts.ts";
import { doorDoubts, doorOf } from "./http.ts";
import { wayOutOf } from "./http-client.ts";
import { keepOf, keepProblems } from "./keep.ts";
import { indexerSourceOf } from "./indexer-source.ts";
import { readPacks, type ReadPacks } from "./packs.ts";
import { policyOf, policyProblems, type PolicyShape } from "./policies.ts";
import { type ConfigError, isMap, pathText, type Problem } from "./problem.ts";
import {
  type Config,
  ConfigShape,
  type DestinationConfig,
  type HealthConfig,
  type OssecConfConfig,
  socketTrouble,
  type SourceConfig,
} from "./schema.ts";
import { usualSocket } from "./store.ts";
import { AGENTS_SOURCE, twins } from "./twins.ts";
import { wazuhApiOf } from "./wazuh-api.ts";
import { rhythmDoubts } from "./rhythm.ts";
import { senderDoubts, senderProblems, sendersOf } from "./senders.ts";
import { windowTimeProblems } from "./window.ts";
import { windowDoubts } from "./window-doubts.ts";
import { checkShape } from "./wording.ts";

/** More than anybody writes by hand, and what a Kubernetes ConfigMap can hold. */
export const CONFIG_BYTES_MOST = 1_048_576;

export type Loaded =
  | {
      readonly kind: "loaded";
      readonly config: Config;
      readonly warnings: readonly ConfigError[];
      /** What is wrong with playbooks: `check` refuses it, and a server says so and goes on. */
      readonly playbookErrors?: readonly ConfigError[];
      /** Where in the file it is, for what is found out later. */
      readonly locate: (problem: Problem) => ConfigError;
    }
  /** One error for each mistake, in the order of the lines. */
  | { readonly kind: "refused"; readonly errors: readonly ConfigError[] };

/** Reads a config's text. `fileName` is only for the messages. */
export function loadConfig(text: string, fileName: string, connectors: Connectors): Loaded {
  const whole = (says: string): Loaded => refused([{ file: fileName, line: 1, column: 1, path: "", says }]);
  if (new TextEncoder().encode(text).length > CONFIG_BYTES_MOST)
    return whole("larger than 1 MiB: is this the right file?");
  const parsed = parseConfigDocument(text);
  if (parsed.kind === "broken") {
    return refused(parsed.problems.map((problem) => ({ file: fileName, path: "", ...problem })));
  }
  const { document } = parsed;
  // An empty file is a map in which everything is missing, and is told so.
  const value = document.value ?? {};
  if (!isMap(value)) return whole("expected a map with the keys wazuh, destinations and policies");

  const { shape, problems: shapeProblems } = checkShape(ConfigShape, value, []);
  const { destinations, problems: destinationProblems } = readDestinations(value["destinations"], connectors);
  const names = Object.keys(isMap(value["destinations"]) ? value["destinations"] : {});
  const packs = readPacks(value, names, document.written);
  const located = (problem: Problem) => locate(packs.placed(problem), document, fileName);
  const problems = [
    ...shapeProblems,
    ...destinationProblems,
    ...policyProblems(value["policies"], names, document.written),
    ...packs.problems,
    ...emptyProblems(value),
    ...ossecNames(value, names),
    ...(shape === null
      ? []
      : [
          ...placeProblems(shape),
          ...keepProblems(shape),
          ...healthProblems(shape, names),
          ...responseProblems({ ...shape, policies: policiesOf(shape, packs) }),
          ...silentProblems({ ...shape, policies: [...policiesOf(shape, packs)] }, names),
          ...policiesOf(shape, packs).flatMap((policy, i) => windowTimeProblems(policy, ["policies", i])),
        ]),
  ];
  if (shape === null || problems.length > 0) return refused(problems.map(located));
  const links = linksOf(shape);
  const config = complete(shape, withLinks(destinations, connectors, links), connectors, packs);
  return {
    kind: "loaded",
    config,
    warnings: inOrder([...doubts(config, shape), ...hookDoubts(config, connectors)].map(located)),
    locate: located,
  };
}

/** What the keys that say when not to tell name, and there is not. */
function silentProblems(shape: ConfigShape, destinations: readonly string[]): readonly Problem[] {
  const policies = (shape.policies ?? []).map((policy) => policyOf(policy, []).terms);
  const mayBeBlock = (name: string): boolean => shape.ossec_conf !== undefined && name.startsWith(OSSEC_PREFIX);
  return hushProblems(shape, policies, destinations, mayBeBlock);
}

function refused(errors: readonly ConfigError[]): Loaded {
  return { kind: "refused", errors: inOrder(errors) };
}

function inOrder(errors: readonly ConfigError[]): readonly ConfigError[] {
  return errors.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function locate(problem: Problem, document: ConfigDocument, file: string): ConfigError {
  const { line, column } = document.place(problem.path, problem.at);
  return { file, line, column, path: pathText(problem.path, document.value), says: problem.says };
}

/** In the order in which they are asked. */
function policiesOf(shape: ConfigShape, packs: ReadPacks): readonly PolicyShape[] {
  return [...(shape.policies ?? []), ...packs.shapes];
}

function linksOf({ links }: ConfigShape): Links {
  return { wazuhDashboard: links?.wazuh_dashboard ?? null, console: links?.console ?? null };
}

function complete(
  shape: ConfigShape,
  destinations: readonly DestinationConfig[],
  connectors: Connectors,
  packs: ReadPacks,
): Config {
  const policies = policiesOf(shape, packs);
  const hush = hushTermsOf(shape);
  return {
    store: shape.store,
    keep: keepOf(shape),
    socket: socketOf(shape),
    http: shape.http === undefined ? null : doorOf(shape.http),
    httpClient: wayOutOf(shape.http_client ?? {}),
    ...awsIn(shape.aws, shape.http_client),
    health: healthOf(shape, readersOf(destinations, connectors)),
    links: linksOf(shape),
    wazuhApi: shape.wazuh.api === undefined ? null : wazuhApiOf(shape.wazuh.api),
    sources: sourcesOf(shape),
    ossecConf: ossecConfOf(shape),
    destinations,
    ...(shape.redact !== undefined && { redact: shape.redact }),
    ...(shape.playbooks !== undefined && { playbookFolder: shape.playbooks }),
    ...(hush !== null && { hush }),
    policies: policies.map((policy) => policyOf(policy, destinations, shape.respond_wait)),
    ...(packs.used.length > 0 && { packs: packs.used }),
    ...(shape.audit !== undefined && { auditKey: shape.audit.key }),
    ...guardrailsIn({ ...shape, policies }),
  };
}

/** Those that hear of Riposte itself where nobody is named. */
export function readersOf(
  destinations: readonly DestinationConfig[],
  connectors: Connectors,
): readonly DestinationConfig[] {
  const readsAll = ({ type }: DestinationConfig): boolean =>
    connectors.find((connector) => connector.type === type)?.onlyWazuh !== true;
  return destinations.filter(readsAll);
}

function healthOf({ health }: ConfigShape, destinations: readonly DestinationConfig[]): HealthConfig {
  const { tell, quiet_source: quiet = 2 * HOUR_MS, heartbeat } = health ?? {};
  return {
    tell: tell ?? destinations.map(({ name }) => name),
    ...(tell !== undefined && { isTellGiven: true }),
    quietSourceMs: quiet === "never" ? null : quiet,
    heartbeat: heartbeat === undefined ? null : { url: heartbeat.url, everyMs: heartbeat.every },
  };
}

function socketOf(shape: ConfigShape): string {
  return shape.socket ?? usualSocket(shape.store);
}

function sourcesOf({ wazuh, http }: ConfigShape): readonly SourceConfig[] {
  const { alerts, start, agents } = wazuh;
  const watched: readonly SourceConfig[] =
    agents === undefined ? [] : [{ from: "agents", name: AGENTS_SOURCE, everyMs: agents.every, enrich: agents.enrich }];
  if (typeof alerts === "string") return [{ from: "file", name: "alerts", path: alerts, start }, ...watched];
  const list = Array.isArray(alerts) ? alerts : [alerts];
  const read = list.flatMap((source): readonly SourceConfig[] => {
    const { from = "file", path = "", owner = null } = source;
    const name = source.name ?? USUAL_NAMES[from];
    switch (from) {
      case "file":
        return [{ from, name, path, start: source.start ?? start }];
      case "spool":
        return [{ from, name, path, owner }];
      case "indexer":
        return [indexerSourceOf(source, name, source.start ?? start)];
      case "http":
        return sendersOf(http).map((sender) => ({ from, name: `${name}/${sender}`, sender }));
    }
  });
  return [...read, ...watched];
}

const USUAL_NAMES = { file: "alerts", spool: "spool", indexer: "indexer", http: "http" } as const;

function ossecConfOf({ ossec_conf: conf }: ConfigShape): OssecConfConfig | null {
  if (conf === undefined) return null;
  return typeof conf === "string"
    ? { path: conf, takenOver: null }
    : {
        path: conf.path,
        takenOver: conf.taken_over ?? null,
        ...(conf.one_per_alert && { onePerAlert: true }),
      };
}

const NO_POLICIES =
  'no policies, so no alert would be kept. Example: use: [starter], or policies: [{ name: high-levels, when: { rule.level: ">= 10" } }]';

/** Blocks of an ossec.conf are policies enough. */
function emptyProblems({ policies, ossec_conf: conf, use }: Readonly<Record<string, unknown>>): readonly Problem[] {
  const isEmpty = [policies, use].every((list) => list === undefined || (Array.isArray(list) && list.length === 0));
  return isEmpty && conf === undefined ? [{ path: ["policies"], at: "value", says: NO_POLICIES }] : [];
}

/** Names that the blocks of an ossec.conf have, now or once there are more of them. */
function ossecNames(value: Readonly<Record<string, unknown>>, destinations: readonly string[]): readonly Problem[] {
  if (value["ossec_conf"] === undefined) return [];
  const says = `names that begin with ${OSSEC_PREFIX} belong to the blocks of ossec_conf. Choose another`;
  const policies: readonly unknown[] = Array.isArray(value["policies"]) ? value["policies"] : [];
  return [
    ...destinations.flatMap((name): readonly Problem[] =>
      name.startsWith(OSSEC_PREFIX) ? [{ path: ["destinations", name], at: "key", says }] : [],
    ),
    ...policies.flatMap((policy, i): readonly Problem[] =>
      isMap(policy) && String(policy["name"]).startsWith(OSSEC_PREFIX)
        ? [{ path: ["policies", i, "name"], at: "value", says }]
        : [],
    ),
  ];
}

export const OSSEC_PREFIX = "ossec-";

/** Mistakes that only show once the defaults are in. */
function placeProblems(shape: ConfigShape): readonly Problem[] {
  const says = socketTrouble(socketOf(shape));
  const path = shape.socket === undefined ? ["store"] : ["socket"];
  return [
    ...(says === null ? [] : [{ path, at: "value" as const, says }]),
    ...twins(shape),
    ...senderProblems(shape.http, shape.wazuh.alerts),
  ];
}

function healthProblems(
  { health, ossec_conf: conf }: ConfigShape,
  destinations: readonly string[],
): readonly Problem[] {
  return (health?.tell ?? []).flatMap((name, i): readonly Problem[] => {
    // Which blocks there are is not known yet, and may change while this text does not.
    if (destinations.includes(name) || (conf !== undefined && name.startsWith(OSSEC_PREFIX))) return [];
    const says = `no such destination${didYouMean(name, destinations)}`;
    return [{ path: ["health", "tell", i], at: "value", says }];
  });
}

/** What is allowed and yet hardly meant. */
function doubts({ policies, destinations, http }: Config, shape: ConfigShape): readonly Problem[] {
  const toldBy = policies.map(({ terms }) => Object.values(terms.tell).flat());
  const told = new Set([...toldBy.flat(), ...policies.flatMap(({ terms }) => terms.escalate?.to ?? [])]);
  return [
    ...doorDoubts(http),
    ...senderDoubts(shape.http, shape.wazuh.alerts),
    ...windowDoubts(policies),
    ...hushDoubts(shape),
    ...enrichDoubts(policies, shape),
    ...destinations.flatMap(({ name }): readonly Problem[] => {
      if (told.has(name)) return [];
      const says = "no policy tells this destination anything. Name it in the tell of one";
      return [{ path: ["destinations", name], at: "key", says }];
    }),
    ...policies.flatMap(({ terms, clear }, i): readonly Problem[] => {
      if (clear === null || !terms.groupBy.includes("rule.id")) return [];
      const says =
        "ends only the incidents of its own rule.id, since alerts are grouped by it. For an end by another rule write, for example, group_by: [agent.id]";
      return [{ path: ["policies", i, "clear"], at: "key", says }];
    }),
    ...policies.flatMap(({ terms }, i) => rhythmDoubts(terms, shape.policies?.[i] ?? {}, ["policies", i])),
    ...toldBy.flatMap((names, i): readonly Problem[] => {
      // Who writes `tell: []` means it.
      if (names.length > 0 || shape.policies?.[i] === undefined || shape.policies[i].tell !== undefined) return [];
      const says = "tells nobody, so its alerts are only counted. Name destinations in tell, or write tell: []";
      return [{ path: ["policies", i], at: "value", says }];
    }),
  ];
}
