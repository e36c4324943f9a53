// The page about Kubernetes is run: its values are rendered, its commands called, its patches applied.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, test, vi } from "vitest";
import { parse } from "yaml";
import { withoutSampleData } from "../../scripts/test-report.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { publishedSpec } from "../shared-data.ts";
import { troublesOfForwarder } from "./forwarder-settings.ts";
import { chart, describeWithHelm, type KubeObject, kustomize, objectOf, objectsIn } from "./helm.ts";
import { readKubePart, readKubeSchemas } from "./kube-schema.ts";
import { layImage } from "./manager-image.ts";
import { mayRunPods, PodOnDisk } from "./pod-on-disk.ts";

const page = readFileSync(new URL("../../docs/reference/kubernetes.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, file, text = ""]) => ({
  language,
  file,
  text,
}));
const swagger = publishedSpec("kubernetes-1.36-swagger.json");
const eso = publishedSpec("eso-2.9.0-crds/externalsecrets.yaml");

const stores = publishedSpec("eso-2.9.0-crds/clustersecretstores.yaml");

const ORIGINAL_KEYS = { JIRA_URL: "WEBHOOK_URL", JIRA_API_KEY: "API_KEY", JIRA_PROJECT_KEY: "PROJ" };

describeWithHelm("the page about Kubernetes", ([three, four], kubectl) => {
  const folder = mkdtempSync(join(tmpdir(), "riposte-page-"));
  beforeAll(() => {
    symlinkSync(chart, join(folder, "wazuh-chart"));
    for (const { file, text } of blocks) if (file !== undefined) writeFileSync(join(folder, file), text);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["values.yaml", "riposte-values.yaml", "beside-indexer.yaml", "beside-forwarders.yaml"])(
    "%s is taken by both Helms, and its riposte.yaml by Riposte",
    async (file) => {
      const [of3, of4] = await Promise.all([three, four].map((helm) => helm.template(fileNamed(file), [], "riposte")));
      const { data } = objectOf(of4 ?? [], "ConfigMap", "riposte");
      const loaded = loadConfig(data["riposte.yaml"], "riposte.yaml", connectors);

      expect(loaded.kind === "refused" ? loaded.errors : []).toEqual([]);
      expect(of3?.map(({ kind }) => kind)).toEqual(of4?.map(({ kind }) => kind));
    },
  );

  it("what it says that Helm prints is what Helm prints", async () => {
    const [printed, ...others] = commands("helm ");
    const { out } = await four.run((printed?.command ?? "").split(" ").slice(1), {}, folder);

    expect([out.trimEnd(), others]).toEqual([printed?.says, []]);
  });

  it("its store is one that the operator knows", () => {
    const store = objectsIn(fileNamed("cluster-secret-store.yaml"));

    expect(store.map(({ metadata }) => metadata.name)).toEqual(["aws-secrets-manager"]);
    if (swagger !== null && stores !== null) expect(readKubeSchemas(swagger, stores).findings(store)).toEqual([]);
  });

  it("the tokens and the certificate that it mounts elsewhere are those of the release riposte", async () => {
    const objects = await four.template(fileNamed("beside-forwarders.yaml"), [], "riposte");

    expect(Object.keys(objectOf(objects, "Secret", "riposte-tokens")["data"])).toEqual([
      "wazuh-manager-master-0",
      "wazuh-manager-worker-0",
      "wazuh-manager-worker-1",
    ]);
    expect(Object.keys(objectOf(objects, "Secret", "riposte-tls")["data"])).toContain("ca.crt");
    expect(objectOf(objects, "Service", "riposte")["spec"].ports).toEqual([
      { name: "https", port: 8443, targetPort: "https" },
    ]);
  });

  it("what it adds to the community's chart is understood by the forwarder and mounts what is there", () => {
    const values = parse(fileNamed("community-chart.yaml"), { merge: true }) as Record<
      "master" | "worker",
      { initContainers: Record<string, KubeObject>; volumes: KubeObject[] }
    >;
    for (const node of ["master", "worker"] as const) {
      const { initContainers, volumes } = values[node];
      const container = { ...initContainers["riposte-forward"], name: "riposte-forward" } as unknown as KubeObject;

      expect(troublesOfForwarder(container)).toEqual([]);
      expect(mountsOf(container)).toEqual([
        `wazuh-manager-${node}`,
        `wazuh-manager-${node}`,
        ...volumes.map(({ name }) => name),
      ]);
      if (swagger === null) continue;
      expect(readKubePart(swagger, "io.k8s.api.core.v1.Container")(container)).toEqual([]);
      for (const volume of volumes) expect(readKubePart(swagger, "io.k8s.api.core.v1.Volume")(volume)).toEqual([]);
    }
  });

  it("its patches of wazuh-kubernetes leave Wazuh as it was and put the forwarder beside it", () => {
    const patched = join(folder, "patched");
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(patched, file)), { recursive: true });
      writeFileSync(join(patched, file), text);
    };
    for (const file of ["kustomization.yaml", "riposte-master.yaml"]) put(file, fileNamed(file));
    expect(fileNamed("riposte-master.yaml").match(/wazuh-manager-master/g)).toHaveLength(3);
    put(
      "riposte-worker.yaml",
      fileNamed("riposte-master.yaml").replaceAll("wazuh-manager-master", "wazuh-manager-worker"),
    );
    put("wazuh/kustomization.yaml", "resources: [master.yaml, worker.yaml]\n");
    for (const node of ["master", "worker"]) put(`wazuh/${node}.yaml`, nodeOfWazuhKubernetes(node));

    const objects = kustomize(kubectl, patched);

    for (const node of ["master", "worker"]) {
      const { spec } = objectOf(objects, "StatefulSet", `wazuh-manager-${node}`)["spec"].template;
      const before = (parse(nodeOfWazuhKubernetes(node)) as KubeObject)["spec"].template.spec;
      expect(spec.containers).toEqual(before.containers);
      expect(spec.volumes).toEqual(expect.arrayContaining(before.volumes as unknown[]));
      expect(troublesOfForwarder(spec.initContainers[0])).toEqual([]);
      const claims = [`wazuh-manager-${node}`, ...spec.volumes.map(({ name }: KubeObject) => name)];
      for (const name of mountsOf(spec.initContainers[0])) expect(claims).toContain(name);
    }
    if (swagger !== null && eso !== null) expect(readKubeSchemas(swagger, eso).findings(objects)).toEqual([]);
  });
  if (swagger === null) test.skip(`Kubernetes knows every field of the patches ${withoutSampleData}`, () => undefined);

  if (!mayRunPods) test.skip("what kubectl exec answers (skipped: only root may make a private root)", () => undefined);
  else
    it("what it says that kubectl exec and logs answer is what the containers say", async () => {
      const pod = await workerPod({ "soc-wazuh-jira": ORIGINAL_KEYS });
      pod.run("permission-fix");
      const listed = pod.run("wazuh-manager", [
        "/bin/sh",
        "-c",
        "/own-start.sh >/dev/null; ls -l /var/ossec/integrations/",
      ]).out;
      const asked = pod.run("wazuh-init", ["/bin/sh", "-c", "env | grep JIRA"]).out;
      pod.close();
      const without = await workerPod({});
      writeFileSync(without.volume("wazuh-conf", "tries"), "4\n");
      const init = without.start("wazuh-init");
      await vi.waitFor(() => expect(init.said()).toContain("is written\n"), { timeout: 100_000, interval: 10 });
      without.close();

      const [ls, env, logs] = commands("kubectl ").map(({ says }) => says.replace(/\n\.\.\.$/, "").split("\n"));
      const files = listed.split("\n").filter((line) => line.includes("custom-jira"));
      expect(files.map(withoutSizeAndTime)).toEqual((ls ?? []).map(withoutSizeAndTime));
      expect(asked.trimEnd().split("\n").sort()).toEqual([...(env ?? [])].sort());
      expect(init.said().trimEnd().split("\n")).toEqual(logs);
    });

  function fileNamed(name: string): string {
    const block = blocks.find(({ file }) => file === name);
    if (block === undefined) throw new Error(`the page has no ${name}`);
    return block.text;
  }

  function commands(start: string): readonly { readonly command: string; readonly says: string }[] {
    return blocks.flatMap(({ language, text }) => {
      const [first = "", ...says] = text.trimEnd().split("\n");
      return language === "console" && first.startsWith(`$ ${start}`)
        ? [{ command: first.slice(2), says: says.join("\n") }]
        : [];
    });
  }

  async function workerPod(secrets: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<PodOnDisk> {
    const objects = await four.template(fileNamed("values.yaml"));
    const { spec } = objectOf(objects, "StatefulSet", "soc-wazuh-manager-worker")["spec"].template;
    return new PodOnDisk({
      name: "soc-wazuh-manager-worker-0",
      spec,
      objects,
      secrets,
      image: (root) => layImage(root),
    });
  }
});

function withoutSizeAndTime(line: string): string {
  return line.replace(/ +\d+ \w{3} +\d+ [\d:]+ /, " … ");
}

function mountsOf(container: KubeObject): readonly string[] {
  return container["volumeMounts"].map(({ name }: KubeObject) => name) as readonly string[];
}

/** As much of its StatefulSets as the patches touch. */
function nodeOfWazuhKubernetes(node: string): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: wazuh-manager-${node}, namespace: wazuh }
spec:
  serviceName: wazuh-cluster
  selector: { matchLabels: { app: wazuh-manager, node-type: ${node} } }
  template:
    metadata: { labels: { app: wazuh-manager, node-type: ${node} } }
    spec:
      securityContext: { fsGroup: 101 }
      volumes: [{ name: config, configMap: { name: wazuh-conf } }]
      containers:
        - name: wazuh-manager
          image: wazuh/wazuh-manager:4.14.6
          volumeMounts: [{ name: wazuh-manager-${node}, mountPath: /var/ossec/logs, subPath: wazuh/var/ossec/logs }]
  volumeClaimTemplates:
    - metadata: { name: wazuh-manager-${node} }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
}
