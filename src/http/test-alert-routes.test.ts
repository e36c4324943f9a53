import { afterEach, beforeEach, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

test("without a server that runs nobody could be told, and that is the answer", async () => {
  expect(await rig.post("/v1/test-alerts", { policy: "any" })).toMatchObject({
    status: 409,
    body: { detail: "no server is running, so nobody would be told: start it first" },
  });
});

test.each([
  [{ policy: "" }, /^policy: /],
  [{ fields: { "rule.level": "17" } }, /rule\.level: a whole number from 0 to 16/],
  [{ fields: { "rule.id": 5 } }, /^fields\.rule\.id: /],
  [{ fields: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`data.a${i}`, "x"])) }, /50 fields at most/],
  [{ polcy: "any" }, /polcy/],
])("a body such as %j is refused with what is wrong with it", async (body, says) => {
  const answer = await rig.post("/v1/test-alerts", body);

  expect(answer.status).toBe(400);
  expect((answer.body as { detail: string }).detail).toMatch(says);
});
