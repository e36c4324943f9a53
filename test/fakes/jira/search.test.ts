import { expect, test } from "vitest";
import { ask, cloudSite, dataCenterSite, make, noon } from "./ask.ts";
import type { FakeJira } from "./jira.ts";

const hour = 3_600_000;

function keys(jira: FakeJira, jql: string, nowMs = noon, more: object = {}): unknown {
  const path = jira.site.deployment === "Cloud" ? "/search/jql" : "/search";
  const { status, json, body } = ask(jira, "POST", path, { body: { jql, fields: ["key"], ...more }, nowMs });
  return status === 200 ? (json?.["issues"] as { key: string }[] | undefined)?.map(({ key }) => key) : body;
}

test("Cloud's search does not know of an issue until its index caught up, though it can be read at once", () => {
  const jira = cloudSite({ indexLagMs: 20_000 });
  const key = make(jira);

  expect(keys(jira, "labels = rp-1", noon + 19_999)).toEqual([]);
  expect(ask(jira, "GET", `/issue/${key}`).status).toBe(200);
  expect(keys(jira, "labels = rp-1", noon + 20_000)).toEqual([key]);
});

test("one issue may be twelve hours late, and is found at once where its id is reconciled", () => {
  const jira = cloudSite();
  const key = make(jira);
  jira.lagIndex(key, 12 * hour);
  const id = Number(jira.issue(key).id);

  expect(keys(jira, "labels = rp-1", noon + 1, { reconcileIssues: [id] })).toEqual([key]);
  expect(keys(jira, "labels = other", noon + 1, { reconcileIssues: [id] })).toEqual([]);
  expect(keys(jira, "labels = rp-1", noon, { reconcileIssues: Array.from({ length: 51 }, (_, n) => n) })).toMatch(
    /maximum number of issues to reconcile/,
  );
  expect(keys(jira, "labels = rp-1", noon + 11 * hour)).toEqual([]);
  expect(keys(jira, "labels = rp-1", noon + 12 * hour)).toEqual([key]);
});

test("the index knows old labels for as long as it lags", () => {
  const jira = cloudSite({ indexLagMs: 60_000 });
  const key = make(jira);
  ask(jira, "PUT", `/issue/${key}`, { body: { fields: { labels: ["riposte-twin"] } }, nowMs: noon + hour });

  expect(keys(jira, "labels = rp-1", noon + hour + 1)).toEqual([key]);
  expect(keys(jira, "labels = rp-1", noon + hour + 60_000)).toEqual([]);
});

test("without fields there are ids only, and never a total", () => {
  const jira = cloudSite({ indexLagMs: 0 });
  make(jira);

  const bare = ask(jira, "POST", "/search/jql", { body: { jql: "project = SEC" } });
  const named = ask(jira, "GET", "/search/jql?jql=project%20%3D%20SEC&fields=labels,created");

  expect(bare.json).toEqual({ issues: [{ id: "20001" }], isLast: true });
  expect(named.json).toMatchObject({ issues: [{ key: "SEC-41", fields: { labels: ["riposte", "rp-1"] } }] });
});

test("pages follow one another by their token, which is good for its own query alone", () => {
  const jira = cloudSite({ indexLagMs: 0 });
  for (let n = 0; n < 3; n += 1) make(jira);
  const jql = "project = SEC ORDER BY key ASC";
  const page = (more: object) =>
    ask(jira, "POST", "/search/jql", { body: { jql, fields: ["key"], maxResults: 2, ...more } });

  const first = page({}).json;
  const second = page({ nextPageToken: first?.["nextPageToken"] }).json;
  const other = page({ nextPageToken: first?.["nextPageToken"], jql: "project = OPS" });

  expect(first).toMatchObject({ issues: [{ key: "SEC-41" }, { key: "SEC-42" }], isLast: false });
  expect(second).toMatchObject({ issues: [{ key: "SEC-43" }], isLast: true });
  expect(second).not.toHaveProperty("nextPageToken");
  expect(other.status).toBe(400);
});

test("the old search is gone from Cloud, and current on Data Center", () => {
  const [cloud, dataCenter] = [cloudSite(), dataCenterSite()];
  const key = make(dataCenter);

  expect(ask(cloud, "GET", "/search?jql=project=SEC").status).toBe(410);
  expect(ask(dataCenter, "GET", "/search/jql?jql=project=SEC").status).toBe(404);
  expect(ask(dataCenter, "GET", "/search?jql=labels%3Drp-1&maxResults=5").json).toMatchObject({
    startAt: 0,
    maxResults: 5,
    total: 1,
    issues: [{ key, fields: { summary: "Agent 007 is lost" } }],
  });
});

test("clauses are joined, lists are taken, and the order is that which was asked for", () => {
  const jira = dataCenterSite();
  const later = noon + 600_000;
  for (const [n, label] of ["a", "b", "c"].entries()) make(jira, { labels: [label] }, noon + n * 60_000);
  jira.createByPerson("OPS", { summary: "Elsewhere", labels: ["a"] }, noon);

  expect(keys(jira, 'project = "SEC" AND labels in (a, "b") ORDER BY created DESC', later)).toEqual([
    "SEC-42",
    "SEC-41",
  ]);
  expect(keys(jira, "project in (SEC, OPS) and labels != b order by key", later)).toEqual([
    "OPS-1",
    "SEC-41",
    "SEC-43",
  ]);
  expect(keys(jira, "key in (SEC-41, SEC-43) ORDER BY key DESC", later)).toEqual(["SEC-43", "SEC-41"]);
  expect(keys(jira, "project = SEC AND key > SEC-41 ORDER BY key", later)).toEqual(["SEC-42", "SEC-43"]);
});

test("dates in a query are minutes of the account's own time zone", () => {
  const jira = dataCenterSite({ zoneMinutes: 120 });
  make(jira, {}, noon + 30_000);

  expect(keys(jira, 'project = SEC AND created >= "2026-03-03 14:00"', noon + 60_000)).toEqual(["SEC-41"]);
  expect(keys(jira, 'project = SEC AND created >= "2026-03-03 14:01"', noon + 60_000)).toEqual([]);
  expect(keys(jira, "project = SEC AND created >= -1m", noon + 90_000)).toEqual(["SEC-41"]);
  expect(keys(jira, "project = SEC AND created >= -1m", noon + 90_001)).toEqual([]);
});

test.each([
  ["project = NO", "The value 'NO' does not exist for the field 'project'."],
  ["key = SEC-999", "An issue with key 'SEC-999' does not exist for field 'key'."],
  ["colour = red", "Field 'colour' does not exist"],
  ["labels = a.b", "is a reserved JQL character"],
  ["labels = a OR labels = b", "'OR' was not expected there"],
  ["labels =", "at the end of the query"],
  ["project = SEC AND created > soon", "Date value 'soon'"],
  ["", "Unbounded JQL queries are not allowed here"],
])("%j is a 400 that says: %s", (jql, says) => {
  const jira = cloudSite();
  make(jira);

  expect(keys(jira, jql)).toContain(says);
});
