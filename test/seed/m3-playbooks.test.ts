// M3: manual playbooks, as the original document asks for them.
import { describe, it } from "vitest";

describe("M3: manual playbooks", () => {
  it.todo("the ticket's description has the playbook's steps, filled in with this alert's agent, user and address");
  it.todo("the agent-disconnection playbook has its four commands literally, in order, each saying where it runs");
  it.todo("over REST the playbook is a checklist and an attachment");
  it.todo("Slack shows the playbook and its progress");
});
