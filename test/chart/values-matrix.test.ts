// What the chart makes of values of every kind: taken by both Helms, known to Kubernetes, understood by Riposte.
import { describe, expect, it, test } from "vitest";
import { withoutSampleData } from "../../scripts/test-report.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { publishedSpec } from "../shared-data.ts";
import { troublesOfForwarder } from "./forwarder-settings.ts";
import { chart, describeWithHelm, type KubeObject, objectOf } from "./helm.ts";
import { readKubeSchemas } from "./kube-schema.ts";
import { VALUE_CASES } from "./value-cases.ts";

const swagger = publishedSpec("kubernetes-1.36-swagger.json");
const eso = publishedSpec("eso-2.9.0-crds/externalsecrets.yaml");
const schemas = swagger === null || eso === null ? null : readKubeSchemas(swagger, eso);

describeWithHelm("what the chart makes of values", ([three, four]) => {
  it.each([three, four])("Helm $version finds nothing to complain of", async (helm) => {
    expect(await helm.run(["lint", "--strict", chart])).toMatchObject({ status: 0, err: "" });
  });

  describe.each(VALUE_CASES)("$name", ({ values, more = [] }) => {
    let made: Promise<readonly KubeObject[]> | undefined;
    const render = () => (made ??= four.template(values, more));

    it("both Helms make the same of it", async () => {
      const [of3, of4] = await Promise.all([three.template(values, more), render()]);
      expect(of3.map(withoutChance)).toEqual(of4.map(withoutChance));
    });

    if (schemas === null) test.skip(`Kubernetes knows every field of it ${withoutSampleData}`, () => undefined);
    else
      it("Kubernetes knows every field of it", async () => {
        const objects = (await render()).filter(({ kind }) => kind !== "ServiceMonitor");
        expect(schemas.findings(objects)).toEqual([]);
      });

    it("Riposte understands its config", async () => {
      const configs = (await render()).filter(({ data }) => data?.["riposte.yaml"] !== undefined);
      for (const { data } of configs) {
        const loaded = loadConfig(data["riposte.yaml"], "riposte.yaml", connectors);
        expect(loaded.kind === "refused" ? loaded.errors : []).toEqual([]);
      }
    });

    it("the forwarder understands its settings", async () => {
      const containers = podsOf(await render()).flatMap(({ spec }) => (spec.initContainers ?? []) as KubeObject[]);
      const forwarders = containers.filter((container) => container["name"] === "riposte-forward");
      expect(forwarders.flatMap(troublesOfForwarder)).toEqual([]);
    });

    it("every name that one object has of another leads somewhere", async () => {
      expect(danglingNames(await render(), JSON.stringify(values))).toEqual([]);
    });
  });

  it("the config is never a template: braces stay as they are", async () => {
    const { values } = VALUE_CASES.find(({ name }) => name === "a config of one's own") ?? { values: {} };
    const { data } = objectOf(await four.template(values), "ConfigMap", "soc-riposte");

    expect(data["riposte.yaml"]).toContain("https://siem.example/{{ .Release.Name }}");
    expect(data["riposte.yaml"]).toContain("'{{ agent.name }}'");
    expect(data["riposte.yaml"]).toMatch(/- "000"\n\s+- 120100\n/);
  });

  it("every image comes from global.imageRegistry, and every pod has the pull secrets", async () => {
    const { values } = VALUE_CASES.find(({ name }) => name.startsWith("all that can be set")) ?? { values: {} };
    const pods = podsOf(await four.template(values));

    expect(pods).toHaveLength(4);
    for (const { spec } of pods) {
      expect(spec.imagePullSecrets).toEqual([{ name: "pull" }]);
      for (const { image } of [...(spec.initContainers ?? []), ...spec.containers])
        expect(image).toMatch(/^registry\.example\.net\/mirror\/(wazuh\/wazuh-manager:4\.14\.7|soc\/riposte:1\.2\.3)$/);
    }
  });

  it("Riposte's own containers have what the restricted standard for pods asks for", async () => {
    const pods = podsOf(await four.template({ integration: { jira: { enabled: true, externalSecret: true } } }));
    const containers = pods.flatMap(({ spec }) =>
      [...(spec.initContainers ?? []), ...spec.containers].map((c) => ({ ...c, pod: spec.securityContext })),
    );
    const ours = containers.filter(({ image }) => image.startsWith("riposte:"));

    expect(ours.map(({ name }) => String(name)).toSorted()).toEqual([
      "config",
      "door",
      "riposte",
      "riposte-forward",
      "riposte-forward",
    ]);
    for (const { securityContext, pod, args, command } of ours) {
      expect({ ...pod, ...securityContext }).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect([command, args[0]]).toEqual([undefined, expect.stringMatching(/^(serve|forward|check)$/)]);
    }
  });
});

function podsOf(objects: readonly KubeObject[]) {
  return objects.flatMap((object) => {
    if (object.kind === "Pod") return [object];
    return ["StatefulSet", "Deployment"].includes(object.kind) ? [object["spec"].template as KubeObject] : [];
  });
}

/** Keys and certificates are made anew each time. */
function withoutChance(object: KubeObject): KubeObject {
  if (object.kind !== "Secret") return object;
  return { ...object, data: Object.keys(object["data"]) };
}

/** What pods mount, ask for and run as, and what services choose, that no object of the chart and no value names. */
function danglingNames(objects: readonly KubeObject[], values: string): string[] {
  const made = new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  for (const { kind, spec } of objects) if (kind === "ExternalSecret") made.add(`Secret ${spec.target.name}`);
  const is = (kind: string, name: string) =>
    made.has(`${kind} ${name}`) || values.includes(`"${name}"`) ? [] : [`${kind} ${name}`];
  return podsOf(objects).flatMap(({ metadata, spec }) => {
    const claims = objects.flatMap((o) =>
      o["spec"]?.template === undefined ? [] : (o["spec"].volumeClaimTemplates ?? []),
    );
    const volumes = new Set(
      [...spec.volumes, ...claims.map(({ metadata: { name } }: KubeObject) => ({ name }))].map(({ name }) => name),
    );
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    return [
      ...is("ServiceAccount", spec.serviceAccountName),
      ...spec.volumes.flatMap((v: KubeObject) => [
        ...(v["configMap"] === undefined ? [] : is("ConfigMap", v["configMap"].name)),
        ...(v["secret"] === undefined ? [] : is("Secret", v["secret"].secretName)),
        ...(v["projected"]?.sources ?? []).flatMap((s: KubeObject) =>
          s["secret"] === undefined ? is("ConfigMap", s["configMap"].name) : is("Secret", s["secret"].name),
        ),
      ]),
      ...containers.flatMap(({ volumeMounts = [] }) =>
        volumeMounts.flatMap(({ name }: { name: string }) =>
          volumes.has(name) ? [] : [`volume ${name} of ${JSON.stringify(metadata.labels)}`],
        ),
      ),
      ...containers.flatMap(({ env = [] }) =>
        env.flatMap((one: KubeObject) =>
          one["valueFrom"]?.secretKeyRef === undefined ? [] : is("Secret", one["valueFrom"].secretKeyRef.name),
        ),
      ),
    ];
  });
}
