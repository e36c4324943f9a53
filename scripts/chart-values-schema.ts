// The schema of the chart's values: closed, so that a misspelt key is an error and not silence. What stands under
// `riposte.config` comes from the schema of riposte.yaml itself.
import { configJsonSchema } from "../src/config/json-schema.ts";
import { connectors } from "../src/connectors/index.ts";

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

const text: Schema = { type: "string" };
const filled: Schema = { type: "string", minLength: 1 };
const flag: Schema = { type: "boolean" };
const map: Schema = { type: "object" };
const texts: Schema = { type: "array", items: filled };
const textMap: Schema = { type: "object", additionalProperties: text };
const level: Schema = { type: "integer", minimum: 0, maximum: 16 };
const port: Schema = { type: "integer", minimum: 1, maximum: 65_535 };
const secretName: Schema = { type: "string", pattern: "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$" };
const duration: Schema = { type: "string", pattern: "^[0-9]+[smhdw]$" };
const storage = closed({ size: { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?[KMGTP]i?$" }, storageClassName: text });
const resources = closed({ requests: map, limits: map, claims: { type: "array" } });
const image = closed({
  registry: text,
  repository: filled,
  // A number such as 4.14 has lost its zeros by the time that anybody could put them back.
  tag: text,
  pullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
});
const sentBy: Schema = { enum: ["", "riposte", "integratord"] };
/** True, or the name of a Secret. */
const externalSecret: Schema = { type: ["boolean", "string"] };
const placement: Properties = { nodeSelector: textMap, tolerations: { type: "array" }, affinity: map };
const node: Properties = { resources, storage };

const integration = closed({
  jira: closed({
    enabled: flag,
    externalSecret,
    existingSecret: secretName,
    remoteKey: filled,
    sentBy,
    exposeEnv: flag,
    level,
    ruleIds: { type: "array", minItems: 1, items: { type: "integer", minimum: 1 } },
  }),
  slack: closed({ enabled: flag, externalSecret, existingSecret: secretName, remoteKey: filled, sentBy, level }),
});

const wazuh = closed({
  enabled: flag,
  image,
  gid: { type: "integer", minimum: 1 },
  clusterName: { type: "string", pattern: "^[A-Za-z0-9_-]+$" },
  clusterDomain: filled,
  existingSecret: secretName,
  apiUser: { type: "string", pattern: "^[A-Za-z0-9_.-]+$" },
  agentsDisconnectionTime: duration,
  extraConfig: text,
  localRules: text,
  indexer: closed({
    url: { type: "string", pattern: "^(https?://[^\\s<>]+)?$" },
    existingSecret: secretName,
    caSecret: secretName,
  }),
  podSecurityContext: map,
  podAnnotations: textMap,
  serviceAccountAnnotations: textMap,
  ...placement,
  master: closed(node),
  worker: closed({ replicas: { type: "integer", minimum: 0, maximum: 100 }, ...node }),
  service: closed({ type: { enum: ["ClusterIP", "NodePort", "LoadBalancer"] }, annotations: textMap }),
  initResources: resources,
});

function riposte(config: Schema): Schema {
  return closed({
    enabled: flag,
    image,
    config,
    tokens: { type: "array", items: { type: "object", required: ["name"] } },
    forwarders: { type: "array", items: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" } },
    extraSecrets: texts,
    indexer: closed({
      url: { type: "string", pattern: "^(https?://[^\\s]+)?$" },
      user: filled,
      existingSecret: secretName,
      passwordKey: filled,
      caKey: text,
      fingerprint: text,
    }),
    postgres: closed({ existingSecret: secretName, key: filled }),
    tls: closed({ existingSecret: secretName }),
    storage,
    resources,
    forward: closed({ start: filled, resources }),
    serviceAccount: closed({ annotations: textMap }),
    env: { type: "array", items: { type: "object", required: ["name"] } },
    podAnnotations: textMap,
    ...placement,
    networkPolicy: closed({ enabled: flag, from: { type: "array" }, egressPorts: { type: "array", items: port } }),
    podDisruptionBudget: closed({ enabled: flag }),
    serviceMonitor: closed({ enabled: flag, interval: duration, labels: textMap }),
    ingress: closed({
      enabled: flag,
      className: text,
      host: text,
      path: { type: "string", pattern: "^/" },
      annotations: textMap,
      tlsSecret: secretName,
    }),
  });
}

/** As Helm 3 and 4 read it: draft 7, and regular expressions of Go. */
export function chartValuesSchema(): Schema {
  const {
    $schema: _draft,
    $defs,
    anyOf: _whole,
    required: _all,
    title: _title,
    ...config
  } = forHelm(configJsonSchema(connectors));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "values.yaml of wazuh-chart",
    ...closed({
      global: { type: "object", properties: { imageRegistry: text, imagePullSecrets: texts } },
      integration,
      externalSecrets: closed({
        store: closed({ kind: { enum: ["ClusterSecretStore", "SecretStore"] }, name: filled }),
        refreshInterval: { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$" },
      }),
      wazuh,
      riposte: riposte({ description: "Keys of riposte.yaml; what is not given, the chart writes.", ...config }),
    }),
    $defs,
  };
}

function closed(properties: Properties): Schema {
  return { type: "object", additionalProperties: false, properties };
}

function forHelm(schema: Schema): Schema {
  const read = (key: string, value: unknown): unknown =>
    key === "pattern" && typeof value === "string" ? value.replaceAll(/\\u([0-9a-f]{4})/g, "\\x{$1}") : value;
  return JSON.parse(JSON.stringify(schema), read) as Schema;
}
