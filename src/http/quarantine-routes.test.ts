import { afterEach, beforeEach, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { aStretch } from "../../test/fixtures/kept-alerts.ts";
import type { QuarantineDetail, QuarantinePage } from "./quarantine-routes.ts";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

async function refuse(source: string, ...lines: readonly string[]): Promise<void> {
  const quarantine = lines.map((raw) => ({ why: "not_json" as const, raw }));
  await rig.parts.door.submit(aStretch([], { source, malformed: lines.length, quarantine }));
}

async function numbersOf(query: string): Promise<readonly string[]> {
  const { body } = await rig.get<QuarantinePage>(`/v1/quarantine${query}`);
  return body.lines.map(({ source, n, raw }) => `${source} ${n} ${raw}`);
}

test("the malformed lines of all sources are listed newest first, each with its number", async () => {
  await refuse("alerts", "{one", "{two");
  await rig.clock.advance(1_000);
  await refuse("worker-1", "{other");
  await rig.clock.advance(1_000);
  await refuse("alerts", "{three");

  expect(await numbersOf("")).toEqual(["alerts 3 {three", "worker-1 1 {other", "alerts 2 {two", "alerts 1 {one"]);
  expect(await numbersOf("?source=worker-1")).toEqual(["worker-1 1 {other"]);
  expect((await rig.get("/v1/quarantine?limit=3")).body).toMatchObject({ more: true });
  expect((await rig.get("/v1/quarantine?limit=4")).body).toMatchObject({ more: false });
});

test("of more than a hundred the last are there, under the numbers that they had", async () => {
  await refuse("alerts", ...Array.from({ length: 70 }, (_, i) => `bad ${i + 1}`));
  await refuse("alerts", ...Array.from({ length: 70 }, (_, i) => `bad ${i + 71}`));

  const expected = Array.from({ length: 100 }, (_, i) => `alerts ${140 - i} bad ${140 - i}`);
  expect(await numbersOf("?limit=1000")).toEqual(expected);
  expect((await rig.get<QuarantineDetail>("/v1/quarantine/alerts/41")).body).toMatchObject({
    line: { source: "alerts", n: 41, why: "not_json", raw: "bad 41" },
  });
  expect(await rig.get("/v1/quarantine/alerts/40")).toMatchObject({ status: 404 });
});

test("a long one is cut in the list, and shown with as much as is kept", async () => {
  await refuse("alerts", "x".repeat(100_000));

  const [listed] = (await rig.get<QuarantinePage>("/v1/quarantine")).body.lines;
  const shown = (await rig.get<QuarantineDetail>("/v1/quarantine/alerts/1")).body.line;

  expect(listed?.raw).toMatch(/^x{198} …$/);
  expect(shown.raw).toBe("x".repeat(16_384));
});

test.each([
  ["/v1/quarantine?source=other", 404, "no source other"],
  ["/v1/quarantine?sorce=alerts", 400, "sorce"],
  ["/v1/quarantine?limit=0", 400, "limit"],
  ["/v1/quarantine/other/1", 404, "no source other"],
  ["/v1/quarantine/alerts/2", 404, "line 2 of alerts"],
  ["/v1/quarantine/alerts/one", 404, "line one of alerts"],
])("%s is answered with %i", async (path, status, says) => {
  await refuse("alerts", "{one");

  const answer = await rig.get<{ detail: string }>(path);

  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain(says);
});
