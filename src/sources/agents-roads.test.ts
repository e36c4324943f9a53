// Both roads of a lost agent over one history: what alerts.json says of it, as far as it is seen, and what the API does.
import fc from "fast-check";
import { expect, test } from "vitest";
import { aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { agentDisconnected, wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import { accept } from "../core/accept.ts";
import type { KeptAlert } from "../core/alert.ts";
import type { Context } from "../core/context.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import { tick } from "../core/tick.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import { View } from "../core/view.ts";
import { re2 } from "../ports/regex.ts";
import { agentOf, type WazuhAgent } from "../wazuh/api/agent.ts";
import { agentsToAsk, compareAgents } from "./agents-compare.ts";
import type { AgentsCursor } from "./agents-cursor.ts";
import { alertOfWord } from "./agents-line.ts";
import { createLineJudge } from "./line-judge.ts";

const STEP_MS = 10 * SECOND_MS;
const LOOK_MS = MINUTE_MS;
const HOLD_MS = 5 * MINUTE_MS;
/** Wazuh's own patience, here short. */
const NOTICED_AFTER_MS = MINUTE_MS;

const terms = aPolicy({ name: "lost", groupBy: ["agent.id"], holdMs: HOLD_MS, severity: "high" });
const rules = (values: readonly string[]) =>
  ({ kind: "field", path: "rule.id", test: { kind: "one_of", values } }) as const;
const policy = { terms, when: rules(["504", "506"]), clear: rules(["501", "503"]), continues: false };
const judge = createLineJudge(compilePolicies([policy], re2), () => false, matchAlert);

interface Outage {
  readonly from: Instant;
  to: Instant | null;
  /** That it is over stood in the file, or a look came before the next one. */
  isKnownOver: boolean;
}

/** One agent and what becomes known of it. */
class Agent {
  readonly id: string;
  readonly outages: Outage[] = [];
  keepAliveAt: Instant;
  disconnectedAt: Instant | null = null;
  stoppedByItself = false;

  constructor(id: string, at: Instant) {
    this.id = id;
    this.keepAliveAt = at;
  }

  get isUp(): boolean {
    return this.outages.at(-1)?.to !== null;
  }

  asApiHas(): WazuhAgent {
    const agent = agentOf({
      id: this.id,
      name: `host-${this.id}`,
      status: this.disconnectedAt === null ? "active" : "disconnected",
      status_code: this.disconnectedAt === null ? 0 : this.stoppedByItself ? 3 : 4,
      lastKeepAlive: new Date(this.keepAliveAt).toISOString(),
      ...(this.disconnectedAt !== null && { disconnection_time: new Date(this.disconnectedAt).toISOString() }),
    });
    if (agent === null) throw new Error("this is an agent");
    return agent;
  }
}

/** A manager with its agents, and a Riposte that reads both roads, or is down. */
class World {
  now = noon;
  readonly agents = [new Agent("001", noon), new Agent("002", noon)];
  readonly rows = new MemoryRows();
  readonly told: { readonly agent: string | null; readonly at: Instant }[] = [];
  isRunning = true;
  apiAnswers = true;
  #unread: KeptAlert[] = [];
  #cursor: AgentsCursor | null = null;
  #lookedAt: Instant | null = null;

  /** `seen`: Riposte reads the file in which the manager writes it. */
  goDown(agent: Agent, gracefully: boolean, seen: boolean): void {
    if (!agent.isUp) return;
    agent.outages.push({ from: this.now, to: null, isKnownOver: false });
    agent.stoppedByItself = gracefully;
    if (gracefully) this.#notice(agent, seen);
  }

  comeBack(agent: Agent, seen: boolean): void {
    const outage = agent.outages.at(-1);
    if (agent.isUp || outage === undefined) return;
    outage.to = this.now;
    outage.isKnownOver = seen;
    agent.disconnectedAt = null;
    agent.keepAliveAt = this.now;
    if (seen) this.#write("503", agent);
  }

  step(noticeSeen: boolean): void {
    this.now += STEP_MS;
    for (const agent of this.agents) {
      if (agent.isUp) agent.keepAliveAt = this.now;
      else if (agent.disconnectedAt === null && this.now - agent.keepAliveAt >= NOTICED_AFTER_MS)
        this.#notice(agent, noticeSeen);
    }
    if (this.isRunning) this.#work();
  }

  /** First what the file has, then a look, and then the timers. */
  restart(): void {
    this.isRunning = true;
    this.#readFile();
    if (this.apiAnswers) this.#look();
    this.#work();
  }

  #work(): void {
    this.#readFile();
    const isDue = this.#lookedAt === null || this.now - this.#lookedAt >= LOOK_MS;
    if (isDue && this.apiAnswers) this.#look();
    this.#tick();
  }

  #notice(agent: Agent, seen: boolean): void {
    agent.disconnectedAt = this.now;
    if (seen) this.#write(agent.stoppedByItself ? "506" : "504", agent);
  }

  #write(rule: string, { id }: Agent): void {
    const agent = { id, name: `host-${id}` };
    const at = new Date(this.now);
    const alert =
      rule === "504" ? agentDisconnected(agent, at) : wazuhAlert({ id: rule, level: 3, description: rule, agent }, at);
    const judged = judge.judge(JSON.stringify(alert), this.now);
    if (judged.kind === "kept") this.#unread.push(judged.alert);
  }

  #readFile(): void {
    const alerts = this.#unread;
    this.#unread = [];
    this.#decide((view, context) => accept(view, aStretch(alerts, { watermarkAt: this.now }), context));
  }

  #look(): void {
    for (const { isUp, outages } of this.agents) if (isUp) for (const outage of outages) outage.isKnownOver = true;
    const disconnected = this.agents.filter((agent) => agent.disconnectedAt !== null).map((agent) => agent.asApiHas());
    const unresolved = [...this.rows.incidents.values()].filter(({ state }) => state !== "resolved");
    const openLosses = new Map(
      unresolved.map(({ agentId, lastAt, state }) => [agentId ?? "", { lastAt, isTold: state !== "pending" }]),
    );
    const asked = agentsToAsk(this.#cursor, { disconnected, openLosses });
    const found = this.agents.filter(({ id }) => asked.includes(id)).map((agent) => agent.asApiHas());
    const look = { at: this.now, disconnected, asked: found, absent: [], openLosses };
    const { words, after } = compareAgents(this.#cursor, look);
    const alerts = words.map((word) => alertOfWord(word, judge, this.now)).filter((alert) => alert !== null);
    const stretch = aStretch(alerts, { source: "agents", watermarkAt: this.now });
    this.#decide((view, context) => accept(view, stretch, context));
    this.#cursor = after;
    this.#lookedAt = this.now;
  }

  #tick(): void {
    const seen = { at: this.now, reportedAt: this.now };
    const looked = { at: this.#lookedAt ?? 0, reportedAt: this.#lookedAt ?? noon };
    const input = { kind: "tick", now: this.now, watermarks: { alerts: seen, agents: looked } } as const;
    this.#decide((view, context) => tick(view, input, context));
  }

  #decide(decision: (view: View, context: Context) => unknown): void {
    const due = [...this.rows.incidents.values()].filter(({ dueAt }) => dueAt !== null).map(({ id }) => id);
    const view = new View(this.rows.facts(due));
    decision(view, { now: this.now, random: () => 0.5, snapshot: aSnapshot([terms]) });
    for (const change of view.changes()) {
      if (change.table !== "moment" || !["opened", "reopened"].includes(change.row.kind)) continue;
      this.told.push({ agent: view.incident(change.row.incident)?.agentId ?? null, at: this.now });
    }
    this.rows.apply(view.changes());
  }
}

