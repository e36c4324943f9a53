import { expect, test } from "vitest";
import type { FieldSpec } from "./project.ts";
import { ask, cloudSite, dataCenterSite, documentOf, fieldsOf, make, noon } from "./ask.ts";

const site = {
  id: "customfield_10010",
  name: "Site",
  type: "option",
  required: true,
  allowed: [{ id: "1", value: "HQ" }],
} as const;
const description: FieldSpec = { id: "description", name: "Description", type: "rich-text" };
const labels: FieldSpec = { id: "labels", name: "Labels", type: "labels" };

function projectWith(...fields: FieldSpec[]) {
  return { projects: [{ key: "SEC", issueTypes: [{ id: "10001", name: "Task", fields }] }] };
}

test.each([
  ["Cloud", cloudSite(), documentOf("Steps")],
  ["Data Center", dataCenterSite(), "Steps"],
])("an issue on %s is read as it was written", (_, jira, text) => {
  const created = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, { priority: { name: "High" } }) } });
  const read = ask(jira, "GET", "/issue/SEC-41");

  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({ id: "20001", key: "SEC-41" });
  expect(read.json).toMatchObject({
    id: "20001",
    key: "SEC-41",
    fields: {
      summary: "Agent 007 is lost",
      description: text,
      labels: ["riposte", "rp-1"],
      priority: { name: "High" },
      status: { name: "To Do", statusCategory: { key: "new" } },
      created: "2026-03-03T14:00:00.000+0200",
      resolution: null,
    },
  });
  expect(jira.liveIssues().map(({ key, description: read }) => [key, read])).toEqual([["SEC-41", "Steps"]]);
});

test("the same create twice makes twins with consecutive keys", () => {
  const jira = cloudSite();

  expect([make(jira), make(jira)]).toEqual(["SEC-41", "SEC-42"]);
  expect(jira.liveIssues()).toHaveLength(2);
});

test("a create that is refused takes no key, one that is deleted takes its key with it", () => {
  const jira = cloudSite();
  ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, { summary: "" }) } });
  const deleted = make(jira);

  jira.deleteByPerson(deleted, noon);

  expect([deleted, make(jira)]).toEqual(["SEC-41", "SEC-42"]);
  expect(ask(jira, "GET", `/issue/${deleted}`)).toMatchObject({
    status: 404,
    json: { errorMessages: ["Issue does not exist or you do not have permission to see it."], errors: {} },
  });
});

test.each<[string, Record<string, unknown>, Record<string, string>]>([
  ["no summary", { summary: undefined }, { summary: "You must specify a summary of the issue." }],
  [
    "a line break in the summary",
    { summary: "a\nb" },
    { summary: "The summary is invalid because it contains newline characters." },
  ],
  ["a summary of 256", { summary: "s".repeat(256) }, { summary: "Summary can't exceed 255 characters." }],
  [
    "a description that is text",
    { description: "Steps" },
    { description: "Operation value must be an Atlassian Document (see the Atlassian Document Format)" },
  ],
  ["a document with an empty text", { description: documentOf("") }, { description: "INVALID_INPUT" }],
  [
    "a document with text outside of a paragraph",
    { description: { ...documentOf(""), content: [{ type: "text", text: "a" }] } },
    { description: "INVALID_INPUT" },
  ],
  [
    "a description of 32,768",
    { description: documentOf("d".repeat(32_768)) },
    { description: "The entered text is too long. It exceeds the allowed limit of 32,767 characters." },
  ],
  ["a label with a space", { labels: ["a b"] }, { labels: "The label 'a b' contains spaces which is invalid." }],
  ["an unknown priority", { priority: { name: "Urgent" } }, { priority: "Priority name 'Urgent' is not valid" }],
  ["a foreign issue type", { issuetype: { name: "Epos" } }, { issuetype: "Specify a valid issue type" }],
  ["an unknown project", { project: { key: "NO" } }, { project: "Specify a valid project ID or key" }],
  [
    "a field that there is not",
    { customfield_1: "a" },
    { customfield_1: "Field 'customfield_1' cannot be set. It is not on the appropriate screen, or unknown." },
  ],
])("%s is refused by field, and nothing is made", (_, change, errors) => {
  const jira = cloudSite();

  const told = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, change) } });

  expect([told.status, told.json]).toEqual([400, { errorMessages: [], errors }]);
  expect(jira.issues).toEqual([]);
});

test("summary, description and label fit to their last character", () => {
  const jira = cloudSite();
  const change = { summary: "s".repeat(255), description: documentOf("d".repeat(32_767)), labels: ["l".repeat(255)] };

  expect(make(jira, change)).toBe("SEC-41");
});

test("on Data Center a document is refused as text is on Cloud", () => {
  const jira = dataCenterSite();

  const told = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, { description: documentOf("a") }) } });

  expect([told.status, told.json?.["errors"]]).toEqual([400, { description: "Operation value must be a string" }]);
});

test("what is not on the screen is refused first, and what is missing only once that is right", () => {
  const jira = cloudSite(projectWith(description, labels, site));
  const create = (more: object) => ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, { ...more }) } });

  const told = [
    create({ priority: { name: "High" } }),
    create({}),
    create({ customfield_10010: { value: "Attic" } }),
    create({ customfield_10010: { value: "HQ" } }),
  ];

  expect(told.map(({ status, json }) => [status, json?.["errors"]])).toEqual([
    [400, { priority: "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown." }],
    [400, { customfield_10010: "Site is required." }],
    [400, { customfield_10010: "Option value 'Attic' is not valid" }],
    [201, undefined],
  ]);
});

