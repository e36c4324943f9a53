// M4: auto-remediation, as the original document asks for it.
import { describe, it } from "vitest";

describe("M4: auto-remediation", () => {
  it.todo("failed SSH logins, event and alert, Active Response disables the account, then Slack and Jira are told");
  it.todo("an <active-response> that Wazuh fired itself is observed, told, and watched being lifted");
  it.todo("Riposte fires it behind guardrails, verified, and undoes it");
  it.todo("one documented switch gives the original flow literally");
});
