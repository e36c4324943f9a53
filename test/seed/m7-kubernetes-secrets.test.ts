// M7: Kubernetes Secrets and External Secrets Operator, as the original document asks for them.
import { describe, expect, it } from "vitest";
import { describeWithHelm, objectOf, ORIGINAL_VALUES } from "../chart/helm.ts";

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
  it.todo("mounted files are followed when they rotate");
});
