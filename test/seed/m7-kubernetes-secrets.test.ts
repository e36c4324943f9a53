// M7: Kubernetes Secrets and External Secrets Operator, as the original document asks for them.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeWithHelm, objectOf, ORIGINAL_VALUES } from "../chart/helm.ts";
import { usualHookPath } from "../fakes/slack-webhook.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

describeWithHelm("M7: Kubernetes Secrets, External Secrets Operator", (helms) => {
  it.each(helms)(
    "the ExternalSecret wazuh-jira-secret has the target <release-name>-wazuh-jira (Helm $version)",
    async (helm) => {
      const { metadata, spec } = objectOf(
        await helm.template(ORIGINAL_VALUES, [], "prod"),
        "ExternalSecret",
        "wazuh-jira-secret",
      );

      expect(metadata.namespace).toBe("wazuh");
      expect(spec.target.name).toBe("prod-wazuh-jira");
      expect(spec.secretStoreRef).toEqual({ kind: "ClusterSecretStore", name: "aws-secrets-manager" });
      expect(spec.data).toEqual(
        ["JIRA_URL", "JIRA_API_KEY", "JIRA_PROJECT_KEY"].map((key) => ({
          secretKey: key,
          remoteRef: { key: "wazuh/jira-api-key", property: key },
        })),
      );
    },
  );

  it("wazuh/slack-webhook becomes <release-name>-wazuh-slack, whole", async () => {
    const objects = await helms[1].template({ integration: { slack: { enabled: true, externalSecret: true } } });
    const { spec } = objectOf(objects, "ExternalSecret", "wazuh-slack-secret");

    expect(spec.target.name).toBe("soc-wazuh-slack");
    expect(spec.data).toEqual([{ secretKey: "SLACK_WEBHOOK_URL", remoteRef: { key: "wazuh/slack-webhook" } }]);
  });
});

describe("M7: Kubernetes Secrets", () => {
  it("mounted files are followed when they rotate", async () => {
    const desk = await RiposteDesk.open({ hurry: 4 });
    onTestFinished(() => desk.close());
    const mount = join(desk.directory, "mount");
    mkdirSync(mount);
    project(mount, "..2026_11_23_07_00", `${desk.slackServed.url}${usualHookPath}\n`);
    symlinkSync("..data/webhook", join(mount, "webhook"));
    await desk.start(`
destinations: { security-alerts: { type: slack, webhook: { file: ${mount}/webhook } } }
policies: [{ name: custom-slack, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [security-alerts] }]`);
    desk.append(passwordGuess("ana"));
    await expect.poll(() => desk.slack.posted.length, { timeout: 10_000 }).toBe(1);

    const second = `${usualHookPath}-second`;
    desk.slack.add(second, "#security-alerts");
    project(mount, "..2026_11_23_08_00", `${desk.slackServed.url}${second}\n`);
    rmSync(join(mount, "..2026_11_23_07_00"), { recursive: true });
    await expect.poll(() => desk.logLines.join(""), { timeout: 10_000 }).toContain("a secret changed and is in use");
    desk.append(passwordGuess("bea"));
    await expect.poll(() => desk.slack.posted.length, { timeout: 10_000 }).toBe(2);

    expect(desk.slack.posted.map(({ path }) => path)).toEqual([usualHookPath, second]);
  });
});

/** As the kubelet does it: a new folder, and then the link `..data` is turned to it. */
function project(mount: string, folder: string, value: string): void {
  mkdirSync(join(mount, folder));
  writeFileSync(join(mount, folder, "webhook"), value);
  symlinkSync(folder, join(mount, "..data_tmp"));
  renameSync(join(mount, "..data_tmp"), join(mount, "..data"));
}
