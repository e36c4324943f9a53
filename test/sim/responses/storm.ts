// Storms of attacks with labelled victims and attackers, over the real decisions: no fleet of real machines, but agents
// that die, are registered anew and forget, calls that nobody knows the end of, approvals late and forged, the kill
// switch at any moment, and a clock that jumps. What is done is compared with what is true.
import { guardrailsOf, type GuardrailsShape } from "../../../src/config/guardrails.ts";
import type { Suspect } from "../../../src/core/account-taken.ts";
import type { KeptAlert } from "../../../src/core/alert.ts";
import { decide } from "../../../src/core/decide.ts";
import type { AgentFacts } from "../../../src/core/guardrail.ts";
import type { Input, Result } from "../../../src/core/input.ts";
import { plainAddress } from "../../../src/core/protected-network.ts";
import type { OrderOutcome, Resolved } from "../../../src/core/respond-inputs.ts";
import type { Order } from "../../../src/core/response-order.ts";
import type { RespondTerms, Response } from "../../../src/core/response.ts";
import type { Snapshot } from "../../../src/core/snapshot.ts";
import { View } from "../../../src/core/view.ts";
import { aKeptAlert, aPolicy, aSnapshot, aStretch } from "../../fixtures/kept-alerts.ts";
import { MemoryRows } from "../../fixtures/memory-rows.ts";
import { checkDecisions } from "../audit-checks.ts";
import { between, pick, type Chance } from "../chance.ts";
import { hold } from "../checks.ts";
import {
  anyAddress,
  anyTarget,
  ATTACKERS,
  carryOut,
  makeFleet,
  OFFICE,
  PEOPLE,
  SAFE_AGENTS,
  SECRETLY_LABELLED,
  soon,
  timeOut,
  UNTOUCHABLE,
  type AgentLine,
  type GuardedAgent,
  type SentData,
} from "./guarded-fleet.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BUSY_MS = 2 * HOUR;
/** Longer than anything is driven on for an agent that is gone. */
const QUIET_MS = 32 * 24 * HOUR;
const BEGINS = Date.UTC(2026, 10, 23, 8);

type Command = Extract<Input, { kind: "command" }>["command"];

export class ResponseStorm {
  readonly rows = new MemoryRows();
  readonly #chance: Chance;
  readonly #reach: (what: string) => void;
  readonly #fleet = makeFleet(BEGINS);
  readonly #snapshot: Snapshot;
  /** What time it really is, and how wrong our clock goes. */
  #time = BEGINS;
  #wrongBy = 0;
  #jumped = false;
  #alerts = 0;
  #tokens = 0;
  #later: { at: number; act: () => void }[] = [];
  #stopped = false;
  readonly #mode: "approve" | "enforce";
  /** Accounts that somebody else got in as, by agent. */
  readonly #taken = new Set<string>();
  /** Who has logged in from there: it is many people's once there are three. */
  readonly #atTheOffice = new Set<string>();
  readonly #yes = new Map<number, string>();
  readonly #added = new Map<number, number>();
  /** What the companion has said of each token, and which orders to undo scripts logged. */
  readonly #proved = new Set<string>();
  readonly #undone = new Set<string>();
  readonly #received = new Set<string>();
  readonly #byHand = new Set<number>();
  readonly #terms: RespondTerms;

