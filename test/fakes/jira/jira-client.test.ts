import { createCloudClient, isForbiddenError, isNotFoundError, isRateLimitError } from "jira.js";
import { createClient } from "jira.js/core";
import { expect, onTestFinished, test } from "vitest";
import { serveVendor } from "../serve.ts";
import { cloudSite, dataCenterSite, documentOf } from "./ask.ts";
import { usualEmail, usualTokenText, type FakeJira } from "./jira.ts";

// An outside client that was not written for this fake, and that checks each answer against its own idea of Jira's.
async function clientOf(jira: FakeJira) {
  const served = await serveVendor(jira);
  onTestFinished(() => served.close());
  return createCloudClient({
    host: served.url,
    auth: { type: "basic", email: usualEmail, apiToken: usualTokenText },
    onSchemaMismatch: "throw",
  });
}

const fields = {
  project: { key: "SEC" },
  issuetype: { name: "Task" },
  summary: "Agent 007 is lost",
  description: documentOf("Steps"),
  labels: ["riposte", "rp-1"],
};

test("jira.js creates, reads, edits and deletes an issue", async () => {
  const jira = cloudSite();
  const client = await clientOf(jira);

  const { id, key } = await client.issues.createIssue({ fields });
  await client.issues.editIssue({ issueIdOrKey: key, fields: { summary: "Agent 007 is back" } });
  const read = await client.issues.getIssue({ issueIdOrKey: id });
  await client.issues.deleteIssue({ issueIdOrKey: id });

  expect(read).toMatchObject({ id, key: "SEC-41", fields: { summary: "Agent 007 is back", labels: fields.labels } });
  expect(read.fields?.["description"]).toEqual(documentOf("Steps"));
  await expect(client.issues.getIssue({ issueIdOrKey: id })).rejects.toSatisfy(isNotFoundError);
});

test("jira.js comments with a property and finds it again", async () => {
  const jira = cloudSite();
  const client = await clientOf(jira);
  const { key } = await client.issues.createIssue({ fields });
  const properties = [{ key: "riposte", value: { mark: "rp-2" } }];

  const body = {
    type: "doc",
    version: 1,
    content: [{ type: "paragraph", content: [{ type: "text", text: "It escalated" }] }],
  };
  const { id = "" } = await client.issueComments.addComment({ issueIdOrKey: key, body: body as never, properties });
  const all = await client.issueComments.getComments({ issueIdOrKey: key, expand: "properties" });
  await client.issueComments.deleteComment({ issueIdOrKey: key, id });

  expect(all).toMatchObject({ total: 1, comments: [{ id, properties }] });
  expect(jira.issue(key).comments).toEqual([]);
});

test("jira.js sees what may be done, does it with a resolution, and links", async () => {
  const jira = cloudSite();
  const client = await clientOf(jira);
  const { key } = await client.issues.createIssue({ fields });
  const { key: twin } = await client.issues.createIssue({ fields });

  const { transitions } = await client.issues.getTransitions({ issueIdOrKey: twin, expand: "transitions.fields" });
  const done = transitions?.find(({ name }) => name === "Done")?.id;
  await client.issues.doTransition({
    issueIdOrKey: twin,
    transition: { id: done },
    fields: { resolution: { name: "Duplicate" } },
  });
  await client.issueLinks.linkIssues({
    type: { name: "Duplicate" },
    inwardIssue: { key: twin },
    outwardIssue: { key },
  });

  expect(jira.issue(twin)).toMatchObject({ isDone: true, resolution: "Duplicate", links: [{ outward: { key } }] });
  const read = await client.issues.getIssue({ issueIdOrKey: twin, fields: ["issuelinks", "status"] });
  expect(read.fields).toMatchObject({ issuelinks: [{ outwardIssue: { key } }], status: { name: "Done" } });
});

test("jira.js searches, reads in bulk, and looks around", async () => {
  const jira = cloudSite();
  const client = await clientOf(jira);
  const { id, key } = await client.issues.createIssue({ fields });

  const stale = await client.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql: "labels = rp-1" });
  const found = await client.issueSearch.searchAndReconsileIssuesUsingJqlPost({
    jql: "labels = rp-1",
    fields: ["labels"],
    reconcileIssues: [Number(id)],
  });
  const bulk = await client.issues.bulkFetchIssues({ issueIdsOrKeys: [key, "SEC-42"], fields: ["labels"] });
  const types = await client.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: "SEC" });
  const screen = await client.issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey: "SEC", issueTypeId: "10001" });
  const server = await client.serverInfo.getServerInfo();

  expect(stale).toEqual({ issues: [], isLast: true });
  expect(found).toMatchObject({ issues: [{ key, fields: { labels: fields.labels } }] });
  expect(bulk).toMatchObject({ issues: [{ key }], issueErrors: [] });
  expect(types).toMatchObject({ total: 3, issueTypes: [{ name: "Task" }, { name: "Bug" }, { name: "Incident" }] });
  expect(screen.fields?.map(({ fieldId }) => fieldId)).toContain("priority");
  expect(server).toMatchObject({ deploymentType: "Cloud" });
});

test("jira.js takes the refusals for what they are", async () => {
  const jira = cloudSite({ limits: { quota: { windowMs: 60_000, max: 1 } } });
  const client = await clientOf(jira);
  jira.site.project("SEC")?.granted.delete("CREATE_ISSUES");

  await expect(client.issues.createIssue({ fields })).rejects.toSatisfy(isForbiddenError);
  await expect(client.myself.getCurrentUser()).rejects.toSatisfy(isRateLimitError);
});

test("its bare transport speaks to Data Center with a bearer's token", async () => {
  const jira = dataCenterSite();
  const served = await serveVendor(jira);
  onTestFinished(() => served.close());
  const client = createClient({ host: served.url, auth: { type: "bearer", token: usualTokenText } });
  const text = { ...fields, description: "Steps" };

  await client.sendRequest({ method: "POST", url: "/rest/api/2/issue", body: { fields: text } });
  const found = await client.sendRequest({
    method: "GET",
    url: "/rest/api/2/search",
    searchParams: { jql: "labels = rp-1", fields: ["summary", "description"] },
  });

  expect(found).toMatchObject({ total: 1, issues: [{ key: "SEC-41", fields: { description: "Steps" } }] });
});
