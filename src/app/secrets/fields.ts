// Every secret that a config names: where in the config, where it is to be had, and what it is for.
import type { Config } from "../../config/schema.ts";
import { listSecretFields } from "../../config/secret.ts";
import { connectorOfType } from "../../connectors/index.ts";
import { isSecretRef, type SecretRef } from "../../ports/secrets.ts";
import type { Mode } from "../../secrets/entry.ts";

export interface SecretUse {
  /** As in the config: `destinations.soc-jira.token`. */
  readonly field: string;
  readonly ref: SecretRef;
  /** The destination that is told with it; null: it is for something else. */
  readonly destination: string | null;
  readonly mode: Mode;
}

export function secretUses(config: Config): readonly SecretUse[] {
  return [...ownUses(config), ...config.destinations.flatMap(destinationUses)];
}

function ownUses({ store, http, httpClient, wazuhApi, sources, health, auditKey }: Config): readonly SecretUse[] {
  const use = (field: string, ref: unknown, mode: Mode = "trial"): readonly SecretUse[] =>
    isSecretRef(ref) ? [{ field, ref, destination: null, mode }] : [];
  return [
    ...(store.kind === "postgres" ? use("store.postgres", store.connection) : []),
    ...(http?.tokens ?? []).flatMap(({ name, proof }) =>
      proof.kind === "secret" ? use(`http.tokens.${name}.secret`, proof.secret, "plain") : [],
    ),
    ...use("http_client.proxy", httpClient.proxy),
    ...use("http_client.key", httpClient.key),
    ...use("health.heartbeat.url", health.heartbeat?.url),
    ...use("audit.key", auditKey),
    ...use("wazuh.api.password", wazuhApi?.password),
    ...sources.flatMap((source) =>
      source.from === "indexer" ? use(`wazuh.alerts.${source.name}.password`, source.password) : [],
    ),
  ];
}

function destinationUses({ name, type, config, shadow }: Config["destinations"][number]): readonly SecretUse[] {
  const schema = connectorOfType(type)?.schema;
  if (schema === undefined) return [];
  return listSecretFields(schema).flatMap((path) =>
    refsAt(config, path.split(".")).map(({ at, ref }): SecretUse => {
      const field = ["destinations", name, ...at].join(".");
      // Nothing is sent there, so that nobody can be asked.
      const asked: Mode = shadow === true ? "trial" : "probe";
      return { field, ref, destination: name, mode: MODES[`${type}.${path}`] ?? asked };
    }),
  );
}

/** Of secrets that a destination does not use where it sends: by the first others come in, with the second we listen. */
const MODES: Readonly<Record<string, Mode>> = { "slack.signing_secret": "plain", "slack.app_token": "trial" };

interface At {
  readonly at: readonly string[];
  readonly ref: SecretRef;
}

/** `webhook`, `headers.*`, `targets[].token`: as `listSecretFields` names them. */
function refsAt(value: unknown, path: readonly string[]): readonly At[] {
  const [first, ...rest] = path;
  if (first === undefined) return isSecretRef(value) ? [{ at: [], ref: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  const isList = first.endsWith("[]");
  const name = isList ? first.slice(0, -2) : first;
  const steps = Object.entries(value).filter(([key]) => name === "*" || key === name);
  return steps.flatMap(([key, of]) =>
    isList
      ? (Array.isArray(of) ? of : []).flatMap((each: unknown, i) => under(refsAt(each, rest), key, String(i)))
      : under(refsAt(of, rest), key),
  );
}

function under(found: readonly At[], ...names: readonly string[]): readonly At[] {
  return found.map(({ at, ref }) => ({ at: [...names, ...at], ref }));
}
