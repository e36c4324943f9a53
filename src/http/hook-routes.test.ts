import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { aDestination, aSnapshot } from "../../test/fixtures/kept-alerts.ts";
import { createApi } from "./api.ts";
import type { Caller } from "./caller.ts";
import { createDoor } from "./door.ts";
import { hookRoutes } from "./hook-routes.ts";
import type { IncidentDetail } from "./incident-routes.ts";

const PATH = "/v1/hooks/jira-automation";
const told = {
  mark: "rp-abcdefgh-1-chat-1",
  key: "SEC-12",
  url: "https://example.atlassian.net/browse/SEC-12",
  created: true,
};

let rig: ApiRig;

async function openRig(): Promise<void> {
  rig = await openApiRig(aSnapshot(undefined, [aDestination({ name: "chat", callsBack: true })]));
  await rig.threeIncidents();
}

async function counted(outcome: string): Promise<number> {
  const line = new RegExp(`^riposte_callbacks_total\\{outcome="${outcome}"\\} (\\d+)$`, "m");
  return Number(line.exec(await rig.parts.metrics.page(null))?.[1] ?? 0);
}

describe("what Jira's rule says", () => {
  beforeEach(openRig);
  afterEach(() => rig.close());

  it("is written down before it is answered, and said again it changes nothing", async () => {
    expect(await rig.post(PATH, told)).toMatchObject({
      status: 200,
      body: { incident: 1, key: "SEC-12", known: false },
    });
    const { body } = await rig.get<IncidentDetail>("/v1/incidents/1");
    expect(body.receipts).toMatchObject([
      { destination: "chat", remote: { anchor: "SEC-12", url: "https://example.atlassian.net/browse/SEC-12" } },
    ]);

    expect(await rig.post(PATH, told)).toMatchObject({ status: 200, body: { known: true } });

    expect((await rig.get<IncidentDetail>("/v1/incidents/1")).body.moments).toEqual(body.moments);
    expect(await counted("taken")).toBe(1);
    expect(await counted("known")).toBe(1);
  });

  it("may have more to it, and less where nothing hangs on it", async () => {
    for (const url of [undefined, null, ""]) {
      expect(await rig.post(PATH, { ...told, url, rule: "ours", webhookData: {} })).toMatchObject({ status: 200 });
    }
    const { body } = await rig.get<IncidentDetail>("/v1/incidents/1");
    expect(body.receipts).toMatchObject([{ remote: { anchor: "SEC-12", url: null } }]);
  });
});

describe("what is said and not believed", () => {
  beforeAll(openRig);
  afterAll(() => rig.close());

  it.each([
    ["no object", [told], /expected object/],
    ["nothing", {}, /mark.*key.*created/s],
    ["no mark of ours", { ...told, mark: "{{webhookData.data.riposte.mark}}" }, /^mark: is no mark of ours/],
    ["no key", { ...told, key: "" }, /^key: is no key of an issue/],
    ["a key with more in it", { ...told, key: "SEC-12> <!channel>" }, /^key: is no key of an issue/],
    ["no word on whether it was made", { ...told, created: "" }, /^created: expected true where the rule made/],
    ["the address of another issue", { ...told, url: "https://example.net/browse/SEC-1" }, /^url: is not the address/],
    ["an address that is none", { ...told, url: "javascript:alert(1)//SEC-12" }, /^url: is not the address/],
    ["an address with a secret in it", { ...told, url: "https://a:b@example.net/browse/SEC-12" }, /^url: is not/],
    ["an address with more behind it", { ...told, url: "https://example.net/a|b /browse/SEC-12" }, /^url: is not/],
    ["a very long address", { ...told, url: `https://example.net/${"x".repeat(500)}/SEC-12` }, /^url: /],
  ])("is refused with what is wrong: %s", async (_, body, says) => {
    const answer = await rig.post(PATH, body);

    expect(answer).toMatchObject({ status: 400, body: { type: "urn:riposte:bad-request" } });
    expect((answer.body as { detail: string }).detail).toMatch(says);
    expect((await rig.get<IncidentDetail>("/v1/incidents/1")).body.receipts).toEqual([]);
  });

  it.each([
    ["an incident that is not there", "rp-abcdefgh-99-chat-1", "unknown_incident"],
    ["another destination", "rp-abcdefgh-1-slack-1", "not_awaited"],
    ["another installation", "rp-elsewher-1-chat-1", "foreign_mark"],
    ["a step that was never made", "rp-abcdefgh-3-chat-1", "never_made"],
  ])("is not believed of %s, says why, and is counted", async (_, mark, why) => {
    const answer = await rig.post(PATH, { ...told, mark });

    expect(answer).toMatchObject({ status: 409, body: { type: "urn:riposte:conflict" } });
    expect((answer.body as { detail: string }).detail).toMatch(new RegExp(`^${why}: `));
    expect(await counted(why)).toBe(1);
  });

  it("is to be sent again where the database took nothing", async () => {
    const submit = (): Promise<never> => Promise.reject(new Error("disk full"));
    const door = createApi({ ...rig.parts, door: { ...rig.parts.door, submit } });
    const headers = { "Content-Type": "application/json" };

    const answer = await door.request(PATH, { method: "POST", headers, body: JSON.stringify(told) });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(/nothing was changed; send it again$/) });
  });

  it.each([["send"], ["read"], ["act"]] as const)("is nothing for whoever may %s", async (scope) => {
    const caller: Caller = { name: "someone", may: new Set([scope]) };
    const door = createDoor(rig.parts, hookRoutes, () => caller);
    const headers = { "Content-Type": "application/json" };

    const answer = await door.request(PATH, { method: "POST", headers, body: JSON.stringify(told) });

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: "urn:riposte:forbidden" });
  });
});
