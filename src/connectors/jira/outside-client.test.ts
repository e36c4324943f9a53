import { createCloudClient } from "jira.js";
import { describe, expect, test } from "vitest";
import { usualEmail, usualTokenText } from "../../../test/fakes/jira/jira.ts";
import { jiraRigs, type JiraRig } from "../../../test/fixtures/jira-rig.ts";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";

const start = jiraRigs();

/** Somebody else's client, which checks each answer against its own idea of Jira's. */
function clientOf({ served }: JiraRig) {
  const auth = { type: "basic", email: usualEmail, apiToken: usualTokenText } as const;
  return createCloudClient({ host: served.url, auth, onSchemaMismatch: "throw" });
}

describe("jira.js reads", () => {
  test("the ticket that was written: its text, labels, priority, status and comments", async () => {
    const config = { priority: { medium: "High", critical: "Highest" }, resolve: "Done", labels: ["wazuh"] };
    const rig = await start({ config });
    await rig.drive(bruteForce()).then(({ receipt }) => {
      return rig.drive(withMoments(bruteForce({ count: 4_321 }), "escalated", "note", "resolved"), receipt);
    });
    const client = clientOf(rig);
    const issue = await client.issues.getIssue({ issueIdOrKey: "SEC-1", properties: ["riposte"] });
    const comments = await client.issueComments.getComments({ issueIdOrKey: "SEC-1", expand: "properties" });

    expect(issue.fields).toMatchObject({
      summary: expect.stringMatching(/^\[Wazuh\] sshd: brute force/),
      labels: ["riposte", "rp-test-12-soc-1", "wazuh"],
      priority: { name: "Highest" },
      status: { name: "Done" },
    });
    expect(JSON.stringify(issue.fields?.["description"])).toContain("4,321");
    expect(issue.properties).toMatchObject({ riposte: { mark: "rp-test-12-soc-1", incident: 12 } });
    expect(comments).toMatchObject({ total: 1, comments: [{ properties: [{ key: "riposte" }] }] });
    expect(JSON.stringify(comments.comments?.[0]?.body)).toContain("looking at it");
  });

  test.each([...hostilePictures()])("%s from an attacker, as text", async (_, picture) => {
    const rig = await start({ config: { resolve: "Done" } });
    await rig.drive(picture);
    const { fields } = await clientOf(rig).issues.getIssue({ issueIdOrKey: "SEC-1" });
    expect(fields?.["summary"]).toMatch(/^\[Wazuh\]/);
    expect(rig.fake.issues).toHaveLength(1);
  });
});
