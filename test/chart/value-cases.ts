// Values of every kind that the chart takes, each once.

export interface ValueCase {
  readonly name: string;
  readonly values: object;
  readonly more?: readonly string[];
}

const jira = { enabled: true, externalSecret: true };
const slack = { enabled: true, externalSecret: true };
const beside = { wazuh: { enabled: false } };
const indexer = { url: "https://wazuh-indexer:9200", existingSecret: "riposte-indexer" };

export const VALUE_CASES: readonly ValueCase[] = [
  { name: "nothing", values: {} },
  { name: "the original's four lines", values: { integration: { jira } } },
  { name: "a master alone", values: { integration: { jira }, wazuh: { worker: { replicas: 0 } } } },
  { name: "Slack too", values: { integration: { jira, slack } } },
  {
    name: "Secrets that are there",
    values: {
      integration: {
        jira: { enabled: true, existingSecret: "jira-keys" },
        slack: { enabled: true, externalSecret: "slack-of-ours" },
      },
    },
  },
  {
    name: "an old operator",
    values: { integration: { jira, slack } },
    more: ["--api-versions", "external-secrets.io/v1beta1"],
  },
  {
    name: "integratord sends",
    values: { integration: { jira: { ...jira, sentBy: "integratord" }, slack: { ...slack, sentBy: "integratord" } } },
  },
  { name: "no environment", values: { integration: { jira: { ...jira, exposeEnv: false } } } },
  {
    name: "a store of one namespace",
    values: {
      integration: { jira },
      externalSecrets: { store: { kind: "SecretStore", name: "ours" }, refreshInterval: "15m" },
    },
  },
  { name: "Wazuh without Riposte", values: { riposte: { enabled: false }, integration: { jira, slack } } },
  {
    name: "Riposte beside a Wazuh, from its indexer",
    values: { ...beside, integration: { jira, slack }, riposte: { indexer } },
  },
  {
    name: "Riposte beside a Wazuh, from forwarders",
    values: {
      ...beside,
      riposte: {
        forwarders: ["wazuh-manager-master-0", "wazuh-manager-worker-0"],
        networkPolicy: { from: [{ podSelector: { matchLabels: { app: "wazuh-manager" } } }] },
      },
    },
  },
  {
    name: "an indexer that is known by its fingerprint",
    values: { ...beside, riposte: { indexer: { ...indexer, fingerprint: "AA:".repeat(31) + "AA" } } },
  },
  {
    name: "on PostgreSQL",
    values: { integration: { jira }, riposte: { postgres: { existingSecret: "riposte-postgres" } } },
  },
  {
    name: "certificates of one's own",
    values: { integration: { slack }, riposte: { tls: { existingSecret: "riposte-cert" } } },
  },
  {
    name: "all that can be set of the pods",
    values: {
      global: { imageRegistry: "registry.example.net/mirror", imagePullSecrets: ["pull"] },
      integration: { jira, slack },
      wazuh: {
        podSecurityContext: { fsGroup: 999, fsGroupChangePolicy: "OnRootMismatch" },
        podAnnotations: { a: "b" },
        serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/wazuh" },
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "siem", operator: "Exists" }],
        affinity: { nodeAffinity: {} },
        extraConfig: "  <command>\n    <name>x</name>\n  </command>",
        localRules: '<group name="local,">\n</group>\n',
        indexer: { url: "https://indexer:9200", existingSecret: "indexer-login", caSecret: "indexer-ca" },
        existingSecret: "wazuh-keys",
        master: { storage: { size: "50Gi", storageClassName: "gp3" } },
        worker: { replicas: 12, storage: { size: "1Ti", storageClassName: "gp3" } },
        service: { type: "LoadBalancer", annotations: { "example.net/internal": "true" } },
      },
      riposte: {
        image: { registry: "r.example.net", repository: "soc/riposte", tag: "1.2.3" },
        tokens: [{ name: "grafana", secret: { env: "GRAFANA_TOKEN" }, role: "viewer" }],
        extraSecrets: ["jira-rest"],
        env: [{ name: "GRAFANA_TOKEN", valueFrom: { secretKeyRef: { name: "grafana", key: "token" } } }],
        serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/riposte" } },
        podAnnotations: { c: "d" },
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "siem", operator: "Exists" }],
        affinity: { podAntiAffinity: {} },
        storage: { size: "20Gi", storageClassName: "gp3" },
        networkPolicy: { from: [{ namespaceSelector: {} }], egressPorts: [443, 8080] },
        serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
        ingress: {
          enabled: true,
          className: "nginx",
          host: "riposte.example.net",
          annotations: { "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS" },
          tlsSecret: "riposte-web",
        },
      },
    },
  },
  {
    name: "a config of one's own",
    values: {
      integration: { jira },
      riposte: {
        config: {
          destinations: { hook: { type: "webhook", url: "https://siem.example/{{ .Release.Name }}", unsigned: true } },
          policies: [
            {
              name: "own",
              when: { "rule.id": ["000", 120100], "agent.name": "{{ agent.name }}" },
              tell: ["hook", "soc-webhook"],
            },
          ],
        },
      },
    },
  },
];
