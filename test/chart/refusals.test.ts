// What can't be guessed, what is misspelt and what this cluster can't do: refused with a sentence that says what to write.
import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { chartValuesSchema } from "../../scripts/chart-values-schema.ts";
import { describeWithHelm } from "./helm.ts";

const jira = { enabled: true, externalSecret: true };
const beside = { wazuh: { enabled: false } };
/** Every real cluster serves it, and `helm template` by itself does not know of it. */
const inCluster = ["--api-versions", "apiregistration.k8s.io/v1"];

const REFUSED: readonly Refused[] = [
  {
    what: "Jira without its keys",
    values: { integration: { jira: { enabled: true } } },
    says: "integration.jira.enabled needs to know where its keys are. Write externalSecret: true (the External Secrets Operator fetches wazuh/jira-api-key), or existingSecret: NAME of a Secret with JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY.",
    byBoth: true,
  },
  {
    what: "an empty name",
    values: { integration: { slack: { enabled: true, externalSecret: "" } } },
    says: "integration.slack.enabled needs to know where its keys are",
  },
  {
    what: "two places for the keys",
    values: { integration: { jira: { ...jira, existingSecret: "ours" } } },
    says: "externalSecret and existingSecret are both given",
  },
  {
    what: "a cluster without the operator",
    values: { integration: { jira } },
    says: "externalSecret: true needs the External Secrets Operator, and this cluster has none",
    more: inCluster,
    byBoth: true,
  },
  {
    what: "a cluster without the Prometheus Operator",
    values: { riposte: { serviceMonitor: { enabled: true }, networkPolicy: { enabled: false } } },
    says: "needs the Prometheus Operator",
    more: inCluster,
  },
  {
    what: "Kubernetes 1.28",
    values: {},
    says: "native sidecars, which need 1.29",
    more: ["--kube-version", "1.28.4"],
    byBoth: true,
  },
  {
    what: "a group of the pod that is not Wazuh's",
    values: { wazuh: { podSecurityContext: { fsGroup: 1000 } } },
    says: "fsGroup is 1000: every file of the volume would be that group's",
  },
  { what: "Riposte with nothing to read", values: beside, says: "where do the alerts come from?" },
  {
    what: "an indexer without a password",
    values: { ...beside, riposte: { indexer: { url: "https://i:9200" } } },
    says: "needs riposte.indexer.existingSecret",
  },
  {
    what: "Wazuh's indexer without a login",
    values: { wazuh: { indexer: { url: "https://i:9200" } } },
    says: "wazuh.indexer.url needs existingSecret",
  },
  {
    what: "a sender that is not there",
    values: { riposte: { enabled: false }, integration: { jira: { ...jira, sentBy: "riposte" } } },
    says: "nobody would send",
  },
  {
    what: "a sender without a manager",
    values: {
      ...beside,
      riposte: { forwarders: ["a"], networkPolicy: { enabled: false } },
      integration: { jira: { ...jira, sentBy: "integratord" } },
    },
    says: "no manager that could send",
  },
  {
    what: "an ingress without a host",
    values: { riposte: { ingress: { enabled: true }, networkPolicy: { enabled: false } } },
    says: "needs riposte.ingress.host",
  },
  {
    what: "an ingress that nobody may come from",
    values: { riposte: { ingress: { enabled: true, host: "a.example" } } },
    says: "riposte.networkPolicy.from must say where",
  },
  {
    what: "a misspelt key",
    values: { integration: { jira: { ...jira, exposeenv: false } } },
    says: "exposeenv",
    byBoth: true,
  },
  { what: "a misspelt part", values: { ripost: { enabled: false } }, says: "ripost", byBoth: true },
  { what: "a word in place of a number", values: { wazuh: { worker: { replicas: "two" } } }, says: "replicas" },
  { what: "a tag that was a number", values: { wazuh: { image: { tag: 4.14 } } }, says: "tag" },
  {
    what: "a misspelt key of riposte.yaml",
    values: { riposte: { config: { policies: [{ name: "a", wenn: {} }] } } },
    says: "wenn",
    byBoth: true,
  },
  {
    what: "a secret in riposte.yaml",
    values: {
      riposte: { config: { destinations: { s: { type: "slack", webhook: "https://hooks.slack.example/x" } } } },
    },
    says: "webhook",
    byBoth: true,
  },
];

interface Refused {
  readonly what: string;
  readonly values: object;
  readonly says: string;
  readonly more?: readonly string[];
  /** The other Helm has a template engine and a reader of schemas of its own. */
  readonly byBoth?: true;
}

describeWithHelm("values that the chart refuses", ([three, four]) => {
  it.each(REFUSED)("$what", async ({ values, says, more, byBoth }) => {
    const words = await Promise.all(
      (byBoth === true ? [three, four] : [four]).map((helm) => helm.refuses(values, more)),
    );
    for (const said of words) expect(said).toContain(says);
  });

  it("`helm template` without a cluster takes the operator for granted, in its newest version", async () => {
    const versions = async (...apis: string[]) => {
      const objects = await four.template(
        { integration: { jira } },
        apis.flatMap((api) => ["--api-versions", api]),
      );
      return objects.filter(({ kind }) => kind === "ExternalSecret").map(({ apiVersion }) => apiVersion);
    };

    expect(await versions()).toEqual(["external-secrets.io/v1"]);
    expect(await versions("external-secrets.io/v1beta1")).toEqual(["external-secrets.io/v1beta1"]);
    expect(await versions("external-secrets.io/v1beta1", "external-secrets.io/v1")).toEqual(["external-secrets.io/v1"]);
  });
});

test("values.schema.json is what `npm run chart:schema` writes", () => {
  const written: unknown = JSON.parse(
    readFileSync(new URL("../../wazuh-chart/values.schema.json", import.meta.url), "utf8"),
  );
  expect(written, "run: npm run chart:schema").toEqual(JSON.parse(JSON.stringify(chartValuesSchema())));
});

test.each(["custom-jira", "custom-jira.py"])("the chart's %s is the one for managers without Kubernetes", (name) => {
  const [ofChart, deployed] = ["../../wazuh-chart/files/", "../../deploy/wazuh/manager/"].map((folder) =>
    readFileSync(new URL(folder + name, import.meta.url), "utf8"),
  );
  expect(ofChart, `run: cp deploy/wazuh/manager/${name} wazuh-chart/files/`).toBe(deployed);
});
