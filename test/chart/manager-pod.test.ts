// What the init containers of a manager's pod do, run for real: owner, group and mode of every file, start after start.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeAll, expect, it, test, vi } from "vitest";
import { readOssecXml } from "../../src/wazuh/ossec-xml.ts";
import { describeWithHelm, type Helm, type KubeObject, objectOf, ORIGINAL_VALUES } from "./helm.ts";
import { layImage } from "./manager-image.ts";
import { mayRunPods, PodOnDisk } from "./pod-on-disk.ts";

const KEYS = {
  JIRA_URL: "https://jira.example/automation/cAnArY-hook?a=1&b=2",
  JIRA_API_KEY: "cAnArY-token-0123456789",
  JIRA_PROJECT_KEY: "PROJ",
};

if (!mayRunPods)
  test.skip("init containers are run in a private root (skipped: only root may make one)", () => undefined);
else
  describeWithHelm("a manager's pod", ([, helm]) => {
    let original: readonly KubeObject[];
    let pod: PodOnDisk | undefined;
    beforeAll(async () => {
      original = await helm.template(ORIGINAL_VALUES);
    });
    afterEach(() => pod?.close());

    it.each([
      ["no group", undefined],
      ["Wazuh's group", 999],
      ["an old group of Wazuh's", 101],
      ["a stranger's group", 1000],
    ])(
      "the integrations are root:wazuh 0750 on the first and on the second start, with %s of the pod's",
      async (_, fsGroup) => {
        pod = workerPod(original, { "soc-wazuh-jira": KEYS }, fsGroup);
        for (const start of ["first", "second"]) {
          const { status, err } = pod.run("permission-fix");
          expect([status, err]).toEqual([0, ""]);
          const written = pod.start("wazuh-init");
          await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));
          const { out } = pod.run("wazuh-manager", ["/own-start.sh"]);
          written.process.kill("SIGKILL");

          const lines = out.trimEnd().split("\n");
          expect([
            start,
            ...lines.filter((line) => line.startsWith("integrations/") || line.startsWith("wazuh")),
          ]).toEqual([
            start,
            ...[
              "custom-jira",
              "custom-jira.py",
              "pagerduty",
              "pagerduty.py",
              "slack",
              "slack.py",
              "virustotal",
              "virustotal.py",
            ].map((name) => `integrations/${name} 0:999 750`),
          ]);
          expect(lines).toContain("etc/authd.pass 0:999 640");
          expect(lines.find((line) => line.startsWith("etc/ossec.conf"))).toBe("etc/ossec.conf 0:999 640");
          expect(lines.find((line) => line.startsWith("integrations "))).toMatch(/^integrations 0:999 2?750$/);
          // The node goes away and comes back, and somebody was careless meanwhile.
          pod.replace();
          writeFileSync(pod.volume("wazuh-manager", "wazuh/var/ossec/integrations/slack"), "old\n", { mode: 0o777 });
        }
      },
    );

    it("what the files hold is what the repository has, and a changed one arrives", async () => {
      pod = workerPod(original, {});
      pod.run("permission-fix");
      pod.run("wazuh-manager", ["/own-start.sh"]);
      const path = pod.volume("wazuh-manager", "wazuh/var/ossec/integrations/custom-jira.py");
      const deployed = readFileSync(new URL("../../deploy/wazuh/manager/custom-jira.py", import.meta.url), "utf8");
      expect(readFileSync(path, "utf8")).toBe(deployed);

      writeFileSync(path, "an older one\n");
      pod.replace();
      pod.run("permission-fix");
      pod.run("wazuh-manager", ["/own-start.sh"]);
      expect(readFileSync(path, "utf8")).toBe(deployed);
    });

    it("the forwarder's folder is its own, and nobody else's", async () => {
      pod = workerPod(original, {}, 999);
      pod.run("permission-fix");

      const { uid, mode } = statSync(pod.volume("wazuh-manager", "riposte/forward"));
      expect([uid, mode & 0o777]).toEqual([65_532, 0o700]);
      expect(pod.run("riposte-forward", ["/usr/bin/touch", "/var/lib/riposte-forward/x"])).toMatchObject({ status: 0 });
      expect(pod.run("riposte-forward", ["/usr/bin/touch", "/var/ossec/logs/x"]).err).toContain(
        "Read-only file system",
      );
    });

    it("while wazuh-init runs, its environment has the three keys, and ossec.conf has none of them", async () => {
      pod = workerPod(original, { "soc-wazuh-jira": KEYS });
      const init = pod.start("wazuh-init");
      const conf = await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

      expect(init.process.exitCode).toBeNull();
      const env = pod.run("wazuh-init", ["/usr/bin/env"]).out;
      for (const [key, value] of Object.entries(KEYS)) expect(env).toContain(`${key}=${value}\n`);
      expect(conf).not.toContain("cAnArY");
      expect(init.said()).not.toContain("cAnArY");
      expect(conf).toContain("<hook_url>JIRA_URL</hook_url>");
      expect(blocksIn(conf)).toEqual([]);
      expect(conf).toContain("<node_name>soc-wazuh-manager-worker-0</node_name>");
      expect(conf).toMatch(/<key>[A-Za-z0-9]{32}<\/key>/);
    });

    it("with exposeEnv: false nothing of them is in any environment, and all is rendered the same", async () => {
      const hardened = await helm.template({
        integration: { jira: { enabled: true, externalSecret: true, exposeEnv: false, sentBy: "integratord" } },
      });
      pod = workerPod(hardened, { "soc-wazuh-jira": KEYS });
      pod.start("wazuh-init");
      const conf = await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

      expect(pod.run("wazuh-init", ["/usr/bin/env"]).out).not.toContain("JIRA");
      expect(conf).toContain(`<hook_url>${KEYS.JIRA_URL}</hook_url>`);
    });

    it("where integratord sends, ossec.conf has the original's blocks with the keys filled in", async () => {
      const objects = await integratordSends(helm);
      const slack = "https://hooks.slack.example/services/T0/B0/cAnArY";
      pod = workerPod(objects, { "soc-wazuh-jira": KEYS, "soc-wazuh-slack": { SLACK_WEBHOOK_URL: slack } });
      const init = pod.start("wazuh-init");
      const conf = await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

      expect(blocksIn(conf)).toEqual([
        {
          name: "custom-jira",
          hook_url: KEYS.JIRA_URL,
          api_key: KEYS.JIRA_API_KEY,
          level: "10",
          rule_id: "120100",
          alert_format: "json",
          options: "PROJ",
        },
        { name: "slack", hook_url: slack, level: "3", alert_format: "json", options: '{"pretext": "Wazuh Alert"}' },
      ]);
      expect(init.said()).not.toContain("cAnArY");
    });

    it("a Secret that is not there is waited for in five tries, and then Wazuh starts without it, loudly", async () => {
      pod = workerPod(original, {});
      for (let tries = 1; tries < 5; tries++) {
        const { status, err } = pod.run("wazuh-init");
        expect(status).toBe(1);
        expect(err).toContain("Secret soc-wazuh-jira: the key JIRA_URL is missing or empty");
        expect(err).toContain(`try ${tries} of 5`);
      }
      const fifth = pod.start("wazuh-init");
      await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

      expect(fifth.process.exitCode).toBeNull();
      expect(fifth.said()).toContain("WAZUH STARTS WITHOUT THE KEYS OF jira");
    });

    it("one that comes on the third try is taken", async () => {
      pod = workerPod(original, {});
      expect([pod.run("wazuh-init").status, pod.run("wazuh-init").status]).toEqual([1, 1]);

      pod.setSecrets({ "soc-wazuh-jira": KEYS });
      const third = pod.start("wazuh-init");
      await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

      expect(third.said()).not.toContain("WITHOUT");
      expect(pod.run("wazuh-init", ["/usr/bin/env"]).out).toContain("JIRA_PROJECT_KEY=PROJ");
    });

    it.each([
      ["an empty key", { ...KEYS, JIRA_API_KEY: "" }, "the key JIRA_API_KEY is missing or empty"],
      [
        "no such key",
        { JIRA_URL: KEYS.JIRA_URL, JIRA_API_KEY: KEYS.JIRA_API_KEY },
        "the key JIRA_PROJECT_KEY is missing or empty",
      ],
      ["white space", { ...KEYS, JIRA_URL: "https://jira.example/cAnArY x" }, "the key JIRA_URL has white space"],
      [
        "an element",
        { ...KEYS, JIRA_API_KEY: "cAnArY</api_key><name>x" },
        "the key JIRA_API_KEY has white space, < or >",
      ],
      ["two lines", { ...KEYS, JIRA_API_KEY: "cAnArY\nx" }, "the key JIRA_API_KEY has white space"],
    ])(
      "%s in a Secret is named by its key, never by its value, and keeps Wazuh from nothing",
      async (_, keys, says) => {
        pod = workerPod(await integratordSends(helm), {
          "soc-wazuh-jira": keys,
          "soc-wazuh-slack": { SLACK_WEBHOOK_URL: '{"url": "https://hooks.slack.example/cAnArY"}' },
        });
        let said = "";
        for (let tries = 1; tries < 5; tries++) said += pod.run("wazuh-init").err;
        pod.start("wazuh-init");
        const conf = await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));

        expect(said).toContain(`Secret soc-wazuh-jira: ${says}`);
        expect(said).toContain("Secret soc-wazuh-slack: the key SLACK_WEBHOOK_URL is no https:// address alone");
        expect(said).not.toContain("cAnArY");
        expect(blocksIn(conf)).toEqual([]);
      },
    );

    it("an image without the group wazuh is told of, and nothing keeps it from starting", async () => {
      pod = workerPod(original, { "soc-wazuh-jira": KEYS }, undefined, true);
      const fixed = pod.run("permission-fix");
      const started = pod.run("wazuh-manager", ["/own-start.sh"]);

      expect([fixed.status, started.status]).toEqual([0, 0]);
      expect(fixed.err).toContain("this image has no group wazuh: the group is set by its number, 999");
      expect(started.err).toContain("this image has no group wazuh, so that the integrations can't be given to it");
    });

    it("a volume that takes nothing is told of by each file, and nothing keeps Wazuh from starting", () => {
      const spec = structuredClone(objectOf(original, "StatefulSet", "soc-wazuh-manager-worker")["spec"].template.spec);
      for (const container of spec.initContainers)
        for (const mount of container.volumeMounts) if (mount.name !== "scripts") mount.readOnly = true;
      pod = new PodOnDisk({ name: "w-0", spec, objects: original, secrets: {}, image: (root) => layImage(root) });
      const { status, err } = pod.run("permission-fix");

      expect(status).toBe(0);
      for (const name of ["custom-jira", "custom-jira.py"])
        expect(err).toContain(`permission-fix: ${name} could not be put in place, so that integratord does without it`);
      expect(err).toContain("the forwarder's folder could not be given to it");
    });

    it("rules of one's own arrive, and without them the file stays as it is", async () => {
      const objects = await helm.template({ wazuh: { localRules: '<group name="ours,">\n</group>\n' } });
      pod = workerPod(objects, {});
      pod.start("wazuh-init");
      await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));
      pod.run("wazuh-manager", ["/own-start.sh"]);
      const rules = pod.volume("wazuh-manager", "wazuh/var/ossec/etc/rules/local_rules.xml");
      expect(readFileSync(rules, "utf8")).toBe('<group name="ours,">\n</group>\n');

      pod.close();
      pod = workerPod(original, { "soc-wazuh-jira": KEYS });
      pod.start("wazuh-init");
      await untilExists(pod.volume("wazuh-conf", "etc/ossec.conf"));
      pod.run("wazuh-manager", ["/own-start.sh"]);
      expect(readFileSync(pod.volume("wazuh-manager", "wazuh/var/ossec/etc/rules/local_rules.xml"), "utf8")).toContain(
        "of the image",
      );
    });
  });