  constructor(chance: Chance, reach: (what: string) => void) {
    this.#chance = chance;
    this.#reach = reach;
    this.#mode = chance() < 0.5 ? "approve" : "enforce";
    const by = chance() < 0.6 ? "companion" : "wazuh";
    this.#terms =
      chance() < 0.65
        ? {
            do: "disable-account",
            by,
            target: "data.dstuser",
            liftAfterMs: [HOUR],
            onlyIf: chance() < 0.6 ? "account_taken" : "always",
            command: null,
          }
        : { do: "block-ip", by, target: "data.srcip", liftAfterMs: [10 * MINUTE, HOUR], onlyIf: null, command: null };
    const shape = {
      mode: this.#mode,
      approve_within: 30 * MINUTE,
      approvers: { people: ["ana", "ben"], four_eyes: chance() < 0.3 ? [this.#terms.do] : [] },
      protect: {
        users: ["svc-*"],
        agents: ["group:domain-controllers", "label:tier=0", "vault-*"],
        networks: ["203.0.113.200"],
      },
      limits: [{ any: true, share_of_agents: "100%", per: HOUR }],
    } as unknown as GuardrailsShape;
    const policy = aPolicy({ respond: [this.#terms], expectAction: { waitMs: 15_000, liftAfterMs: null } });
    this.#snapshot = { ...aSnapshot([policy]), guardrails: guardrailsOf(shape, true) };
    reach(`responding ${this.#mode} ${by} ${this.#terms.do}`);
  }

  run(): void {
    const chance = this.#chance;
    const busyUntil = this.#time + BUSY_MS;
    while (this.#time < busyUntil) {
      this.#pass(soon(chance));
      this.#happens();
      this.#engine(true);
      this.#check();
    }
    this.#quiet();
  }

  get #now(): number {
    return this.#time + this.#wrongBy;
  }

  #pass(ms: number): void {
    this.#time += ms;
    for (const agent of this.#fleet.values()) {
      if (agent.isAlive)
        for (const line of timeOut(agent, ({ endsAt }) => endsAt <= this.#time)) this.#log(agent, line);
    }
    const due = this.#later.filter(({ at }) => at <= this.#time).toSorted((a, b) => a.at - b.at);
    this.#later = this.#later.filter(({ at }) => at > this.#time);
    for (const { act } of due) act();
  }

  #happens(): void {
    const chance = this.#chance;
    const agent = pick(chance, [...this.#fleet.values()]);
    const dice = chance();
    if (dice < 0.45) this.#attack(agent, anyTarget(chance), anyAddress(chance));
    else if (dice < 0.6) this.#breakIn(agent);
    else if (dice < 0.72)
      this.#login(agent, pick(chance, PEOPLE), chance() < 0.5 ? OFFICE : `192.0.2.${between(chance, 1, 3)}`);
    else if (dice < 0.8) this.#people();
    else if (dice < 0.87) this.#trouble(agent);
    else if (dice < 0.885 && !this.#stopped) this.#stopForAWhile();
    else if (dice < 0.9) this.#jump();
  }

  #attack(agent: GuardedAgent, user: string, address: string): void {
    this.#alert(agent, { kind: "failed", user: user === "" ? null : user, address: plainAddress(address) }, true);
  }

  /** Failures, and then somebody who should not be there is in. */
  #breakIn(agent: GuardedAgent): void {
    const user = pick(this.#chance, PEOPLE);
    const address = pick(this.#chance, ATTACKERS);
    this.#attack(agent, user, address);
    this.#taken.add(`${agent.id} ${user}`);
    this.#later.push({ at: this.#time + soon(this.#chance), act: () => this.#login(agent, user, address) });
  }

  #login(agent: GuardedAgent, user: string, address: string): void {
    if (address === OFFICE) this.#atTheOffice.add(user);
    this.#alert(agent, { kind: "login", user, address: plainAddress(address) }, false);
  }

  #alert(agent: GuardedAgent, who: Pick<Suspect, "kind" | "user" | "address">, isTaken: boolean): void {
    const target =
      this.#terms.do === "block-ip"
        ? ({ kind: "address", name: who.address ?? "" } as const)
        : ({ kind: "user", name: who.user ?? "" } as const);
    const groupKey = JSON.stringify([agent.id, who.address]);
    const suspect: Suspect = { ...who, localUser: null, labels: agent.id === "006" ? { tier: "0" } : {} };
    const match = { policy: "any", groupKey, clears: false, respond: [{ terms: this.#terms, target }] };
    this.#take(agent, { suspect, matches: isTaken ? [match] : [] });
  }

  #take(agent: GuardedAgent, of: Partial<KeptAlert>): void {
    this.#alerts += 1;
    const alert = aKeptAlert(this.#alerts, { agentId: agent.id, agentName: agent.name, at: this.#time, ...of });
    this.#decide(aStretch([alert]));
  }

  /** What an agent logs comes late, twice, or not at all. */
  #log(agent: GuardedAgent, line: AgentLine): void {
    const chance = this.#chance;
    if (line.kind === "ordered") (line.order === "add" ? this.#received : this.#undone).add(line.token);
    else if (line.effect === "yes" || line.effect === "already") this.#proved.add(line.token);
    else if (line.effect === "undone") this.#undone.add(line.token);
    const times = chance() < 0.1 ? 0 : chance() < 0.1 ? 2 : 1;
    if (times !== 1) this.#reach(times === 0 ? "agent line lost" : "agent line twice");
    for (let i = 0; i < times; i += 1) {
      this.#later.push({
        at: this.#time + between(chance, 0, 20_000),
        act: () => this.#take(agent, { matches: [], said: line }),
      });
    }
    if (chance() < 0.05) {
      const other = pick(
        chance,
        [...this.#fleet.values()].filter(({ id }) => id !== agent.id),
      );
      const forged = {
        kind: "looked",
        token: line.token,
        verb: "undo",
        effect: "undone",
        why: "restored",
        found: {},
        others: 0,
      } as const;
      this.#later.push({ at: this.#time, act: () => this.#take(other, { matches: [], said: forged }) });
    }
  }

  #people(): void {
    const chance = this.#chance;
    const held = [...this.rows.responses.values()].filter(({ state }) => state === "held");
    const response = held.length > 0 ? pick(chance, held) : undefined;
    if (response === undefined) return;
    const who = pick(chance, ["ana", "ben", "eve", "ana", "ben"]);
    const isForged = chance() < 0.25;
    const digest = isForged ? "0123456789abcdef" : (response.digest ?? "");
    const act = (): void => {
      const refused = this.#command({ kind: "approve_response", response: response.id, digest }, who);
      this.#reach(refused === null ? "approval given" : "approval refused");
      if (refused !== null) return;
      hold(4, !isForged && who !== "eve", () => `R${response.id} was approved by ${who} with ${digest}`);
      const yes = this.rows.responses.get(response.id)?.approvals.map((approval) => approval.who) ?? [];
      hold(
        4,
        new Set(yes).size === yes.length,
        () => `R${response.id} was approved by one person twice: ${yes.join(", ")}`,
      );
      // Its time begins when somebody is asked, and a look at the agent before that may have been put off.
      const askedWithin = (31 + 5 * response.tries) * MINUTE;
      hold(
        4,
        this.#jumped || this.#time - response.plannedAt <= askedWithin,
        () => `R${response.id} was approved after its time`,
      );
      this.#yes.set(response.id, digest);
    };
    if (chance() < 0.3) this.#later.push({ at: this.#time + between(chance, 1, 50) * MINUTE, act });
    else act();
    if (chance() < 0.2) this.#command({ kind: "refuse_response", response: response.id, note: null }, "ben");
  }

  #trouble(agent: GuardedAgent): void {
    const chance = this.#chance;
    const dice = chance();
    if (dice < 0.4) {
      this.#reach("agent died");
      agent.isAlive = false;
      agent.timers = [];
      this.#later.push({ at: this.#time + between(chance, 1, 90) * MINUTE, act: () => void (agent.isAlive = true) });
    } else if (dice < 0.7) {
      this.#reach("agent stopped");
      for (const line of timeOut(agent, () => true)) this.#log(agent, line);
    } else if (dice < 0.8) {
      this.#reach("agent registered anew");
      Object.assign(agent, { registeredAt: this.#time, tokens: new Map(), holds: new Map(), timers: [] });
    }
  }

  #toggleStop(): void {
    const refused = this.#command(
      this.#stopped ? { kind: "resume_responses" } : { kind: "stop_responses", why: null },
      "ana",
    );
    hold(4, refused === null, () => `the kill switch was refused: ${refused}`);
    this.#stopped = !this.#stopped;
    this.#reach(this.#stopped ? "responses stopped" : "responses resumed");
  }

  #stopForAWhile(): void {
    this.#toggleStop();
    const at = this.#time + between(this.#chance, 1, 10) * MINUTE;
    this.#later.push({ at, act: () => (this.#stopped ? this.#toggleStop() : undefined) });
  }

  #jump(): void {
    this.#jumped = true;
    this.#wrongBy += between(this.#chance, -300, 300) * MINUTE;
    this.#reach("our clock jumped");
  }

  /** One round of whoever carries out: asked about, allowed, sent, and what came of it. */
  #engine(isBusy: boolean): void {
    const chance = this.#chance;
    const { responses = [] } = this.#decide({ kind: "respond_due", now: this.#now, busy: [] });
    for (const response of responses) {
      const what = isBusy && chance() < 0.1 ? away : this.#factsOf(response);
      if (isBusy && chance() < 0.03) continue;
      const { orders = [] } = this.#decide({ kind: "resolved", response: response.id, what });
      for (const order of orders) this.#send(order, isBusy);
    }
  }

  #factsOf({ agent: { id }, target }: Response): Resolved {
    const agent = this.#fleet.get(id);
    if (agent === undefined) return { kind: "gone", says: "no such agent" };
    const groups = agent.users.get(target.name.toLowerCase().replace(/^.*\\|@.*$/g, ""));
    const facts: AgentFacts = {
      agent: { id, name: agent.name, registeredAt: agent.registeredAt, platform: "linux" },
      isActive: agent.isAlive,
      groups: agent.groups,
      labels:
        this.#chance() < 0.1
          ? { kind: "unknown", says: "the agent does not answer" }
          : { kind: "known", labels: id === SECRETLY_LABELLED ? { tier: "0" } : {} },
      isNode: false,
      fleetSize: this.#fleet.size,
      user:
        target.kind !== "user"
          ? { kind: "not_asked" }
          : groups === undefined
            ? { kind: "absent" }
            : { kind: "known", user: { uid: "1001", groups } },
      ownAddresses: [],
    };
    return { kind: "known", facts };
  }

  #send(order: Order, isBusy: boolean): void {
    const chance = this.#chance;
    this.#checkOrder(order);
    const agent = this.#fleet.get(order.agentId)!;
    const dice = isBusy ? chance() : 1;
    // What was passed on may still be lost on its way.
    const arrives = dice >= 0.36 || dice < 0.15;
    if (arrives && agent.isAlive && order.what.kind === "command") {
      const { command, alert } = order.what;
      this.#touch(agent, order, alert.data as unknown as SentData);
      this.#log(agent, carryOut(agent, command, alert.data as unknown as SentData, this.#time));
    }
    const outcome: OrderOutcome =
      dice < 0.2
        ? lost
        : dice < 0.25
          ? slow
          : dice < 0.3
            ? { kind: "refused", says: "no such command" }
            : { kind: "passed_on" };
    if (dice < 0.15 && dice >= 0.1) {
      // Riposte dies amid the call, and nobody ever says what came of it.
      this.#reach("died amid an order");
      return;
    }
    this.#reach(`order ${order.verb} ${outcome.kind}`);
    this.#decide({ kind: "order_settled", response: order.response, n: order.n, outcome });
  }

