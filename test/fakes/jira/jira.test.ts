import { expect, test } from "vitest";
import { textAnswer } from "../vendor.ts";
import { ask, cloudSite, dataCenterSite, documentOf, fieldsOf, make, noon } from "./ask.ts";
import { usualAuthorization, usualEmail, usualTokenText } from "./jira.ts";

const wrong = { authorization: "Basic bm9ib2R5Om5vdGhpbmc=" };

test("a site tells what it is to whoever asks, under both versions", () => {
  const [cloud, dataCenter] = [cloudSite(), dataCenterSite()];
  const nobody = { headers: { authorization: "" } };

  expect(ask(cloud, "GET", "//rest/api/2/serverInfo", nobody).json).toMatchObject({
    deploymentType: "Cloud",
    baseUrl: "https://example.atlassian.net",
    serverTime: "2026-03-03T14:00:00.000+0200",
  });
  expect(ask(dataCenter, "GET", "//rest/api/2/serverInfo").json).toMatchObject({ deploymentType: "Server" });
  expect(ask(dataCenter, "GET", "//rest/api/3/serverInfo").status).toBe(404);
  expect(ask(cloud, "GET", "//_edge/tenant_info", nobody).json).toEqual({ cloudId: cloud.site.cloudId });
});

test("a wrong token is a 401 of Jira's, a page to log in, or a way to it", () => {
  const jira = cloudSite();
  const get = () => ask(jira, "GET", "/myself", { headers: wrong });

  expect(get()).toMatchObject({ status: 401, json: { "status-code": 401 } });
  jira.loginHabit = "login-page";
  expect(get()).toMatchObject({ status: 200, headers: { "content-type": "text/html;charset=UTF-8" } });
  jira.loginHabit = "redirect";
  expect(get().headers["location"]).toMatch(/\/login\.jsp/);
  expect(get().status).toBe(302);
});

test("where anybody may look, a wrong token finds nothing and is told so with a 200", () => {
  const jira = cloudSite({ loginHabit: "anonymous", indexLagMs: 0 });
  const key = make(jira);
  const nobody = (method: string, path: string, body?: unknown) => ask(jira, method, path, { body, headers: wrong });

  const search = nobody("POST", "/search/jql", { jql: "labels = rp-1" });
  const bulk = nobody("POST", "/issue/bulkfetch", { issueIdsOrKeys: [key] });

  expect([search.status, search.json]).toEqual([200, { issues: [], isLast: true }]);
  expect([bulk.status, bulk.json]).toEqual([200, { issues: [], issueErrors: [] }]);
  expect(search.headers["x-seraph-loginreason"]).toBe("AUTHENTICATED_FAILED");
  expect(nobody("GET", `/issue/${key}`).status).toBe(404);
  expect(nobody("GET", "/myself").status).toBe(401);
  expect(nobody("POST", "/issue", { fields: fieldsOf(jira) }).status).toBe(401);
});

test("a token that expires at noon is good until then", () => {
  const jira = cloudSite({ tokens: [{ email: usualEmail, token: usualTokenText, expiresAt: noon }] });

  expect(ask(jira, "GET", "/myself", { nowMs: noon - 1 }).json).toMatchObject({ displayName: "Riposte" });
  expect(ask(jira, "GET", "/myself", { nowMs: noon }).status).toBe(401);
});

test("a scoped token is good on the gateway alone", () => {
  const jira = cloudSite({ tokens: [{ email: usualEmail, token: usualTokenText, scoped: true }] });
  const gateway = `//ex/jira/${jira.site.cloudId}/rest/api/3`;

  expect(ask(jira, "GET", "/myself").status).toBe(401);
  expect(ask(jira, "GET", `${gateway}/myself`).status).toBe(200);
  expect(ask(jira, "POST", `${gateway}/issue`, { body: { fields: fieldsOf(jira) } }).status).toBe(201);
  expect(ask(jira, "GET", `${gateway}/myself`, { headers: wrong }).json).toEqual({
    code: 401,
    message: "Unauthorized",
  });
  expect(ask(jira, "GET", "//ex/jira/other/rest/api/3/myself").status).toBe(404);
});

test("Data Center takes a bearer's token and no other", () => {
  const jira = dataCenterSite();

  expect(ask(jira, "GET", "/myself").json).toMatchObject({
    displayName: "Riposte",
    name: expect.any(String) as string,
  });
  expect(ask(jira, "GET", "/myself", { headers: { authorization: usualAuthorization("Cloud") } }).status).toBe(401);
});

test("version 2 of Cloud speaks text, and shows as text what was written as a document", () => {
  const jira = cloudSite();
  const key = make(jira);
  const v2 = { fields: fieldsOf(jira, { description: "one\ntwo" }) };

  const read = ask(jira, "GET", `//rest/api/2/issue/${key}`);
  const written = ask(jira, "POST", "//rest/api/2/issue", { body: v2 });

  expect(read.json).toMatchObject({ fields: { description: "Steps" } });
  expect(ask(jira, "GET", `/issue/${String(written.json?.["key"])}`).json).toMatchObject({
    fields: { description: { content: [documentOf("one")["content"], documentOf("two")["content"]].flat() } },
  });
});

test("an outage is everybody's, and what was done in it is done", () => {
  const jira = cloudSite();
  const page = textAnswer(503, "<html>down for maintenance</html>", { "retry-after": "60" });

  jira.outage = { answer: page, done: false };
  const refused = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira) } });
  jira.outage = { answer: page, done: true };
  const done = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira) } });
  jira.outage = null;

  expect([refused.status, refused.headers["retry-after"], done.status]).toEqual([503, "60", 503]);
  expect(jira.liveIssues()).toHaveLength(1);
});

test("what is scripted comes first, then it works again", () => {
  const jira = cloudSite();
  jira.scripted.push(textAnswer(500, ""));

  expect([ask(jira, "GET", "/myself").status, ask(jira, "GET", "/myself").status]).toEqual([500, 200]);
});

test.each([
  ["a path that there is not", "GET", "/nothing", undefined, {}, 404],
  ["a method that there is not", "PUT", "/issue", {}, {}, 405],
  ["a body that is not JSON", "POST", "/issue", "{", {}, 400],
  ["a body of another type", "POST", "/issue", {}, { "content-type": "text/plain" }, 415],
  ["a number that is none", "GET", "/issue/createmeta/SEC/issuetypes?startAt=x", undefined, {}, 400],
] as const)("%s is a refusal", (_, method, path, body, headers, status) => {
  expect(ask(cloudSite(), method, path, { body, headers }).status).toBe(status);
});

test("every call is kept with the way that it went in and what came of it", () => {
  const jira = cloudSite();
  const key = make(jira);
  ask(jira, "GET", `/issue/${key}/transitions`, { nowMs: noon + 7 });

  expect(jira.requests).toMatchObject([
    { at: noon, route: "POST /issue", status: 201 },
    { at: noon + 7, method: "GET", route: "GET /issue/{issue}/transitions", status: 200 },
  ]);
  expect(JSON.stringify(jira.requests)).not.toContain(usualTokenText);
});
