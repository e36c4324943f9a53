import { expect, onTestFinished, test } from "vitest";
import { serveCuttingJira } from "./jira-cutting.ts";

async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) }).catch(() => null);
  return answer === null ? "cut" : await answer.json();
}

const fields = { summary: "Agent 007 is lost", labels: ["riposte", "rp-1"] };

test("the first call of a body is done and not answered, the second is answered and makes a twin", async () => {
  const jira = await serveCuttingJira();
  onTestFinished(jira.close);

  const first = await post(jira.url, "/rest/api/3/issue", { fields });
  const second = await post(jira.url, "/rest/api/3/issue", { fields });

  expect([first, second]).toEqual(["cut", expect.objectContaining({ id: "2", key: "SEC-2" })]);
  expect(jira.issues.map(({ key }) => key)).toEqual(["SEC-1", "SEC-2"]);
});

test("what was made is found by key and by label", async () => {
  const jira = await serveCuttingJira({ cutsReads: false });
  onTestFinished(jira.close);
  await post(jira.url, "/rest/api/3/issue", { fields });

  const byKey = await post(jira.url, "/rest/api/3/issue/bulkfetch", { issueIdsOrKeys: ["SEC-1", "SEC-2"] });
  const byLabel = await post(jira.url, "/rest/api/3/search/jql", { jql: 'labels = "rp-1"' });
  const byOther = await post(jira.url, "/rest/api/3/search/jql", { jql: "labels = rp-2" });

  expect(byKey).toMatchObject({ issues: [{ key: "SEC-1", fields }] });
  expect(byLabel).toMatchObject({ issues: [{ key: "SEC-1" }], isLast: true });
  expect(byOther).toMatchObject({ issues: [] });
});

test("reads are cut as well unless they are spared", async () => {
  const jira = await serveCuttingJira();
  onTestFinished(jira.close);

  const ask = () => post(jira.url, "/rest/api/3/search/jql", { jql: "labels = rp-1" });

  expect([await ask(), await ask()]).toEqual(["cut", expect.objectContaining({ issues: [] })]);
});
