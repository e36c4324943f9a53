import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { HOUR_MS } from "../core/time.ts";
import type { SilenceDetail, SilenceDone, SilencePage } from "./silence-routes.ts";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
  await rig.threeIncidents();
});
afterEach(() => rig.close());

async function silences(query = ""): Promise<SilencePage> {
  return (await rig.get<SilencePage>(`/v1/silences${query}`)).body;
}

test("a silence is added with how many open incidents it hides, listed, shown and ended", async () => {
  const matchers = { policy: "any", "rule.level": ">= 5" };
  const added = await rig.post("/v1/silences", { matchers, for_ms: HOUR_MS, comment: "moving the rack" });
  const { id, hides } = added.body as SilenceDone;
  expect([added.status, hides?.incidents, hides?.lookedAt]).toEqual([200, 3, 3]);

  expect((await silences()).silences).toMatchObject([
    { id, comment: "moving the rack", matchers, endsAt: rig.clock.now() + HOUR_MS, isLive: true, incident: null },
  ]);
  expect((await rig.get<SilenceDetail>(`/v1/silences/${id}`)).body.hides.shown.length).toBe(3);

  expect(await rig.post(`/v1/silences/${id}/expire`, {})).toMatchObject({
    status: 200,
    body: { id, hides: null },
  });
  expect((await silences()).silences).toEqual([]);
  expect((await silences("?over=true")).silences).toMatchObject([{ id, isLive: false }]);
  expect((await rig.post(`/v1/silences/${id}/expire`, {})).status).toBe(409);
  const { body } = await rig.get<{ audit: readonly { what: string; about: string }[] }>("/v1/audit");
  expect(body.audit.slice(0, 2)).toMatchObject([
    { what: "expire_silence", about: String(id) },
    { what: "add_silence", about: JSON.stringify(matchers) },
  ]);
});

test("one incident is silenced until it is over", async () => {
  const added = await rig.post("/v1/silences", { incident: 2, until_resolved: true });

  expect(added.body).toMatchObject({ hides: { incidents: 1, shown: [{ id: 2 }] } });
  expect((await silences()).silences).toMatchObject([{ incident: 2, endsAt: null }]);
});

describe("what is refused", () => {
  test.each([
    [{ for_ms: HOUR_MS }, 400, /say matchers or an incident/],
    [{ matchers: { policy: "any" } }, 400, /say for_ms or until_resolved/],
    [{ matchers: { policy: "any" }, until_resolved: true }, 400, /until_resolved is for one incident/],
    [{ matchers: { policy: "any" }, for_ms: 5 }, 400, /for_ms/],
    [{ matchers: { plicy: "any" }, for_ms: HOUR_MS }, 400, /^plicy: not a field of Wazuh's alerts/],
    [{ matchers: { "rule.id": "/(/" }, for_ms: HOUR_MS }, 400, /^rule\.id: not a regular expression/],
    [{ matchers: {}, for_ms: HOUR_MS }, 409, /it matches everything/],
    [{ incident: 99, for_ms: HOUR_MS }, 409, /there is no incident #99/],
  ])("%j", async (body, status, says) => {
    const answer = await rig.post("/v1/silences", body);

    expect([answer.status, (answer.body as { detail: string }).detail]).toEqual([status, expect.stringMatching(says)]);
    expect((await silences("?over=true")).silences).toEqual([]);
  });

  test("what matches everything is taken from who says so", async () => {
    const answer = await rig.post("/v1/silences", { matchers: {}, for_ms: HOUR_MS, everything: true });

    expect(answer.body).toMatchObject({ hides: { incidents: 3 } });
  });

  test("a silence that is not there", async () => {
    expect((await rig.get("/v1/silences/9")).status).toBe(404);
    expect((await rig.get("/v1/silences/x")).status).toBe(404);
    expect((await rig.post("/v1/silences/9/expire", {})).status).toBe(409);
  });
});
