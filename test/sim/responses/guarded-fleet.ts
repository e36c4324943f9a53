// Agents on which responses act, as they really are: who is locked, what is blocked, which tokens hold what.
import { between, pick, type Chance } from "../chance.ts";

export interface GuardedAgent {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  registeredAt: number;
  isAlive: boolean;
  /** Accounts with their groups. */
  readonly users: ReadonlyMap<string, readonly string[]>;
  /** What the companion remembers of each token. */
  tokens: Map<string, "held" | "undone">;
  /** What each token holds. */
  holds: Map<string, string>;
  /** Timers of execd: in its memory alone. */
  timers: { token: string; target: string; data: SentData; endsAt: number }[];
}

export interface SentData {
  readonly dstuser?: string;
  readonly srcip?: string;
  readonly riposte: { readonly token: string; readonly verb: string; readonly seconds?: number };
}

/** A line that an agent's log brought to the manager. */
export type AgentLine =
  | { readonly kind: "ordered"; readonly token: string; readonly order: "add" | "delete"; readonly failed: boolean }
  | {
      readonly kind: "looked";
      readonly token: string;
      readonly verb: "add" | "check" | "undo";
      readonly effect: "yes" | "already" | "no" | "undone" | "refused";
      readonly why: string;
      readonly found: Readonly<Record<string, string>>;
      readonly others: number;
    };

export const PEOPLE = ["deploy", "bob", "carol", "dave", "erin", "mallory"];
/** Never to be touched, and why. */
export const UNTOUCHABLE: ReadonlyMap<string, readonly string[]> = new Map([
  ["root", ["root"]],
  ["svc-db", ["users"]],
  ["ops", ["users", "sudo"]],
  ["ana", ["users"]],
]);
export const OFFICE = "203.0.113.5";
export const HOUSE = "10.0.0.8";
export const ATTACKERS = ["198.51.100.23", "198.51.100.77", "2600:1f18::66"];
/** Has a label that its alerts do not show: only the agent itself says so, when it is asked. */
export const SECRETLY_LABELLED = "008";
/** Agents that guardrails protect: by group, by label, by name, and by a label that is hidden. */
export const SAFE_AGENTS = ["005", "006", "007", SECRETLY_LABELLED];

export function makeFleet(now: number): Map<string, GuardedAgent> {
  const agents = ["001", "002", "003", "004", ...SAFE_AGENTS].map((id): GuardedAgent => {
    return {
      id,
      name: id === "007" ? "vault-1" : `host-${id}`,
      groups: id === "005" ? ["domain-controllers"] : ["default"],
      registeredAt: now - 86_400_000,
      isAlive: true,
      users: new Map([...PEOPLE.map((name) => [name, ["users"]] as const), ...UNTOUCHABLE]),
      tokens: new Map(),
      holds: new Map(),
      timers: [],
    };
  });
  return new Map(agents.map((agent) => [agent.id, agent]));
}

/** What the agent does about an order, and the line that it leaves. */
export function carryOut(agent: GuardedAgent, command: string, data: SentData, now: number): AgentLine {
  const { token, verb, seconds } = data.riposte;
  const target = data.dstuser ?? data.srcip ?? "";
  if (!command.startsWith("riposte-")) {
    const time = Number(/(\d+)$/.exec(command)?.[1] ?? 0);
    agent.holds.set(token, target);
    if (time > 0) agent.timers.push({ token, target, data, endsAt: now + time * 1_000 });
    return { kind: "ordered", token, order: "add", failed: false };
  }
  const looked = (effect: "yes" | "already" | "no" | "undone" | "refused", why: string): AgentLine => {
    const others = [...agent.holds].filter(([other, of]) => other !== token && of === target).length;
    return { kind: "looked", token, verb: verb as "add", effect, why, found: { password: "locked" }, others };
  };
  const known = agent.tokens.get(token);
  switch (verb) {
    case "add":
      if (known === "undone") return looked("refused", "token_ended");
      if (seconds === undefined) return looked("refused", "bad_order");
      agent.tokens.set(token, "held");
      agent.holds.set(token, target);
      return looked(known === "held" ? "already" : "yes", known === "held" ? "seen" : "done");
    case "check":
      if (known === undefined) return looked("undone", "never_done");
      return known === "held" ? looked("yes", "in_force") : looked("undone", "was_undone");
    default:
      agent.tokens.set(token, "undone");
      agent.holds.delete(token);
      return looked("undone", known === undefined ? "never_done" : known === "held" ? "restored" : "was_undone");
  }
}

/** What execd does by itself: its timers, which a clean stop runs at once and a crash forgets. */
export function timeOut(agent: GuardedAgent, due: (timer: { endsAt: number }) => boolean): AgentLine[] {
  const over = agent.timers.filter(due);
  agent.timers = agent.timers.filter((timer) => !over.includes(timer));
  return over.map(({ token }) => {
    agent.holds.delete(token);
    return { kind: "ordered", token, order: "delete", failed: false };
  });
}

export function anyTarget(chance: Chance): string {
  const odd = [
    "root",
    "ROOT",
    String.raw`CORP\root`,
    "svc-db",
    "SVC-DB@corp.example",
    "ops",
    "ana",
    String.raw`CORP\Ana`,
    "a; rm -rf ~",
    "",
    "0",
    "nobody-there",
    "HOST$",
  ];
  return chance() < 0.35 ? pick(chance, odd) : pick(chance, PEOPLE);
}

export function anyAddress(chance: Chance): string {
  const odd = [OFFICE, HOUSE, "127.0.0.1", "::ffff:10.0.0.8", "evil.example", "203.0.113.200"];
  return chance() < 0.3 ? pick(chance, odd) : pick(chance, ATTACKERS);
}

export function soon(chance: Chance): number {
  return between(chance, 1, 90) * 1_000;
}