test("what may be created is listed with its fields, in pages", () => {
  const jira = cloudSite(projectWith(description, labels, site));

  const types = ask(jira, "GET", "/issue/createmeta/SEC/issuetypes");
  const first = ask(jira, "GET", "/issue/createmeta/SEC/issuetypes/10001?maxResults=4");
  const second = ask(jira, "GET", "/issue/createmeta/SEC/issuetypes/10001?maxResults=4&startAt=4");

  expect(types.json).toMatchObject({ total: 1, issueTypes: [{ id: "10001", name: "Task" }] });
  expect(first.json).toMatchObject({ startAt: 0, maxResults: 4, total: 6 });
  expect(first.json?.["fields"]).toHaveLength(4);
  expect(second.json?.["fields"]).toMatchObject([
    { fieldId: "labels" },
    { fieldId: "customfield_10010", name: "Site", required: true, allowedValues: [{ id: "1", value: "HQ" }] },
  ]);
});

test("Data Center lists the same under another name", () => {
  const jira = dataCenterSite(projectWith(site));

  const types = ask(jira, "GET", "/issue/createmeta/SEC/issuetypes");

  expect(types.json).toMatchObject({ isLast: true, values: [{ name: "Task" }] });
});

test("an edit changes what it names, by value or by operation, and is in the changelog", () => {
  const jira = cloudSite();
  const key = make(jira);

  const told = ask(jira, "PUT", `/issue/${key}`, {
    body: {
      fields: { summary: "Agent 007 is back" },
      update: { labels: [{ remove: "rp-1" }, { add: "riposte-twin" }] },
    },
    nowMs: noon + 1_000,
  });

  const issue = jira.issue(key);
  expect([told.status, told.body]).toEqual([204, ""]);
  expect([issue.summary, issue.labels]).toEqual(["Agent 007 is back", ["riposte", "riposte-twin"]]);
  expect(issue.changelog).toMatchObject([
    { field: "summary", from: "Agent 007 is lost", to: "Agent 007 is back" },
    { field: "labels", from: "riposte rp-1", to: "riposte riposte-twin" },
  ]);
});

test("a field in `fields` and in `update` at once is refused, and so is taking the summary away", () => {
  const jira = cloudSite();
  const key = make(jira);

  const both = ask(jira, "PUT", `/issue/${key}`, {
    body: { fields: { labels: [] }, update: { labels: [{ add: "a" }] } },
  });
  const none = ask(jira, "PUT", `/issue/${key}`, { body: { fields: { summary: null } } });

  expect(both.json?.["errors"]).toEqual({ labels: "Field 'labels' cannot appear in both 'fields' and 'update'" });
  expect(none.json?.["errors"]).toEqual({ summary: "You must specify a summary of the issue." });
});

test("a hundred keys are read at once, and nothing is said of those that are not there", () => {
  const jira = cloudSite();
  make(jira);
  jira.createByPerson("SEC", { summary: "Something else" }, noon);
  jira.createByPerson("SEC", { summary: "Hidden", hidden: true }, noon);
  make(jira);
  jira.deleteByPerson("SEC-41", noon);
  const keys = Array.from({ length: 100 }, (_, n) => `sec-${41 + n}`);

  const told = ask(jira, "POST", "/issue/bulkfetch", { body: { issueIdsOrKeys: keys, fields: ["labels", "created"] } });
  const more = ask(jira, "POST", "/issue/bulkfetch", { body: { issueIdsOrKeys: [...keys, "SEC-1"] } });

  expect(told.json).toMatchObject({
    issues: [
      { key: "SEC-42", fields: { labels: [] } },
      { key: "SEC-44", fields: { labels: ["riposte", "rp-1"], created: "2026-03-03T14:00:00.000+0200" } },
    ],
    issueErrors: [],
  });
  expect(more.status).toBe(400);
});

test("only the fields that are asked for are told", () => {
  const jira = cloudSite();
  const key = make(jira);
  const fieldsTold = (fields: string) =>
    Object.keys((ask(jira, "GET", `/issue/${key}?fields=${fields}`).json?.["fields"] ?? {}) as object);

  expect(fieldsTold("labels,created").sort()).toEqual(["created", "labels"]);
  expect(fieldsTold("*navigable")).not.toContain("comment");
  expect(fieldsTold("*all")).toContain("comment");
  expect(fieldsTold("*all,-comment")).not.toContain("comment");
});

test.each([
  ["CREATE_ISSUES", "POST", "/issue", 403],
  ["EDIT_ISSUES", "PUT", "/issue/SEC-41", 403],
  ["DELETE_ISSUES", "DELETE", "/issue/SEC-41", 403],
  ["ADD_COMMENTS", "POST", "/issue/SEC-41/comment", 403],
  ["TRANSITION_ISSUES", "POST", "/issue/SEC-41/transitions", 403],
  ["BROWSE_PROJECTS", "PUT", "/issue/SEC-41", 404],
] as const)("without %s a %s %s is a %i", (permission, method, path, status) => {
  const jira = cloudSite();
  make(jira);
  jira.site.project("SEC")?.granted.delete(permission);

  expect(ask(jira, method, path, { body: { fields: fieldsOf(jira) } }).status).toBe(status);
  expect(ask(jira, "GET", `/mypermissions?projectKey=SEC&permissions=${permission}`).json).toMatchObject({
    permissions: { [permission]: { havePermission: false } },
  });
});