const anEvent = fc.record({
  steps: fc.integer({ min: 1, max: 50 }),
  which: fc.constantFrom(0, 1),
  what: fc.constantFrom("down", "stop", "back", "back", "api away", "api there", "we stop", "we start"),
  seen: fc.boolean(),
});
type Event = typeof anEvent extends fc.Arbitrary<infer E> ? E : never;

function happen(world: World, { steps, which, what, seen }: Event): void {
  for (let n = 0; n < steps; n += 1) world.step(seen);
  const agent = world.agents[which]!;
  switch (what) {
    case "down":
    case "stop":
      return world.goDown(agent, what === "stop", seen);
    case "back":
      return world.comeBack(agent, seen);
    case "api away":
    case "api there":
      world.apiAnswers = what === "api there";
      return;
    case "we stop":
      world.isRunning = false;
      return;
    case "we start":
      if (!world.isRunning) world.restart();
  }
}

test("at quiet an agent has one open incident if it is lost and none if it is not, whatever either road missed", () => {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 30 }), (events) => {
      const world = new World();
      for (const event of events) happen(world, event);
      world.apiAnswers = true;
      if (!world.isRunning) world.restart();
      for (let n = 0; n < (HOLD_MS + NOTICED_AFTER_MS + 2 * LOOK_MS) / STEP_MS; n += 1) world.step(true);

      for (const agent of world.agents) {
        const of = [...world.rows.incidents.values()].filter(({ agentId }) => agentId === agent.id);
        const states = of.filter(({ state }) => state !== "resolved").map(({ state }) => state);
        expect(states).toEqual(agent.isUp ? [] : ["open"]);
      }
    }),
    { numRuns: 500 },
  );
});

/** Of a return between two looks that the file does not tell of nobody can be sure. */
function asKnown(outages: readonly Outage[]): readonly Outage[] {
  const known: Outage[] = [];
  for (const outage of outages) {
    const last = known.at(-1);
    if (last === undefined || last.isKnownOver) known.push({ ...outage });
    else Object.assign(last, { to: outage.to, isKnownOver: outage.isKnownOver });
  }
  return known;
}

test("nobody is told of an agent that was not away for as long as the hold, if the API answers", () => {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 30 }), (events) => {
      const world = new World();
      for (const event of events) if (event.what !== "api away") happen(world, event);

      for (const { agent: id, at } of world.told) {
        const outages = asKnown(world.agents.find((agent) => agent.id === id)?.outages ?? []);
        const longEnough = outages.filter(({ from, to }) => (to ?? at) - from >= HOLD_MS - STEP_MS);
        expect(longEnough.some(({ from }) => from <= at)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("an agent that is away for longer than the hold is told of, once for each time", () => {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 30 }), (events) => {
      const world = new World();
      for (const event of events) if (!["api away", "we stop"].includes(event.what)) happen(world, event);

      for (const { id, outages } of world.agents) {
        for (const [n, { from, to }] of outages.entries()) {
          if ((to ?? world.now) - from < HOLD_MS + 2 * LOOK_MS) continue;
          // What is told by then may be the one before, whose end no look has seen yet.
          if (from - (outages[n - 1]?.to ?? -Infinity) < LOOK_MS) continue;
          // Noticed by a look, and so perhaps told, when it is back already.
          const until = Math.min((to ?? world.now) + LOOK_MS, outages[n + 1]?.from ?? Infinity);
          const told = world.told.filter(({ agent, at }) => agent === id && at >= from && at <= until);
          expect(told).toHaveLength(1);
        }
      }
    }),
    { numRuns: 500 },
  );
});
