import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { request } from "undici";
import { FakeJiraAutomation, type RuleCall } from "./jira-automation.ts";
import { serveVendor } from "./serve.ts";
import { jsonAnswer } from "./vendor.ts";

const token = "planted-token";
const headers = { "x-automation-webhook-token": token, "content-type": "application/json" };
const fields = { summary: "Agent 007 is lost", description: "Steps", issuetype: { name: "Task" } };

let jira: FakeJiraAutomation;

beforeEach(() => {
  jira = new FakeJiraAutomation({ token, createAfterMs: 3_000 });
});

function send(body: unknown, nowMs = 0): number {
  return jira.handle({ method: "POST", path: jira.path, headers, body: JSON.stringify(body) }, nowMs).status;
}

test("a call is received at once, and the issue is there only when the rule has run", () => {
  const answer = jira.handle(
    { method: "POST", path: jira.path, headers, body: JSON.stringify({ data: fields }) },
    1_000,
  );

  jira.settle(3_999);
  expect(answer).toMatchObject({ status: 200, body: "{}" });
  expect([jira.received.length, jira.issues.length]).toEqual([1, 0]);
  jira.settle(4_000);
  expect(jira.issues).toEqual([
    {
      key: "SEC-1",
      summary: "Agent 007 is lost",
      description: "Steps",
      issueType: "Task",
      receivedAt: 1_000,
      createdAt: 4_000,
      commentedAt: [],
      body: { data: fields },
    },
  ]);
});

test("a later call lets the rule catch up first, each issue created when it was due", () => {
  send({ data: fields }, 0);
  send({ data: fields }, 10);
  send({ data: fields }, 9_000);

  expect(jira.issues.map(({ key, createdAt }) => [key, createdAt])).toEqual([
    ["SEC-1", 3_000],
    ["SEC-2", 3_010],
  ]);
  expect(jira.waiting).toHaveLength(1);
});

test.each([
  ["no data", {}, "data is missing"],
  ["no summary", { data: { ...fields, summary: undefined } }, "data.summary is missing"],
  ["a blank summary", { data: { ...fields, summary: "  " } }, "data.summary is missing"],
  ["a line break in the summary", { data: { ...fields, summary: "a\nb" } }, "data.summary has a line break"],
  ["a summary of 256", { data: { ...fields, summary: "s".repeat(256) } }, "data.summary is over 255"],
  [
    "a description of 32,768",
    { data: { ...fields, description: "d".repeat(32_768) } },
    "data.description is over 32767",
  ],
  ["a description that is no text", { data: { ...fields, description: null } }, "data.description is not text"],
  ["no issue type", { data: { ...fields, issuetype: "Task" } }, "data.issuetype.name is missing"],
  ["a foreign issue type", { data: { ...fields, issuetype: { name: "Epos" } } }, "data.issuetype.name is unknown here"],
])("with %s the call is received and the rule fails unseen", (_, body, why) => {
  expect(send(body)).toBe(200);

  jira.settle(3_000);
  expect(jira.issues).toEqual([]);
  expect(jira.failedRuns).toMatchObject([{ receivedAt: 0, at: 3_000, why }]);
});

test("a summary of 255 and a description of 32,767 fit", () => {
  send({ data: { ...fields, summary: "s".repeat(255), description: "d".repeat(32_767) } });

  jira.settle(3_000);
  expect(jira.issues).toHaveLength(1);
});

test.each([
  ["no token", { headers: {} }, 401],
  ["a wrong token", { headers: { ...headers, "x-automation-webhook-token": "other" } }, 403],
  ["another path", { path: "/automation/webhooks/jira/a/cloud/other" }, 404],
  ["another method", { method: "GET" }, 405],
  ["a body that is not JSON", { body: "data=1" }, 400],
  ["a body that is a list", { body: "[]" }, 400],
])("%s is refused and starts nothing", (_, change, status) => {
  const answer = jira.handle({ method: "POST", path: jira.path, headers, body: "{}", ...change }, 5);

  jira.settle(60_000);
  expect(answer.status).toBe(status);
  expect(jira.refused).toEqual([{ at: 5, status }]);
  expect([jira.received, jira.issues, jira.failedRuns]).toEqual([[], [], []]);
});

describe("the rule that looks the mark up", () => {
  const data = { ...fields, riposte: { mark: "rp-a-1-soc-1" } };
  const other = { ...fields, riposte: { mark: "rp-a-2-soc-1" } };
  let calls: RuleCall[];
  beforeEach(() => {
    jira = new FakeJiraAutomation({ token, createAfterMs: 0, looksUp: { indexLagMs: 60_000 } });
    calls = [];
    jira.called = (call) => calls.push(call);
  });

  test("makes one issue for a mark, comments on it the next time, and calls back each time", () => {
    send({ data }, 0);
    send({ data: other }, 1_000);
    send({ data }, 60_000);
    jira.settle(60_000);

    expect(jira.issues.map(({ key, commentedAt }) => [key, commentedAt])).toEqual([
      ["SEC-1", [60_000]],
      ["SEC-2", []],
    ]);
    expect(calls.map(({ mark, key, created }) => `${mark} ${key} ${created}`)).toEqual([
      "rp-a-1-soc-1 SEC-1 true",
      "rp-a-2-soc-1 SEC-2 true",
      "rp-a-1-soc-1 SEC-1 false",
    ]);
  });

  test("makes a second one where the search does not know of the first yet", () => {
    send({ data }, 0);
    send({ data }, 59_999);
    jira.settle(59_999);

    expect(calls.map(({ key, created }) => `${key} ${created}`)).toEqual(["SEC-1 true", "SEC-2 true"]);
  });

  test("says nothing of a call whose fields do not fit, or that has no mark", () => {
    send({ data: { ...data, summary: "" } }, 0);
    send({ data: fields }, 0);
    jira.settle(0);

    expect([jira.failedRuns.length, jira.issues.length, calls]).toEqual([1, 1, []]);
  });
});

test("no answer holds the token", () => {
  const answers = [{}, { "x-automation-webhook-token": "other" }, headers].map((given) =>
    jira.handle({ method: "POST", path: jira.path, headers: given, body: "no" }, 0),
  );

  expect(JSON.stringify(answers)).not.toContain(token);
});

test("over a socket, trouble that was scripted comes first and then it works", async () => {
  jira.scripted.push(jsonAnswer(429, {}, { "retry-after": "7" }), jsonAnswer(503, {}));
  const served = await serveVendor(jira);
  onTestFinished(() => served.close());

  const statuses: unknown[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const {
      statusCode,
      headers: got,
      body,
    } = await request(`${served.url}${jira.path}`, {
      method: "POST",
      headers,
      body: JSON.stringify({ data: fields }),
    });
    await body.dump();
    statuses.push([statusCode, got["retry-after"]]);
  }

  expect(statuses).toEqual([
    [429, "7"],
    [503, undefined],
    [200, undefined],
  ]);
  expect(jira.received).toHaveLength(1);
});
