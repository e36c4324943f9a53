import { expect, test } from "vitest";
import { ask, cloudSite, dataCenterSite, documentOf, make, noon, type Told } from "./ask.ts";

function reasonOf({ status, headers }: Told): unknown {
  return [status, headers["ratelimit-reason"], headers["retry-after"]];
}

const slow = { perSecond: 1, atOnce: 2 };

test("a burst is one endpoint's and one method's, and the others go on", () => {
  const jira = cloudSite({ limits: { burst: { GET: slow, POST: slow, PUT: slow, DELETE: slow } } });
  const key = make(jira);
  make(jira);

  const third = ask(jira, "POST", "/issue", { body: {} });

  expect(reasonOf(third)).toEqual([429, "jira-burst-based", "1"]);
  expect(third.headers["x-ratelimit-remaining"]).toBe("0");
  expect(ask(jira, "POST", `/issue/${key}/comment`, { body: { body: documentOf("a") } }).status).toBe(201);
  expect(ask(jira, "GET", `/issue/${key}`).status).toBe(200);
  expect(make(jira, {}, noon + 1_000)).toBe("SEC-43");
});

test("one issue takes twenty writes in two seconds, and others are not concerned", () => {
  const jira = cloudSite();
  const [busy, other] = [make(jira), make(jira)];
  const comment = (key: string, nowMs = noon) =>
    ask(jira, "POST", `/issue/${key}/comment`, { body: { body: documentOf("a") }, nowMs });
  for (let n = 0; n < 20; n += 1) expect(comment(busy).status).toBe(201);

  expect(reasonOf(comment(busy))).toEqual([429, "jira-per-issue-on-write", "2"]);
  expect(ask(jira, "PUT", `/issue/${jira.issue(busy).id}`, { body: {} }).status).toBe(429);
  expect(ask(jira, "GET", `/issue/${busy}`).status).toBe(200);
  expect(comment(other).status).toBe(201);
  expect(comment(busy, noon + 2_000).status).toBe(201);
});

test("a quota is the whole site's", () => {
  const jira = cloudSite({ limits: { quota: { windowMs: 3_600_000, max: 2 } } });
  make(jira);
  ask(jira, "GET", "/myself");

  expect(reasonOf(ask(jira, "GET", "/myself", { nowMs: noon + 600_000 }))).toEqual([
    429,
    "jira-quota-tenant-based",
    "3000",
  ]);
});

test("Data Center refuses without a reason", () => {
  const jira = dataCenterSite({ limits: { node: slow } });
  make(jira);
  make(jira);

  expect(reasonOf(ask(jira, "GET", "/myself"))).toEqual([429, undefined, "1"]);
});

test("a call that was refused counts against nobody", () => {
  const jira = cloudSite({ limits: { perIssueWrite: [{ windowMs: 1_000, max: 1 }] } });
  const key = make(jira);
  const edit = (nowMs: number) => ask(jira, "PUT", `/issue/${key}`, { body: {}, nowMs }).status;

  expect([edit(noon), edit(noon + 999), edit(noon + 1_000)]).toEqual([204, 429, 204]);
});
