import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { serveVendor, type ServedFault } from "../serve.ts";
import { cloudSite, fieldsOf } from "./ask.ts";
import { usualAuthorization } from "./jira.ts";

async function serve(faultOf: (path: string) => ServedFault | null) {
  const jira = cloudSite();
  const served = await serveVendor(jira, { faults: (_, { path }) => faultOf(path) });
  onTestFinished(() => served.close());
  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    request(`${served.url}/rest/api/3${path}`, {
      method: "POST",
      headers: { authorization: usualAuthorization("Cloud"), "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
  const create = (signal?: AbortSignal) => post("/issue", { fields: fieldsOf(jira) }, signal);
  const look = async () => (await post("/issue/bulkfetch", { issueIdsOrKeys: ["SEC-41"] })).body.json();
  return { jira, served, create, look };
}

test("a create may be carried out after its client gave up, and after a look that found nothing", async () => {
  const late = { kind: "late-commit", delayMs: 300 } as const;
  const { jira, served, create, look } = await serve((path) => (path.endsWith("/issue") ? late : null));
  const patience = new AbortController();
  const call = create(patience.signal).catch(() => "gave up");
  await served.arrived(1);
  patience.abort();

  const before = await look();
  await served.drain();
  const after = await look();

  expect(await call).toBe("gave up");
  expect(before).toEqual({ issues: [], issueErrors: [] });
  expect(after).toMatchObject({ issues: [{ key: "SEC-41" }] });
  expect(jira.liveIssues()).toHaveLength(1);
});

test("a create whose answer is cut off, or is 30 MB of something else, has made an issue all the same", async () => {
  const faults: ServedFault[] = [
    { kind: "cut-off", afterBytes: 10 },
    { kind: "instead", done: true, answer: { status: 200, headers: {}, body: " ".repeat(30_000_000) } },
  ];
  const { jira, create } = await serve(() => faults.shift() ?? null);

  const cut = (await create()).body.text();
  await expect(cut).rejects.toThrow();
  const large = await (await create()).body.text();

  expect(large).toHaveLength(30_000_000);
  expect(jira.liveIssues().map(({ key }) => key)).toEqual(["SEC-41", "SEC-42"]);
});
