// What can't be guessed, what is misspelt and what this cluster can't do: refused with a sentence that says what to write.
import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { chartValuesSchema } from "../../scripts/chart-values-schema.ts";
import { describeWithHelm } from "./helm.ts";

const jira = { enabled: true, externalSecret: true };
const beside = { wazuh: { enabled: false } };
/** Every real cluster serves it, and `helm template` by itself does not know of it. */
const inCluster = ["--api-versions", "apiregistration.k8s.io/v1"];

const REFUSED: readonly (readonly [what: string, values: object, says: string, more?: readonly string[]])[] = [
  [
    "Jira without its keys",
    { integration: { jira: { enabled: true } } },
    "integration.jira.enabled needs to know where its keys are. Write externalSecret: true (the External Secrets Operator fetches wazuh/jira-api-key), or existingSecret: NAME of a Secret with JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY.",
  ],
  [
    "an empty name",
    { integration: { slack: { enabled: true, externalSecret: "" } } },
    "integration.slack.enabled needs to know where its keys are",
  ],
  [
    "two places for the keys",
    { integration: { jira: { ...jira, existingSecret: "ours" } } },
    "externalSecret and existingSecret are both given",
  ],
  [
    "a cluster without the operator",
    { integration: { jira } },
    "externalSecret: true needs the External Secrets Operator, and this cluster has none",
    inCluster,
  ],
  [
    "a cluster without the Prometheus Operator",
    { riposte: { serviceMonitor: { enabled: true }, networkPolicy: { enabled: false } } },
    "needs the Prometheus Operator",
    inCluster,
  ],
  ["Kubernetes 1.28", {}, "native sidecars, which need 1.29", ["--kube-version", "1.28.4"]],
  ["Riposte with nothing to read", beside, "where do the alerts come from?"],
  [
    "an indexer without a password",
    { ...beside, riposte: { indexer: { url: "https://i:9200" } } },
    "needs riposte.indexer.existingSecret",
  ],
  [
    "Wazuh's indexer without a login",
    { wazuh: { indexer: { url: "https://i:9200" } } },
    "wazuh.indexer.url needs existingSecret",
  ],
  [
    "a sender that is not there",
    { riposte: { enabled: false }, integration: { jira: { ...jira, sentBy: "riposte" } } },
    "nobody would send",
  ],
  [
    "a sender without a manager",
    {
      ...beside,
      riposte: { forwarders: ["a"], networkPolicy: { enabled: false } },
      integration: { jira: { ...jira, sentBy: "integratord" } },
    },
    "no manager that could send",
  ],
  [
    "an ingress without a host",
    { riposte: { ingress: { enabled: true }, networkPolicy: { enabled: false } } },
    "needs riposte.ingress.host",
  ],
  [
    "an ingress that nobody may come from",
    { riposte: { ingress: { enabled: true, host: "a.example" } } },
    "riposte.networkPolicy.from must say where",
  ],
  ["a misspelt key", { integration: { jira: { ...jira, exposeenv: false } } }, "exposeenv"],
  ["a misspelt part", { ripost: { enabled: false } }, "ripost"],
  ["a word in place of a number", { wazuh: { worker: { replicas: "two" } } }, "replicas"],
  ["a tag that was a number", { wazuh: { image: { tag: 4.14 } } }, "tag"],
  ["a misspelt key of riposte.yaml", { riposte: { config: { policies: [{ name: "a", wenn: {} }] } } }, "wenn"],
  [
    "a secret in riposte.yaml",
    { riposte: { config: { destinations: { s: { type: "slack", webhook: "https://hooks.slack.example/x" } } } } },
    "webhook",
  ],
];

describeWithHelm("values that the chart refuses", ([three, four]) => {
  it.each(REFUSED)("%s", async (_, values, says, more = []) => {
    const words = await Promise.all([three, four].map((helm) => helm.refuses(values, more)));
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
