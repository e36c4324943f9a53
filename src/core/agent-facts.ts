// What the Wazuh API says of agents beside what stands in their alerts: groups, system, node, labels.
import { DAY_MS, MINUTE_MS, type Instant } from "./time.ts";

/** What of an agent may be asked for and used. */
export const AGENT_FACTS = ["group", "os", "labels", "node"] as const;
export type AgentFact = (typeof AGENT_FACTS)[number];

/** An agent as the API told of it. Who registers one chooses its name, and whoever is on it what it says of its system. */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Null: it never said. */
  readonly os: AgentOs | null;
  /** The node of the cluster that it reports to. */
  readonly node: string | null;
  /** Those that are not hidden, by their whole names; null: nobody was able to ask. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** When they were asked for, whether or not they were told; null: not yet. */
  readonly labelsAt: Instant | null;
  /** Of the configuration that it runs with: what may change its labels changes this. */
  readonly config: string | null;
  /** When it was listed last, where that was not at the newest look; null: it was. */
  readonly unlistedSince: Instant | null;
}

export interface AgentOs {
  readonly name: string | null;
  readonly version: string | null;
  /** Wazuh's own word: `ubuntu`, `windows`. */
  readonly platform: string | null;
}

/** What a look at the fleet brought. */
export interface FleetNews {
  /** Those that are new or not what they were. */
  readonly agents: readonly AgentRow[];
  /** Those that the manager does not know any more. */
  readonly gone: readonly string[];
  /** The look was whole: whatever is not named is as it was. Null: there is more to come. */
  readonly lookedAt: Instant | null;
}

/** What is known of one agent, in the words of an alert's own `agent`. */
export interface KnownAgent {
  readonly group?: readonly string[];
  readonly os?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** A name with dots is a map in a map. */
  readonly labels?: Readonly<Record<string, unknown>>;
}

/**
 * Why nothing is known of an alert's agent. `no_agent`: it names none that has an id of its own, as the manager has
 * not. `never_asked`: no look at the fleet was stored yet. `not_listed`: the API tells of no such agent. `other_agent`:
 * it tells of one with this id and another name. `too_old`: what it said is older than what may be used.
 */
export type WhyUnknown = "no_agent" | "never_asked" | "not_listed" | "other_agent" | "too_old";

export type AgentAnswer =
  | { readonly kind: "known"; readonly agent: KnownAgent; readonly at: Instant; readonly ageMs: number }
  | { readonly kind: "unknown"; readonly why: WhyUnknown };

/** From this age on it is said with every use how old it is. Six looks, or three of a very large fleet. */
export const STALE_AFTER_MS = 30 * MINUTE_MS;
/** Older than this it is not used at all: a week in which nobody noticed that the API is away. */
export const UNUSED_AFTER_MS = 7 * DAY_MS;
/** More agents than any manager carries; those beyond are not known. */
export const AGENTS_MOST = 50_000;

interface AskedFor {
  readonly row: AgentRow | undefined;
  /** The name in the alert. */
  readonly name: string | null;
  /** Of the newest whole look; null: there was none. */
  readonly lookedAt: Instant | null;
  readonly facts: ReadonlySet<AgentFact>;
  readonly now: Instant;
}

/**
 * What may be used of an agent now. An id is given out again, and another manager's agents have the same: so only who
 * has the name as well is meant.
 */
export function knownAgent({ row, name, lookedAt, facts, now }: AskedFor): AgentAnswer {
  if (lookedAt === null) return { kind: "unknown", why: "never_asked" };
  if (row === undefined) return { kind: "unknown", why: "not_listed" };
  if (row.name !== name) return { kind: "unknown", why: "other_agent" };
  const at = row.unlistedSince ?? lookedAt;
  // A clock that was set back makes what was just heard look as if it came from the future.
  const ageMs = Math.abs(now - at);
  if (ageMs > UNUSED_AFTER_MS) return { kind: "unknown", why: "too_old" };
  const os = facts.has("os") && row.os !== null ? osOf(row.os) : null;
  const agent: KnownAgent = {
    ...(facts.has("group") && { group: row.groups }),
    ...(os !== null && { os }),
    ...(facts.has("node") && row.node !== null && { node: row.node }),
    ...(facts.has("labels") && row.labels !== null && { labels: nested(row.labels) }),
  };
  return { kind: "known", agent, at, ageMs };
}

function osOf(os: AgentOs): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(os).filter(([, text]) => text !== null));
}

/** The alert's document with what is known laid under `agent`. What Wazuh wrote of labels itself is newer, and stays. */
export function withAgent(
  document: Readonly<Record<string, unknown>>,
  { labels, ...facts }: KnownAgent,
): Readonly<Record<string, unknown>> {
  const written = isMap(document["agent"]) ? document["agent"] : {};
  const laid = labels === undefined ? {} : { labels: over(labels, written["labels"]) };
  return { ...document, agent: { ...written, ...facts, ...laid } };
}

function over(under: Readonly<Record<string, unknown>>, upper: unknown): Readonly<Record<string, unknown>> {
  if (!isMap(upper)) return under;
  const laid: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(under)) define(laid, name, value);
  for (const [name, value] of Object.entries(upper)) {
    const before = Object.hasOwn(laid, name) ? laid[name] : undefined;
    define(laid, name, isMap(before) && isMap(value) ? over(before, value) : value);
  }
  return laid;
}

/** As Wazuh writes them. */
function nested(labels: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(labels)) {
    const steps = name.split(".");
    const last = steps.pop()!;
    let at: Record<string, unknown> | null = whole;
    for (const step of steps) at = at === null ? null : inside(at, step);
    if (at !== null && !Object.hasOwn(at, last)) define(at, last, value);
  }
  return whole;
}

/** Null: a value stands where a map would have to. */
function inside(map: Record<string, unknown>, name: string): Record<string, unknown> | null {
  if (!Object.hasOwn(map, name)) define(map, name, {});
  const found = map[name];
  return isMap(found) ? found : null;
}

/** A label may be called `__proto__`. */
function define(map: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Which of the facts a field of an alert is; null: Wazuh writes it. Labels it writes as well, and mostly. */
export function agentFactOf(path: string): AgentFact | null {
  const [, fact] = /^(?:raw\.)?agent\.(group|os|node|labels)(?:\.|$)/.exec(path) ?? [];
  return (fact as AgentFact | undefined) ?? null;
}
