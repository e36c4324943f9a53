// Riposte's pod, run for real as the chart has it: user, group, modes, mounts, certificate and tokens fit each other.
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, test, vi } from "vitest";
import { describeWithHelm, type KubeObject, objectOf, ORIGINAL_VALUES } from "./helm.ts";
import { mayRunPods, PodOnDisk } from "./pod-on-disk.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const node = realpathSync(process.execPath);
/** In place of the image: this checkout, its packages and the runtime. */
const image = {
  entrypoint: [node, join(repository, "src/main.ts")],
  has: [repository, realpathSync(join(repository, "node_modules")), dirname(node)],
  image: (root: string) => {
    mkdirSync(join(root, "etc"));
    writeFileSync(join(root, "etc/hosts"), "127.0.0.1 localhost soc-riposte.wazuh.svc\n");
    writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nriposte:x:65532:65532::/:/bin/sh\n");
  },
};
const secrets = {
  "soc-wazuh-jira": { JIRA_URL: "https://jira.example/hook", JIRA_API_KEY: "API_KEY", JIRA_PROJECT_KEY: "PROJ" },
};

if (!mayRunPods) test.skip("Riposte's pod is run in a private root (skipped: only root may make one)", () => undefined);
else
  describeWithHelm("Riposte's pod", ([, helm]) => {
    it("starts as the chart has it, lets a forwarder in, and answers `riposte status` and `helm test`", async () => {
      const objects = await helm.template(ORIGINAL_VALUES);
      const pod = open(
        objects,
        "soc-riposte-0",
        objectOf(objects, "StatefulSet", "soc-riposte")["spec"].template.spec,
        "own",
      );
      const server = pod.start("riposte");
      await vi.waitFor(() => expect(server.said()).toContain("0.0.0.0:8443"), {
        timeout: 100_000,
        interval: 50,
      });
      const tester = open(objects, "test", objectOf(objects, "Pod", "soc-riposte-test")["spec"], () => server.process);

      expect(pod.run("riposte", ["/usr/bin/touch", "/etc/x"]).err).toContain("Read-only file system");
      expect(tester.run("door")).toMatchObject({ status: 0 });
      expect(pod.run("riposte", [...image.entrypoint, "status"]).out).toContain("soc-webhook");
      expect(tester.run("config").out).toContain("1 destination");
    });
  });

function open(
  objects: readonly KubeObject[],
  name: string,
  spec: KubeObject["spec"],
  network: ConstructorParameters<typeof PodOnDisk>[0]["network"],
): PodOnDisk {
  const pod = new PodOnDisk({ name, spec, objects, secrets, ...image, ...(network !== undefined && { network }) });
  onTestFinished(() => pod.close());
  return pod;
}
