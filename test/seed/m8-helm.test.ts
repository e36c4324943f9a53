// M8: Helm, as the original document asks for it.
import { readFileSync } from "node:fs";
import { expect, it, test, vi } from "vitest";
import { describeWithHelm, objectOf, ORIGINAL_VALUES, type KubeObject } from "../chart/helm.ts";
import { layImage } from "../chart/manager-image.ts";
import { mayRunPods, PodOnDisk } from "../chart/pod-on-disk.ts";

const KEYS = { JIRA_URL: "https://jira.example/hook", JIRA_API_KEY: "API_KEY", JIRA_PROJECT_KEY: "PROJ" };

describeWithHelm("M8: Helm", (helms) => {
  it.each(helms)(
    "helm $version upgrade --install with nothing but integration.jira.enabled and externalSecret in values.yaml renders",
    async (helm) => {
      const objects = await helm.template(ORIGINAL_VALUES, [], "wazuh");

      const kinds = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(kinds).toContain("StatefulSet wazuh-manager-master");
      expect(kinds).toContain("StatefulSet wazuh-manager-worker");
      expect(kinds).toContain("StatefulSet wazuh-riposte");
      expect(kinds).toContain("ExternalSecret wazuh-jira-secret");
    },
  );

  it("ConfigMap with the two files, volume jira-writable, initContainer permission-fix, container wazuh-manager", async () => {
    const objects = await helms[0].template(ORIGINAL_VALUES);
    const { spec } = objectOf(objects, "StatefulSet", "soc-wazuh-manager-worker")["spec"].template;
    const named = (list: readonly KubeObject[], name: string) => list.find((each) => each["name"] === name);
    const fix = named(spec.initContainers, "permission-fix");

    const files = named(spec.volumes, "jira-conf")?.["configMap"].name;
    expect(Object.keys(objectOf(objects, "ConfigMap", files)["data"])).toEqual(["custom-jira", "custom-jira.py"]);
    expect(named(spec.volumes, "jira-writable")).toEqual({ name: "jira-writable", emptyDir: {} });
    expect(fix?.["volumeMounts"].map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["jira-conf", "jira-writable"]),
    );
    expect(fix?.["env"]).toEqual([{ name: "WAZUH_GID", value: "999" }]);
    expect(spec.containers.map(({ name }: { name: string }) => name)).toEqual(["wazuh-manager"]);
  });

  if (!mayRunPods)
    test.skip("what the original verifies (skipped: only root may make a private root)", () => undefined);
  else {
    it("kubectl exec <worker-pod> -c wazuh-manager -- ls -l /var/ossec/integrations/ shows root, wazuh and 0750", async () => {
      const pod = await worker();
      pod.run("permission-fix");
      const { out } = pod.run("wazuh-manager", [
        "/bin/sh",
        "-c",
        "/own-start.sh >/dev/null; ls -l /var/ossec/integrations/",
      ]);
      pod.close();

      expect(out).toMatch(/^-rwxr-x--- 1 root wazuh +\d+ .* custom-jira$/m);
      expect(out).toMatch(/^-rwxr-x--- 1 root wazuh +\d+ .* custom-jira\.py$/m);
      expect(out).toMatch(/^-rwxr-x--- 1 root wazuh +\d+ .* slack$/m);
    });

    it("kubectl exec <worker-pod> -c wazuh-init -- env | grep JIRA answers", async () => {
      const pod = await worker();
      const init = pod.start("wazuh-init");
      await vi.waitFor(() => readFileSync(pod.volume("wazuh-conf", "etc/ossec.conf")), {
        timeout: 100_000,
        interval: 10,
      });

      // An ordinary initContainer would be gone by now, and nobody can ask one that is.
      expect(init.process.exitCode).toBeNull();
      expect(pod.run("wazuh-init", ["/bin/sh", "-c", "env | grep JIRA | sort"]).out).toBe(
        "JIRA_API_KEY=API_KEY\nJIRA_PROJECT_KEY=PROJ\nJIRA_URL=https://jira.example/hook\n",
      );
      pod.close();
    });

    it("wazuh-init is a native sidecar", async () => {
      const { spec } = objectOf(await helms[1].template(ORIGINAL_VALUES), "StatefulSet", "soc-wazuh-manager-worker")[
        "spec"
      ].template;
      expect(spec.initContainers.map(({ name, restartPolicy }: KubeObject) => [name, restartPolicy])).toEqual([
        ["permission-fix", undefined],
        ["wazuh-init", "Always"],
        ["riposte-forward", "Always"],
      ]);
    });
  }

  async function worker(): Promise<PodOnDisk> {
    const objects = await helms[1].template(ORIGINAL_VALUES);
    return new PodOnDisk({
      name: "soc-wazuh-manager-worker-0",
      spec: objectOf(objects, "StatefulSet", "soc-wazuh-manager-worker")["spec"].template.spec,
      objects,
      secrets: { "soc-wazuh-jira": KEYS },
      image: (root) => layImage(root),
    });
  }
});