  /** 4: what may be sent at all. */
  #checkOrder({ response: id, verb, agentId }: Order): void {
    if (verb !== "add") return;
    const response = this.rows.responses.get(id)!;
    hold(4, !this.#stopped, () => `R${id} was begun although responses are stopped`);
    hold(4, !SAFE_AGENTS.includes(agentId), () => `R${id} is for agent ${agentId}, which is protected`);
    if (this.#mode === "approve") {
      hold(4, this.#yes.get(id) === response.digest, () => `R${id} was begun without anybody's yes to it`);
    }
  }

  /** 4: what it does there. */
  #touch(agent: GuardedAgent, { response: id, verb }: Order, { dstuser, srcip }: SentData): void {
    const planned = this.rows.responses.get(id)!;
    hold(
      4,
      planned.agent.registeredAt === agent.registeredAt,
      () => `R${id} met another agent than it was planned for`,
    );
    if (verb !== "add") return;
    const times = (this.#added.get(id) ?? 0) + 1;
    this.#added.set(id, times);
    hold(4, times === 1, () => `R${id} was carried out again, blindly`);
    if (dstuser !== undefined) {
      const plain = dstuser.toLowerCase().replace(/^.*\\/, "").replace(/@.*$/, "");
      hold(4, !UNTOUCHABLE.has(plain) && PEOPLE.includes(plain), () => `R${id} locked ${dstuser}`);
      const isVictim = !this.#taken.has(`${agent.id} ${plain}`);
      this.#reach(isVictim ? "victim locked" : "attacker locked");
      hold(4, this.#terms.onlyIf === "always" || !isVictim, () => `R${id} locked ${dstuser}, who was only attacked`);
    }
    if (srcip !== undefined) {
      const mayBe = ATTACKERS.map(plainAddress).includes(srcip) || (srcip === OFFICE && this.#atTheOffice.size < 3);
      hold(4, mayBe, () => `R${id} blocked ${srcip}`);
    }
    this.#reach(`touched by ${this.#terms.by}`);
  }

  /** 4: nothing is said that is not so. */
  #check(): void {
    for (const { id, state, token, terms } of this.rows.responses.values()) {
      if (state === "verified") hold(4, this.#proved.has(token), () => `R${id} counts as seen, and nobody looked`);
      if (state === "received_unprovable") hold(4, this.#received.has(token), () => `R${id} counts as received`);
      if (state === "lifted" && !this.#byHand.has(id))
        hold(4, this.#undone.has(token), () => `R${id} counts as lifted`);
      if (state === "received_unprovable") hold(4, terms.by === "wazuh", () => `R${id} can be proven`);
    }
    const active = [...this.rows.responses.values()].filter(({ state }) => state === "sent" || state === "verified");
    for (const { state } of active) this.#reach(`response ${state}`);
  }

  /** Everything works again, for as long as it takes. */
  #quiet(): void {
    if (this.#stopped) this.#toggleStop();
    const until = this.#time + QUIET_MS;
    while (this.#time < until) {
      for (const agent of this.#fleet.values()) agent.isAlive = true;
      const isOver = [...this.rows.responses.values()].every(({ dueAt }) => dueAt === null);
      if (isOver && this.#later.length === 0) break;
      this.#pass(this.#time < until - QUIET_MS + 12 * HOUR ? 30_000 : HOUR);
      this.#engine(false);
    }
    this.#check();
    checkDecisions(this.rows.audit, this.rows.responses.values());
    const over = ["advised", "refused", "failed", "lifted", "dead"];
    for (const { id, state, terms, agent } of this.rows.responses.values()) {
      this.#reach(`response ${state}`);
      hold(4, over.includes(state), () => `R${id} of ${terms.by} is ${state} at quiet`);
      // The companion can always be told to undo it, where the agent is still the same.
      const isSame = this.#fleet.get(agent.id)?.registeredAt === agent.registeredAt;
      const isLeft = state === "dead" && terms.by === "companion" && isSame;
      hold(4, !isLeft, () => `R${id} is left to a person, and could have been lifted`);
    }
    for (const agent of this.#fleet.values()) {
      for (const [token, target] of agent.holds) {
        const response = [...this.rows.responses.values()].find((one) => one.token === token);
        hold(
          4,
          response?.state === "dead",
          () => `${target} is still held on ${agent.id}, and R${response?.id} is ${response?.state}`,
        );
      }
    }
  }

  /** 13: a person's word is one row where it was taken, and a refused yes is one as well. */
  #command(command: Command, who: string): string | null {
    const before = this.rows.audit.length;
    const refused = this.#decide({ kind: "command", who, command }).refused ?? null;
    const his = this.rows.audit.slice(before).filter((row) => row.who === who);
    const isNoted = refused === null || (command.kind === "approve_response" && his.length > 0);
    hold(
      13,
      his.length === (isNoted ? 1 : 0),
      () => `${who} did ${command.kind} (${refused}): ${his.length} rows of it`,
    );
    return refused;
  }

  #decide(input: Input): Result {
    const now = this.#now;
    const view = new View(this.rows.facts([], [], input.kind === "respond_due" ? input.now : -Infinity));
    const newToken = (): string => `token-of-the-storm-${(this.#tokens += 1)}`;
    const result = decide(view, input, { now, random: this.#chance, newToken, snapshot: this.#snapshot });
    this.rows.apply(view.changes());
    return result;
  }
}

const away: Resolved = { kind: "later", reason: "timeout", says: "the API is away" };
const lost: OrderOutcome = { kind: "unknown", reason: "timeout", says: "no answer" };
const slow: OrderOutcome = { kind: "later", reason: "rate_limited", says: "slow down" };
