// M8: Helm, as the original document asks for it.
import { describe, it } from "vitest";

describe("M8: Helm", () => {
  it.todo("helm upgrade --install with nothing but integration.jira.enabled and externalSecret in values.yaml renders");
  it.todo("ConfigMap with the two files, volume jira-writable, initContainer permission-fix, container wazuh-manager");
  it.todo("kubectl exec <worker-pod> -c wazuh-init -- env | grep JIRA answers");
});
