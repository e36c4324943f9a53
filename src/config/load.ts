import { posix } from "node:path";
import { type Connectors, readDestinations } from "./destinations.ts";
import { type ConfigDocument, parseConfigDocument } from "./document.ts";
import { policyOf, policyProblems } from "./policies.ts";
import { type ConfigError, isMap, pathText, type Problem } from "./problem.ts";
import { type Config, ConfigShape, type DestinationConfig, socketTrouble, type SourceConfig } from "./schema.ts";
import { checkShape } from "./wording.ts";

/** More than anybody writes by hand, and what a Kubernetes ConfigMap can hold. */
export const CONFIG_BYTES_MOST = 1_048_576;

export type Loaded =
  | { readonly kind: "loaded"; readonly config: Config; readonly warnings: readonly ConfigError[] }
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
  const located = (problem: Problem) => locate(problem, document, fileName);
  const { value } = document;
  if (value === null || value === undefined) return whole(`is empty. Example:\n${SMALLEST}`);
  if (!isMap(value)) return whole(`expected a map at the top. Example:\n${SMALLEST}`);

  const { shape, problems: shapeProblems } = checkShape(ConfigShape, value, []);
  const { destinations, problems: destinationProblems } = readDestinations(value["destinations"], connectors);
  const names = Object.keys(isMap(value["destinations"]) ? value["destinations"] : {});
  const problems = [
    ...shapeProblems,
    ...destinationProblems,
    ...policyProblems(value["policies"], names, document.written),
    ...(shape === null ? [] : placeProblems(shape)),
  ];
  if (shape === null || problems.length > 0) return refused(problems.map(located));
  const config = complete(shape, destinations);
  return { kind: "loaded", config, warnings: inOrder(doubts(config).map(located)) };
}

const SMALLEST = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { security-alerts: { type: slack, webhook: { file: /etc/riposte/slack-webhook } } }
policies: [{ name: high-levels, when: { rule.level: ">= 10" } }]`;

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

function complete(shape: ConfigShape, destinations: readonly DestinationConfig[]): Config {
  return {
    store: shape.store,
    socket: socketOf(shape),
    http: shape.http?.listen ?? null,
    links: { wazuhDashboard: shape.links?.wazuh_dashboard ?? null },
    sources: sourcesOf(shape),
    destinations,
    policies: shape.policies.map((policy) => policyOf(policy, destinations)),
  };
}

function socketOf(shape: ConfigShape): string {
  return shape.socket ?? posix.join(posix.dirname(shape.store.path), "riposte.sock");
}

function sourcesOf({ wazuh }: ConfigShape): readonly SourceConfig[] {
  const { alerts, start } = wazuh;
  if (typeof alerts === "string") return [{ name: "alerts", path: alerts, start }];
  return alerts.map((file) => ({ name: file.name, path: file.path, start: file.start ?? start }));
}

/** Mistakes that only show once the defaults are in. */
function placeProblems(shape: ConfigShape): readonly Problem[] {
  const says = socketTrouble(socketOf(shape));
  const path = shape.socket === undefined ? ["store"] : ["socket"];
  return [...(says === null ? [] : [{ path, at: "value" as const, says }]), ...twins(shape)];
}

/** Two sources with one name would share a bookmark; with one path they would bring each alert twice. */
function twins({ wazuh }: ConfigShape): readonly Problem[] {
  const { alerts } = wazuh;
  if (typeof alerts === "string") return [];
  return (["name", "path"] as const).flatMap((key) =>
    alerts.flatMap((file, i): readonly Problem[] => {
      if (alerts.findIndex((other) => other[key] === file[key]) === i) return [];
      return [{ path: ["wazuh", "alerts", i, key], at: "value", says: `another source has this ${key} already` }];
    }),
  );
}

/** What is allowed and yet hardly meant. */
function doubts(config: Config): readonly Problem[] {
  const told = new Set(config.policies.flatMap(({ terms }) => Object.values(terms.tell).flat()));
  const unused = config.destinations.filter(({ name }) => !told.has(name));
  const silent = config.policies.flatMap(({ terms }, i) => (Object.values(terms.tell).flat().length === 0 ? [i] : []));
  return [
    ...unused.map(({ name }): Problem => ({
      path: ["destinations", name],
      at: "key",
      says: "no policy tells this destination anything. Name it in a policy's tell",
    })),
    ...silent.map((i): Problem => ({
      path: ["policies", i],
      at: "value",
      says: "tells nobody: its alerts are only counted. Name destinations in tell",
    })),
  ];
}
