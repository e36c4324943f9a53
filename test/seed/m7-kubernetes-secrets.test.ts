// M7: Kubernetes Secrets and External Secrets Operator, as the original document asks for them.
import { describe, it } from "vitest";

describe("M7: Kubernetes Secrets, External Secrets Operator", () => {
  it.todo("the ExternalSecret wazuh-jira-secret has the target <release-name>-wazuh-jira");
  it.todo("mounted files are followed when they rotate");
});
