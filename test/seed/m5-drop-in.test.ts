// M5: a drop-in, as the original document asks for it.
import { describe, it } from "vitest";

describe("M5: drop-in", () => {
  it.todo("the original's two XML blocks, byte for byte, work");
  it.todo("custom-jira and custom-jira.py are real files for /var/ossec/integrations, 0750 root:wazuh");
  it.todo("nobody is told twice after riposte takeover");
});
