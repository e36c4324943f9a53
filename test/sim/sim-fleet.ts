import { MINUTE_MS, SECOND_MS, type Instant } from "../../src/core/time.ts";
import type { Change } from "../../src/core/change.ts";
import { FakeWazuhApi, usualPassword } from "../fakes/wazuh-api/wazuh-api.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { SimTime } from "./sim-time.ts";

/** Agents that the Wazuh API knows of; those before them it says nothing of to our user. */
export const FLEET = ["011", "012", "013", "014", "015"] as const;
export const FLEET_POLICY = "fleet-lost";
export const FLEET_HOLD_MS = 4 * MINUTE_MS;
/** The numbers of those that storms are made of, which nobody but the file knows of either. */
export const STORMY = Array.from({ length: 14 }, (_, i) => 21 + i);
const NOT_OURS_TO_SEE = ["001", "002", "003", "004", "005", "006", ...STORMY.map((number) => `0${number}`)];

export const FLEET_DEEDS = [
  "agent lost",
  "agent stopped",
  "agent back",
  "agent removed",
  "number given to another",
  "manager restarted",
  "token revoked",
  "password refused",
] as const;

/** An agent that was not there, as it was: whatever the manager wrote of it, and whatever the API was asked. */
export interface Away {
  readonly agent: string;
  /** Its last keepalive. */
  readonly from: Instant;
  /** When the manager noticed. */
  readonly noticedAt: Instant;
  /** Back, or removed; null: neither. */
  until: Instant | null;
}

/** From a restart of the manager until it has heard of the agent: the API calls it lost, and it is not. */
export interface Lie {
  readonly agent: string;
  readonly from: Instant;
  until: Instant | null;
}

export interface FleetParts {
  readonly time: SimTime;
  readonly chance: Chance;
  /** The manager writes a line about the agent into its file. */
  readonly write: (rule: "503" | "504" | "506", agent: number) => void;
  readonly reach: (what: string) => void;
}

