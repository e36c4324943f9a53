import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createVendors } from "./vendors.ts";

const TOKEN = "token-of-the-test";

let server: Server;
let url: string;
let now: number;
let fed: number;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 23, 7, 10);
  fed = 0;
  const app = createVendors({ jiraToken: TOKEN, now: () => now, alertsFed: () => fed, lookAgainMs: 10 });
  server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function slack(body: unknown): Promise<Response> {
  now += 1_000;
  return fetch(`${url}/slack/services/SANDBOX`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function jira(body: unknown, token = TOKEN): Promise<Response> {
  return fetch(`${url}/jira/automation`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Automation-Webhook-Token": token },
    body: JSON.stringify(body),
  });
}

async function state() {
  const answer = await fetch(`${url}/api/state`);
  return (await answer.json()) as {
    totals: { alertsFed: number; messages: number; tickets: number; failedRuns: number; lastFailedRun: string | null };
    messages: { at: number; parts: { kind: string }[] }[];
    tickets: { key: string; summary: string; description: string; type: string; extra: unknown[] }[];
  };
}

function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

function draft(more: object = {}) {
  return { data: { summary: "Agent lost", description: "line 1\nline 2", issuetype: { name: "Task" }, ...more } };
}

describe("the stand-in for Slack", () => {
  test("answers ok to blocks, to the older attachments and to plain text", async () => {
    const bodies = [
      { text: "fallback", blocks: [{ type: "header", text: { type: "plain_text", text: "A" } }, section("*b*")] },
      {
        attachments: [
          {
            color: "danger",
            pretext: "Wazuh Alert",
            title: "t",
            text: "x",
            fields: [{ title: "Agent", value: "(001)" }],
            ts: "1795417800.12",
          },
        ],
      },
      { text: "hello" },
    ];

    for (const body of bodies) {
      const answer = await slack(body);
      expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
    }

    const { messages } = await state();
    expect(messages.map(({ parts }) => parts.map(({ kind }) => kind))).toEqual([
      ["header", "text"],
      ["text", "attachment"],
      ["text"],
    ]);
  });

  test("takes the older form field `payload`", async () => {
    const body = new URLSearchParams({ payload: JSON.stringify({ text: "hello" }) });
    const answer = await fetch(`${url}/slack/services/SANDBOX`, { method: "POST", body });
    expect(answer.status).toBe(200);
  });

  test.each<[string, unknown]>([
    ["invalid_payload", "{"],
    ["invalid_payload", []],
    ["no_text", {}],
    ["invalid_blocks", { blocks: [section("x".repeat(3_001))] }],
    ["invalid_blocks", { blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] }],
    ["invalid_blocks", { blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) }],
    ["invalid_blocks", { blocks: [{ type: "marquee" }] }],
    ["invalid_blocks", { attachments: [{ blocks: [section("")] }] }],
    ["msg_blocks_too_long", { blocks: Array.from({ length: 5 }, () => section("x".repeat(2_900))) }],
  ])("refuses with %s", async (error, body) => {
    const answer = await slack(body);
    expect([answer.status, await answer.text()]).toEqual([400, error]);
  });

  test("knows no other webhook", async () => {
    const answer = await fetch(`${url}/slack/services/T0/B0/x`, { method: "POST", body: '{"text":"x"}' });
    expect([answer.status, await answer.text()]).toEqual([404, "no_service"]);
  });

  test("takes a short burst, then one message a second, and says when to come back", async () => {
    const post = () => fetch(`${url}/slack/services/SANDBOX`, { method: "POST", body: '{"text":"x"}' });
    const burst = [await post(), await post(), await post(), await post()];
    expect(burst.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(burst[3]?.headers.get("Retry-After")).toBe("1");

    now += 1_000;
    expect((await post()).status).toBe(200);
    expect((await post()).status).toBe(429);
  });

  test("keeps the last two hundred messages and goes on counting", async () => {
    for (let number = 1; number <= 205; number++) await slack({ text: `message ${number}` });

    const { messages, totals } = await state();
    expect(messages).toHaveLength(200);
    expect(totals.messages).toBe(205);
    expect(JSON.stringify(messages[0])).toContain("message 6");
  });
});

describe("the stand-in for Jira Automation", () => {
  test("makes SEC-1, SEC-2, … of what it gets and tells the sender no key", async () => {
    const answers = [await jira(draft({ severity: "high", tags: ["a"] })), await jira(draft({ summary: "Second" }))];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await answers[0]?.text()).toBe("{}");
    const { tickets } = await state();
    expect(tickets.map(({ key, summary, type }) => [key, summary, type])).toEqual([
      ["SEC-1", "Agent lost", "Task"],
      ["SEC-2", "Second", "Task"],
    ]);
    expect(tickets[0]?.extra).toEqual([
      { name: "severity", value: "high" },
      { name: "tags", value: '["a"]' },
    ]);
  });

  test("refuses a wrong token and makes nothing", async () => {
    expect((await jira(draft(), "guess")).status).toBe(401);
    expect((await state()).tickets).toEqual([]);
  });

  test.each<[string, object]>([
    ["the summary is longer than 255 characters", draft({ summary: "x".repeat(256) })],
    ["the summary has a line break", draft({ summary: "a\nb" })],
    ["the summary is missing", { summary: "outside data" }],
    ["the issue type has no name", draft({ issuetype: "Task" })],
    ["the description is longer than 32,767 characters", draft({ description: "x".repeat(32_768) })],
  ])("answers as ever when its rule fails: %s", async (error, body) => {
    expect((await jira(body)).status).toBe(200);

    const { tickets, totals } = await state();
    expect(tickets).toEqual([]);
    expect(totals).toMatchObject({ failedRuns: 1, lastFailedRun: error });
  });
});

describe("what the page follows", () => {
  test("sends everything at first and then only what is new", async () => {
    await slack({ text: "first" });
    const gone = new AbortController();
    const boards = follow(await fetch(`${url}/events`, { signal: gone.signal }));

    const whole = (await boards.next()).value;
    await jira(draft());
    const next = (await boards.next()).value;
    gone.abort();

    expect(whole).toMatchObject({ whole: true, totals: { messages: 1, tickets: 0 }, tickets: [] });
    expect(whole?.messages).toHaveLength(1);
    expect(next).toMatchObject({ whole: false, messages: [], tickets: [{ key: "SEC-1" }] });
    expect(next?.totals.lastEvent).toEqual({ at: now, what: "ticket SEC-1" });
  });

  test("hears before long that more alerts were fed", async () => {
    const gone = new AbortController();
    const boards = follow(await fetch(`${url}/events`, { signal: gone.signal }));
    await boards.next();

    fed = 7;

    expect((await boards.next()).value).toMatchObject({ totals: { alertsFed: 7 } });
    gone.abort();
  });

  test("answers only under this machine's own names", async () => {
    const app = createVendors({ jiraToken: TOKEN });
    expect((await app.request("http://rebound.example/api/state")).status).toBe(403);
    expect((await app.request("http://localhost:8642/api/state")).status).toBe(200);
  });
});

interface BoardEvent {
  whole: boolean;
  totals: { alertsFed: number; lastEvent: object };
  messages: object[];
  tickets: object[];
}

async function* follow(answer: Response): AsyncGenerator<BoardEvent, undefined> {
  let received = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    received += chunk;
    for (let end = received.indexOf("\n\n"); end !== -1; end = received.indexOf("\n\n")) {
      const data = /^data: (.*)$/m.exec(received.slice(0, end))?.[1];
      received = received.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as BoardEvent;
    }
  }
  return undefined;
}
