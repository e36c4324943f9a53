import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { describeWithPublishedSpecs } from "../shared-data.ts";
import { DescribedVendor } from "./described-vendor.ts";
import { JiraDescription } from "./jira-description.ts";
import type { JsonObject } from "./json.ts";
import { cloudSite, documentOf, noon } from "./jira/ask.ts";
import { usualAuthorization } from "./jira/jira.ts";

describeWithPublishedSpecs("Atlassian's published description", (fileNamed) => {
  const read = (file: string) => JSON.parse(readFileSync(fileNamed(file), "utf8")) as JsonObject;
  let description: JiraDescription;

  beforeAll(() => {
    description = new JiraDescription(
      read("jira-cloud-platform-v3.2025-12-25.json"),
      read("adf-full-schema-57.7.22.json"),
    );
  });

  function requestOf(method: string, path: string, body?: unknown, type = "application/json") {
    const headers = { authorization: usualAuthorization("Cloud"), "content-type": type };
    return { method, path, headers, body: body === undefined ? "" : JSON.stringify(body) };
  }

  const fields = {
    project: { key: "SEC" },
    issuetype: { name: "Task" },
    summary: "A",
    description: documentOf("Steps"),
  };
  const doc = documentOf("It escalated");
  const duplicate = { type: { name: "Duplicate" }, inwardIssue: { key: "SEC-41" }, outwardIssue: { key: "SEC-42" } };

  test("the whole conversation fits it, in what is asked and in what the fake answers", () => {
    const jira = cloudSite({ indexLagMs: 0 });
    const vendor = new DescribedVendor(jira, description);
    const say = (method: string, path: string, body?: unknown): number =>
      vendor.handle(requestOf(method, `/rest/api/3${path}`, body), noon).status;

    const statuses = [
      say("GET", "/serverInfo"),
      say("GET", "/myself"),
      say("GET", "/mypermissions?projectKey=SEC&permissions=CREATE_ISSUES,EDIT_ISSUES"),
      say("GET", "/project/SEC"),
      say("GET", "/project/search"),
      say("GET", "/project/SEC/statuses"),
      say("GET", "/priority"),
      say("GET", "/priority/search"),
      say("GET", "/resolution"),
      say("GET", "/field"),
      say("GET", "/issuetype"),
      say("GET", "/status"),
      say("GET", "/statuscategory"),
      say("GET", "/issueLinkType"),
      say("GET", "/attachment/meta"),
      say("GET", "/issue/createmeta/SEC/issuetypes?startAt=0&maxResults=50"),
      say("GET", "/issue/createmeta/SEC/issuetypes/10001"),
      say("POST", "/issue", { fields }),
      say("POST", "/issue", { fields, properties: [{ key: "riposte", value: 1 }] }),
      say("GET", "/issue/SEC-41?fields=labels,created&expand=changelog"),
      say("GET", "/issue/SEC-41"),
      say("PUT", "/issue/SEC-41?notifyUsers=false", { update: { labels: [{ add: "a" }] } }),
      say("POST", "/issue/bulkfetch", { issueIdsOrKeys: ["SEC-41"], fields: ["labels", "created"] }),
      say("POST", "/search/jql", { jql: "labels = a", fields: ["labels"], reconcileIssues: [20_001] }),
      say("GET", "/search/jql?jql=labels%3Da"),
      say("POST", "/issue/SEC-41/comment", { body: doc, properties: [{ key: "riposte", value: { mark: "rp-1" } }] }),
      say("GET", "/issue/SEC-41/comment?expand=properties&startAt=0&maxResults=100"),
      say("GET", "/comment/20003/properties"),
      say("GET", "/comment/20003/properties/riposte"),
      say("PUT", "/issue/SEC-41/comment/20003", { body: doc }),
      say("POST", "/issueLink", duplicate),
      say("GET", "/issue/SEC-41/transitions?expand=transitions.fields"),
      say("POST", "/issue/SEC-41/transitions", { transition: { id: "31" }, fields: { resolution: { name: "Done" } } }),
      say("GET", "/issue/SEC-42"),
      say("DELETE", "/issue/SEC-41/comment/20003"),
      say("DELETE", "/issue/SEC-41"),
    ];

    expect(vendor.requestFaults).toEqual([]);
    expect(vendor.answerFaults).toEqual([]);
    expect(statuses.filter((status) => status >= 300)).toEqual([]);
  });

  test.each<[string, string, string, unknown, string]>([
    ["an unknown path", "GET", "/issues/SEC-1", undefined, "/rest/api/3/issues/SEC-1: there is no such path"],
    ["an unknown method", "PATCH", "/issue/SEC-1", {}, "PATCH /rest/api/3/issue/SEC-1: there is no such method"],
    ["an unknown parameter", "GET", "/issue/SEC-1?field=a", undefined, "query: there is no parameter field"],
    [
      "a parameter of another type",
      "GET",
      "/issue/SEC-1/comment?startAt=a",
      undefined,
      "query: startAt: must be integer",
    ],
    [
      "a parameter with another value",
      "GET",
      "/issue/SEC-1/comment?orderBy=id",
      undefined,
      "query: orderBy: must be equal to one of the allowed values",
    ],
    ["no body", "POST", "/issue", undefined, "body: it is missing"],
    ["an unknown property", "POST", "/issue", { fields, mark: "a" }, "body: there is no mark in IssueUpdateDetails"],
    ["a property that Jira sets", "POST", "/issue/SEC-1/comment", { body: doc, id: "1" }, "body: id is Jira's to set"],
    ["ids as numbers", "POST", "/issue/bulkfetch", { issueIdsOrKeys: [1] }, "body/issueIdsOrKeys/0: must be string"],
    [
      "text for a document",
      "POST",
      "/issue",
      { fields: { ...fields, description: "a" } },
      "body.fields.description: not a document",
    ],
    ["a comment that is text", "PUT", "/issue/SEC-1/comment/1", { body: "a" }, "body.body: not a document"],
  ])("%s is a fault", (_, method, path, body, fault) => {
    expect(description.checkRequest(requestOf(method, `/rest/api/3${path}`, body))).toEqual([fault]);
  });

  test("a body of another type, a file without its header, and a body where none is due are faults", () => {
    const check = (method: string, path: string, type: string) =>
      description.checkRequest(requestOf(method, `/rest/api/3${path}`, {}, type));

    expect(check("POST", "/issue", "text/plain")).toEqual(["body: text/plain is not described, only application/json"]);
    expect(check("POST", "/issue/SEC-1/attachments", "multipart/form-data; boundary=a")).toEqual([
      "X-Atlassian-Token: no-check is missing",
    ]);
    expect(check("GET", "/myself", "application/json")).toEqual(["body: none is described"]);
  });

  test("the gateway and version 2 are read by the same description, the latter without its rich text", () => {
    const text = { fields: { ...fields, description: "Steps" } };

    expect(description.checkRequest(requestOf("GET", "/ex/jira/abc/rest/api/3/myself"))).toEqual([]);
    expect(description.checkRequest(requestOf("POST", "/rest/api/2/issue", text))).toEqual([]);
  });

  test("a document is judged by the schema of documents, wherever it stands", () => {
    const bad = { ...documentOf("a"), content: [{ type: "text", text: "a" }] };
    const update = { update: { comment: [{ add: { body: bad } }] } };

    expect(description.checkDocument(documentOf("a"))).toEqual([]);
    expect(description.checkDocument(bad)).not.toEqual([]);
    expect(description.checkRequest(requestOf("PUT", "/rest/api/3/issue/SEC-1", update))[0]).toMatch(
      /^body\.update\.comment\[0\]\.add\.body: document/,
    );
  });

  test("an answer that is none is a fault of the answer", () => {
    const request = requestOf("GET", "/rest/api/3/myself");
    const answer = (status: number, body: unknown) =>
      description.checkAnswer(request, { status, headers: {}, body: JSON.stringify(body) });

    expect(answer(200, { accountId: 1 })).toEqual(["answer/accountId: must be string"]);
    expect(answer(204, "")).toEqual(["204 is not an answer to this"]);
    expect(answer(429, {})).toEqual([]);
  });
});
