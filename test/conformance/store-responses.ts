// What a store keeps of responses, and what it brings of them to a turn.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { newRespondNeed, type RespondNeed } from "../../src/core/respond-need.ts";
import { keyOfTarget, type Response, type ResponseTarget, type Sighting } from "../../src/core/response.ts";
import { DAY_MS, MINUTE_MS } from "../../src/core/time.ts";
import { claimOf } from "../fixtures/wrapped-store.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

const user = (name: string): ResponseTarget => ({ kind: "user", name });

export function aResponse(id: number, of: Partial<Response> = {}): Response {
  return {
    id,
    token: `token-of-response-${id}`,
    incident: 1,
    policy: "ssh",
    terms: {
      do: "disable-account",
      by: "companion",
      target: "data.dstuser",
      liftAfterMs: [1],
      onlyIf: "always",
      command: null,
    },
    mode: "enforce",
    state: "verified",
    agent: { id: "003", name: "web-01", registeredAt: noon - DAY_MS, platform: "linux" },
    target: user("deploy\u0000\ud800"),
    from: "198.51.100.23",
    labels: { tier: "1" },
    plannedAt: noon,
    at: noon,
    requestedBy: null,
    because: null,
    refusal: null,
    says: "§ \u001a",
    digest: "0123456789abcdef",
    approvals: [{ who: "ana", at: noon }],
    expiresAt: null,
    liftAfterMs: 1,
    countedAt: noon,
    order: { n: 1, verb: "add", beganAt: noon, endedAt: null },
    tries: 0,
    sentAt: noon,
    endsAt: noon + 1,
    endedAt: null,
    seenAt: noon,
    isLateTold: false,
    dueAt: null,
    ...of,
  };
}

function aSighting(of: Partial<Sighting> = {}): Sighting {
  return {
    kind: "login",
    address: "198.51.100.23",
    agentId: "003",
    user: "deploy",
    firstAt: noon,
    lastAt: noon,
    ...of,
  };
}

const row = (response: Response): Change => ({ table: "response", row: response });
const seen = (sighting: Sighting): Change => ({ table: "sighting", row: sighting });