/** What Wazuh would read of it. */
function blocksIn(conf: string): Readonly<Record<string, string>>[] {
  const { roots, broken } = readOssecXml(conf);
  expect([roots.length, broken]).toEqual([1, null]);
  const blocks = (roots[0]?.elements ?? []).filter(({ name }) => name === "integration");
  return blocks.map(({ elements }) => Object.fromEntries(elements.map(({ name, content }) => [name, content])));
}

function integratordSends(helm: Helm): Promise<readonly KubeObject[]> {
  const each = { enabled: true, externalSecret: true, sentBy: "integratord" };
  return helm.template({ integration: { jira: each, slack: each } });
}

function workerPod(
  objects: readonly KubeObject[],
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
  fsGroup?: number,
  withoutGroup = false,
): PodOnDisk {
  const { spec } = objectOf(objects, "StatefulSet", "soc-wazuh-manager-worker")["spec"].template;
  return new PodOnDisk({
    name: "soc-wazuh-manager-worker-0",
    spec: fsGroup === undefined ? spec : { ...spec, securityContext: { fsGroup } },
    objects,
    secrets,
    image: (root) => layImage(root, withoutGroup ? { withoutGroup } : {}),
  });
}

/** As the startup probe asks: the file is there once it is whole. */
function untilExists(path: string): Promise<string> {
  return vi.waitFor(() => readFileSync(path, "utf8"), { timeout: 100_000, interval: 10 });
}
