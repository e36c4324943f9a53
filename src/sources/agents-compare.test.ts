import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { MINUTE_MS, type Instant } from "../core/time.ts";
import { agentOf, type WazuhAgent } from "../wazuh/api/agent.ts";
import { agentsToAsk, compareAgents, type AgentWord, type OpenLoss } from "./agents-compare.ts";
import { readAgentsCursor, writeAgentsCursor, type AgentsCursor } from "./agents-cursor.ts";

const ids = ["001", "002", "003"];

/** What happens to an agent in the minute before a look. */
const anEvent = fc.record({
  id: fc.constantFrom(...ids),
  what: fc.constantFrom("lost", "stopped", "back", "removed", "flaps", "pending"),
});
/** Several between two looks, of which some get no answer, and some are of another life. */
const aMinute = fc.record({
  events: fc.array(anEvent, { maxLength: 4 }),
  answers: fc.boolean(),
  restarts: fc.boolean(),
});

class Fleet {
  readonly agents = new Map<string, WazuhAgent>();

  constructor() {
    for (const id of ids) this.#put(id, {});
  }

  happen(id: string, what: string, at: Instant): void {
    switch (what) {
      case "lost":
        return this.#lose(id, at, 4);
      case "stopped":
        return this.#lose(id, at, 3);
      case "flaps":
        this.#put(id, { lastKeepAlive: iso(at - 2_000) });
        return this.#lose(id, at, 4);
      case "pending":
        return this.#put(id, { status: "pending" });
      case "back":
        return this.#put(id, { lastKeepAlive: iso(at) });
      case "removed":
        this.agents.delete(id);
    }
  }

  isLost(id: string): boolean {
    return this.agents.get(id)?.status === "disconnected";
  }

  #lose(id: string, at: Instant, code: number): void {
    if (this.isLost(id) || !this.agents.has(id)) return;
    this.#put(id, { status: "disconnected", status_code: code, disconnection_time: iso(at), lastKeepAlive: iso(at) });
  }

  #put(id: string, of: object): void {
    const agent = agentOf({ id, name: `host-${id}`, status: "active", status_code: 0, ...of });
    if (agent !== null) this.agents.set(id, agent);
  }
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

test("whatever happens between the looks, the last word of each agent is right, and no loss is said twice", () => {
  fc.assert(
    fc.property(fc.array(aMinute, { maxLength: 12 }), (minutes) => {
      const fleet = new Fleet();
      const words: AgentWord[] = [];
      let cursor: AgentsCursor | null = null;
      let at = noon;
      const look = (): void => {
        const disconnected = [...fleet.agents.values()].filter(({ status }) => status === "disconnected");
        const asked = agentsToAsk(cursor, { disconnected, openLosses: new Map() });
        const found = asked.flatMap((id) => fleet.agents.get(id) ?? []);
        const absent = asked.filter((id) => !fleet.agents.has(id));
        const compared = compareAgents(cursor, { at, disconnected, asked: found, absent, openLosses: new Map() });
        words.push(...compared.words);
        cursor = compared.after;
      };
      look();
      for (const { events, answers, restarts } of minutes) {
        events.forEach(({ id, what }, n) => fleet.happen(id, what, at + (n + 1) * 10_000));
        at += MINUTE_MS;
        if (restarts) cursor = readAgentsCursor(cursor === null ? null : writeAgentsCursor(cursor));
        if (answers) look();
      }
      at += MINUTE_MS;
      look();

      for (const id of ids) {
        const said = words.filter((word) => (word.kind === "lost" ? word.agent.id : "id" in word && word.id) === id);
        const kinds = said.map(({ kind }) => (kind === "lost" ? "lost" : "over"));
        // Every other one: a loss, its end, a loss, its end.
        expect(kinds).toEqual(kinds.map((_, n) => (n % 2 === 0 ? "lost" : "over")));
        // One that is only pending is neither: what was said of it last stands.
        if (fleet.agents.get(id)?.status !== "pending") expect(kinds.at(-1) === "lost").toBe(fleet.isLost(id));
        const times = said.map((word) => word.at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});

test("a cursor that is damaged or of a later version is that of a first look", () => {
  for (const text of ["", "{", "null", '{"v":2,"lookedAt":1,"lost":[],"saidBack":{}}', '{"v":1}'])
    expect(readAgentsCursor(text)).toBeNull();
});

describe("an agent of whose loss an alert has told, and that the API calls lost since later", () => {
  const lostAt = noon + 5 * MINUTE_MS;
  const agent = agentOf({
    id: "001",
    name: "host-001",
    status: "disconnected",
    status_code: 4,
    lastKeepAlive: iso(lostAt),
    disconnection_time: iso(lostAt),
  });
  const look = { at: lostAt + 1_000, disconnected: [agent!], asked: [], absent: [] };
  const known = { id: "001", name: "host-001", lostAt: noon, told: "alone", saidAt: noon } as const;
  const seenBefore: AgentsCursor = { lookedAt: noon, lost: [known], saidBack: {} };

  function kinds(before: AgentsCursor | null, open: OpenLoss): readonly string[] {
    return compareAgents(before, { ...look, openLosses: new Map([["001", open]]) }).words.map(({ kind }) => kind);
  }

  test("is back and lost again while that is held back, since another hold begins", () => {
    expect(kinds(null, { lastAt: noon, isTold: false })).toEqual(["back", "lost"]);
    expect(kinds(seenBefore, { lastAt: noon, isTold: false })).toEqual(["back", "lost"]);
    expect(kinds(seenBefore, { lastAt: lostAt + 661, isTold: false })).toEqual(["back", "lost"]);
  });

  test("is not said to be back where people know of this loss already", () => {
    expect(kinds(seenBefore, { lastAt: lostAt + 661, isTold: true })).toEqual(["lost"]);
    expect(kinds(null, { lastAt: noon, isTold: true })).toEqual(["lost"]);
  });

  test("is not said to be back where it was not heard of since the alert that people know of", () => {
    const silentSince = { ...agent!, keepAliveAt: noon + MINUTE_MS };
    const openLosses = new Map([["001", { lastAt: noon + 2 * MINUTE_MS, isTold: true }]]);
    const { words } = compareAgents(seenBefore, { ...look, disconnected: [silentSince], openLosses });

    expect(words.map(({ kind }) => kind)).toEqual(["lost"]);
  });

  test("is said to be back where people know of the earlier loss, and a look had seen that one", () => {
    expect(kinds(seenBefore, { lastAt: noon, isTold: true })).toEqual(["back", "lost"]);
  });
});