export function responseSuite(name: string, begin: Begin): void {
  describe(`${name}: responses`, () => {
    it("are brought with a claim, the newest first, where Riposte had something to say of them, and nowhere else", async () => {
      const said = (incident: number, by: string | null): Change => ({
        table: "moment",
        row: { ...sample.aMoment(incident, 2), kind: "action", by },
      });
      const { store } = await begin([
        ...[1, 2, 3].flatMap((id) => sample.opened(id)),
        said(1, "Riposte"),
        said(2, "Wazuh"),
        ...[aResponse(1), aResponse(2, { incident: 2 }), aResponse(3), aResponse(4, { incident: 3 })].map(row),
      ]);

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: sample.noon });

      expect(items.map(({ responses }) => responses?.map(({ id }) => id) ?? null)).toEqual([[3, 1], null, null]);
    });

    async function factsOf(changes: readonly Change[], of: Partial<RespondNeed>) {
      const { store } = await begin([...sample.opened(1), ...sample.opened(2), ...changes]);
      return store.read(sample.aNeed({ responding: { ...newRespondNeed(), ...of } }));
    }

    it("are not read where nobody asks", async () => {
      const { store } = await begin([row(aResponse(1))]);

      expect(await store.read(sample.aNeed({}))).not.toHaveProperty("responding");
    });

    it("come back as they were given, by number, by token and by target, each with its incident", async () => {
      const changes = [
        row(aResponse(1)),
        row(aResponse(2, { incident: 2, target: user("alice") })),
        row(aResponse(3, { agent: { ...aResponse(1).agent, id: "004" } })),
      ];
      const key = { action: "disable-account", agentId: "003", target: user("alice") } as const;
      const facts = await factsOf(changes, {
        ids: new Set([1, 99]),
        tokens: new Set(["token-of-response-1", "no-such-token"]),
        targets: new Map([[keyOfTarget(key), key]]),
      });

      expect(facts.responding).toMatchObject({ lastId: 3, stop: null, due: [], recent: [], sightings: [] });
      expect(facts.responding?.responses).toEqual([aResponse(1), aResponse(2, { incident: 2, target: user("alice") })]);
      expect(facts.incidents.map(({ id }) => id)).toEqual([1, 2]);
    });

    it("are due in the order of their times, and also where the clock was set back", async () => {
      const changes = [
        row(aResponse(1, { dueAt: noon })),
        row(aResponse(2, { dueAt: noon - MINUTE_MS })),
        row(aResponse(3, { dueAt: noon + 1 })),
        row(aResponse(4, { dueAt: noon + DAY_MS, at: noon + DAY_MS })),
        row(aResponse(5)),
      ];
      const { responding } = await factsOf(changes, { dueBefore: noon });

      expect(responding).toMatchObject({ due: [2, 1, 4], hasLive: true });
      expect((await factsOf([row(aResponse(5))], { dueBefore: noon })).responding?.hasLive).toBe(false);
    });

    it("bring what guardrails count by, and what is known of an address", async () => {
      const changes = [
        row(aResponse(1, { countedAt: noon - 1 })),
        row(aResponse(2, { countedAt: null, state: "refused" })),
        row(aResponse(3, { countedAt: null, state: "held" })),
        row(
          aResponse(4, {
            terms: { ...aResponse(1).terms, do: "block-ip" },
            target: { kind: "address", name: "203.0.113.9" },
            state: "lifted",
            countedAt: noon,
          }),
        ),
        seen(aSighting()),
        seen(aSighting({ kind: "failed" })),
        seen(aSighting({ address: "203.0.113.9" })),
        seen(aSighting({ address: "203.0.113.10" })),
      ];
      const { responding } = await factsOf(changes, {
        ids: new Set([4]),
        isJudging: true,
        addresses: new Set(["198.51.100.23"]),
      });

      expect(responding?.recent.toSorted()).toEqual([1, 3, 4]);
      expect(responding?.sightings.map(({ kind, address }) => `${kind} ${address}`).toSorted()).toEqual([
        "failed 198.51.100.23",
        "login 198.51.100.23",
        "login 203.0.113.9",
      ]);
    });

    it("bring their incidents, also those of what is counted as well, and not of what only is", async () => {
      const changes = [
        row(aResponse(1, { state: "planned" })),
        row(aResponse(2, { state: "planned", incident: 2, agent: { ...aResponse(1).agent, id: "004" } })),
      ];
      const facts = await factsOf(changes, { ids: new Set([1]), isJudging: true });

      expect(facts.incidents.map(({ id }) => id)).toEqual([1]);
    });

    it("that wait are all brought to who stops them, and the stop is kept until it is taken back", async () => {
      const stop = { at: noon, who: "ana", why: null };
      const stopped: Change = { table: "respond_stop", row: { stop } };
      const waiting = ["planned", "held", "allowed", "sent"] as const;
      const changes = [...waiting.map((state, i) => row(aResponse(i + 1, { state }))), stopped];
      const facts = await factsOf(changes, { isWaiting: true });

      expect(facts.responding?.responses.map(({ state }) => state)).toEqual(["planned", "held", "allowed"]);
      expect(facts.responding?.stop).toEqual(stop);
      const back = await factsOf([stopped, { table: "respond_stop", row: { stop: null } }], {});
      expect(back.responding?.stop).toBeNull();
    });

    it("forget what was seen long ago", async () => {
      const { store } = await begin([seen(aSighting()), seen(aSighting({ user: "alice", lastAt: noon - DAY_MS }))]);
      await store.commit([{ table: "sightings_before", before: noon - 1 }]);
      const responding = { ...newRespondNeed(), addresses: new Set(["198.51.100.23"]) };

      expect((await store.read(sample.aNeed({ responding }))).responding?.sightings).toEqual([aSighting()]);
    });

    it("are shown to people, newest first, by what there is to do about them", async () => {
      const states = ["held", "verified", "lifted", "refused", "dead"] as const;
      const { reader } = await begin([
        ...states.map((state, i) => row(aResponse(i + 1, { state, incident: i < 2 ? 1 : 2 }))),
        { table: "respond_stop", row: { stop: { at: noon, who: "ana", why: "drill" } } },
      ]);
      const people = await reader();
      const shown = async (show: "waiting" | "live" | "all", incident?: number) =>
        (await people.responding.responses({ show, incident, limit: 9 })).map(({ id }) => id);

      expect([await shown("waiting"), await shown("live"), await shown("all"), await shown("all", 1)]).toEqual([
        [1],
        [5, 2, 1],
        [5, 4, 3, 2, 1],
        [2, 1],
      ]);
      expect(await people.responding.response(1)).toEqual(aResponse(1, { state: "held" }));
      expect(await people.responding.response(9)).toBeNull();
      expect(await people.responding.counts()).toEqual({ held: 1, verified: 1, lifted: 1, refused: 1, dead: 1 });
      expect(await people.responding.stop()).toEqual({ at: noon, who: "ana", why: "drill" });
    });
  });
}