/** Agents of a manager that go away and come back, its API, and the lines that it writes of them late or never. */
export class SimFleet {
  readonly fake = new FakeWazuhApi();
  readonly aways: Away[] = [];
  readonly lies: Lie[] = [];
  /** Looks that the engine has stored: when it asked, and when the answer was committed. */
  readonly looks: { readonly askedAt: Instant; readonly storedAt: Instant }[] = [];
  /** When the source began anew, after which no timer fires until it has asked. */
  readonly startsAt: Instant[] = [];
  /** When an alert about the agent was committed, by whichever road it came. */
  readonly heard: { readonly agent: string; readonly at: Instant; readonly source: string }[] = [];
  readonly #parts: FleetParts;
  #endAt: Instant = 0;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    for (const id of [...NOT_OURS_TO_SEE, ...FLEET]) this.fake.add(id, `web-${id}`, wholeSecond(parts.time.now));
    this.fake.hidden = new Set(NOT_OURS_TO_SEE);
  }

  /** Each agent for itself, and the manager with all of them, until then. */
  run(endAt: Instant): void {
    const { chance } = this.#parts;
    this.#endAt = endAt;
    for (const id of FLEET) this.#later(between(chance, 5 * SECOND_MS, 4 * MINUTE_MS), () => this.#leave(id));
    this.#later(between(chance, 30 * SECOND_MS, 8 * MINUTE_MS), () => this.#trouble());
    this.#parts.time.after(endAt - this.#parts.time.now, () => this.#settle());
  }

  /** The API, as of the moment at which it is asked: who is there was heard of a moment ago. */
  get api(): Vendor {
    return {
      handle: (request, nowMs) => {
        for (const agent of this.fake.agents.values()) {
          const heardAt = nowMs - (nowMs % (10 * SECOND_MS));
          if (agent.status === "active") agent.lastKeepAliveAt = Math.max(agent.lastKeepAliveAt ?? 0, heardAt);
        }
        return this.fake.handle(request, nowMs);
      },
    };
  }

  committed(changes: readonly Change[]): void {
    const { now } = this.#parts.time;
    for (const change of changes) {
      if (change.table === "source" && change.row.name === "agents" && change.row.watermarkAt !== null) {
        this.looks.push({ askedAt: change.row.watermarkAt + HELD_BACK_MS, storedAt: now });
      }
      if (change.table !== "alert" || !isInFleet(change.row.agentId)) continue;
      const { agentId: agent, source } = change.row;
      if (!this.heard.some((before) => before.agent === agent)) this.#parts.reach(`first heard of by ${source}`);
      this.heard.push({ agent, at: now, source });
    }
  }

  begins(): void {
    this.startsAt.push(this.#parts.time.now);
  }

  awaysOf(agent: string): readonly Away[] {
    return this.aways.filter((away) => away.agent === agent);
  }

  /** Who is away comes back, and stays. */
  bringAllBack(): void {
    for (const id of FLEET) if (this.fake.agents.has(id)) this.#comeBack(id);
  }

  #later(ms: number, act: () => void): void {
    const { time } = this.#parts;
    time.after(ms, () => (time.now < this.#endAt ? act() : undefined));
  }

  #leave(id: string): void {
    const { chance, reach } = this.#parts;
    const kind = chance();
    if (!this.fake.agents.has(id)) return;
    if (kind < 0.1) {
      this.#remove(id);
      return;
    }
    const from = wholeSecond(this.#parts.time.now);
    if (kind < 0.35) {
      reach("agent stopped");
      this.fake.stopGracefully(id, from);
      this.#away(id, from, from);
      this.#write("506", id);
    } else {
      const noticedAt = from + between(chance, 20, 150) * SECOND_MS;
      this.#later(noticedAt - this.#parts.time.now, () => {
        if (!this.fake.agents.has(id)) return;
        reach("agent lost");
        this.fake.lose(id, noticedAt, from);
        this.#away(id, from, noticedAt);
        this.#write("504", id);
      });
    }
    const awayMs = chance() < 0.5 ? between(chance, 1_000, 3 * MINUTE_MS) : between(chance, MINUTE_MS, 14 * MINUTE_MS);
    this.#later(150 * SECOND_MS + awayMs, () => (chance() < 0.1 ? this.#remove(id) : this.#return(id)));
  }

  #away(agent: string, from: Instant, noticedAt: Instant): void {
    this.#endLie(agent);
    this.aways.push({ agent, from, noticedAt, until: null });
  }

  #return(id: string): void {
    const { chance } = this.#parts;
    if (!this.fake.agents.has(id)) return;
    this.#comeBack(id);
    if (chance() < 0.5) this.#later(between(chance, 0, 3_000), () => this.#parts.write("503", Number(id)));
    this.#later(between(chance, 15 * SECOND_MS, 8 * MINUTE_MS), () => this.#leave(id));
  }

  #comeBack(id: string): void {
    if (this.#end(id)) this.#parts.reach("agent back");
    this.#endLie(id);
    this.fake.bringBack(id, wholeSecond(this.#parts.time.now));
  }

  /** Its number is free, and may be given to the next who comes. */
  #remove(id: string): void {
    const { chance, reach } = this.#parts;
    if (!this.fake.agents.has(id)) return;
    reach("agent removed");
    this.#end(id);
    this.#endLie(id);
    this.fake.agents.delete(id);
    this.#later(between(chance, 5 * SECOND_MS, 5 * MINUTE_MS), () => {
      reach("number given to another");
      this.fake.add(id, `db-${id}-${this.#parts.time.now}`, wholeSecond(this.#parts.time.now));
      this.#later(between(chance, 5 * SECOND_MS, 8 * MINUTE_MS), () => this.#leave(id));
    });
  }

  /** True where it was away. */
  #end(id: string): boolean {
    const away = this.aways.findLast(({ agent }) => agent === id);
    if (away === undefined || away.until !== null) return false;
    away.until = this.#parts.time.now;
    return true;
  }

  #endLie(id: string): void {
    for (const lie of this.lies) if (lie.agent === id) lie.until ??= this.#parts.time.now;
  }

  /** What the manager writes of a loss it may write long after, when it is over, or never. */
  #write(rule: "504" | "506", id: string): void {
    const { chance, write } = this.#parts;
    const when = chance();
    if (when < 0.3) return;
    const lateMs = when < 0.6 ? between(chance, 0, 2_000) : between(chance, 10 * SECOND_MS, 12 * MINUTE_MS);
    this.#later(lateMs, () => write(rule, Number(id)));
  }

  #trouble(): void {
    const { chance, reach, time } = this.#parts;
    const kind = pick(chance, ["manager restarted", "manager restarted", "token revoked", "password refused"] as const);
    reach(kind);
    switch (kind) {
      case "manager restarted":
        this.#restart();
        break;
      case "token revoked":
        this.fake.revokeTokens();
        break;
      case "password refused":
        this.fake.password = "another";
        this.fake.revokeTokens();
        time.after(between(chance, 5 * SECOND_MS, 4 * MINUTE_MS), () => (this.fake.password = usualPassword));
        break;
    }
    this.#later(between(chance, 3 * MINUTE_MS, 15 * MINUTE_MS), () => this.#trouble());
  }

  /** All agents are called lost until the manager has heard of them, some for longer than others. */
  #restart(): void {
    const { chance, time } = this.#parts;
    for (const id of FLEET) {
      if (this.fake.agents.get(id)?.status !== "active") continue;
      this.lies.push({ agent: id, from: time.now, until: null });
      const silentMs = chance() < 0.7 ? between(chance, 2_000, 90_000) : between(chance, 90_000, 8 * MINUTE_MS);
      this.#later(silentMs, () => {
        if (this.fake.agents.get(id)?.statusCode === RESET) this.#comeBack(id);
      });
    }
    this.fake.restartManager(wholeSecond(time.now));
  }

  #settle(): void {
    this.fake.password = usualPassword;
    for (const id of FLEET) if (this.fake.agents.get(id)?.statusCode === RESET) this.#comeBack(id);
  }
}

const RESET = 5;
/** What a look says is as old as the manager's database. */
const HELD_BACK_MS = 2 * SECOND_MS;

export function isInFleet(agent: string | null): agent is string {
  return agent !== null && FLEET.some((id) => id === agent);
}

function wholeSecond(at: Instant): Instant {
  return at - (at % SECOND_MS);
}
