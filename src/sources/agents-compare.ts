import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import { RESET_BY_MANAGER, type WazuhAgent } from "../wazuh/api/agent.ts";
import type { AgentsCursor, LostAgent } from "./agents-cursor.ts";

/** An unresolved incident about the loss of an agent. */
export interface OpenLoss {
  /** Of its newest alert. */
  readonly lastAt: Instant;
  /** People know of it; otherwise it is held back still. */
  readonly isTold: boolean;
}

/** What the API says at one moment. */
export interface AgentsLook {
  readonly at: Instant;
  readonly disconnected: readonly WazuhAgent[];
  /** Those that were asked for by name, and are not among the disconnected. */
  readonly asked: readonly WazuhAgent[];
  /** Those that were asked for and that the manager does not know. */
  readonly absent: readonly string[];
  /** By agent. */
  readonly openLosses: ReadonlyMap<string, OpenLoss>;
}

/** What is to be said of an agent, in the words of Wazuh's own rules. */
export type AgentWord =
  | {
      readonly kind: "lost";
      readonly agent: WazuhAgent;
      readonly at: Instant;
      readonly lostAt: Instant;
      readonly since: Instant;
      /** It was said before, and is still so. */
      readonly again: boolean;
    }
  | { readonly kind: "back" | "removed"; readonly id: string; readonly name: string | null; readonly at: Instant }
  /** They were lost before anybody looked. */
  | {
      readonly kind: "lost_before";
      readonly agents: readonly WazuhAgent[];
      readonly at: Instant;
      readonly since: Instant;
    };

/** Up to so many that were lost before the first look are told of one by one. */
export const FIRST_ALONE_MOST = 10;
/** Said again before the day is over after which an incident with nothing new is taken for over. */
export const SAID_AGAIN_MS = 12 * HOUR_MS;
/** A manager that begins anew calls all agents disconnected until it has heard of them; they take a while. */
export const RESET_GRACE_MS = 10 * MINUTE_MS;
/** What was noticed later than this is told as of now: an incident counts its quiet from its newest alert. */
const FRESH_MS = 5 * MINUTE_MS;

/** Whom to ask for by name: who was lost or is told of as lost, and is not among the disconnected any more. */
export function agentsToAsk(
  before: AgentsCursor | null,
  { disconnected, openLosses }: Pick<AgentsLook, "disconnected" | "openLosses">,
): readonly string[] {
  const stillLost = new Set(disconnected.map(({ id }) => id));
  const known = [...(before?.lost ?? []).map(({ id }) => id), ...openLosses.keys()];
  return [...new Set(known)].filter((id) => !stillLost.has(id));
}

/** What there is to say of the fleet since the last look, and what to remember. Silence of the API is no look at all. */
export function compareAgents(
  before: AgentsCursor | null,
  look: AgentsLook,
): { readonly words: readonly AgentWord[]; readonly after: AgentsCursor } {
  const comparison = new Comparison(before, look);
  comparison.disconnected();
  comparison.others();
  return comparison.result();
}

class Comparison {
  readonly #before: AgentsCursor | null;
  readonly #look: AgentsLook;
  readonly #lostBefore: ReadonlyMap<string, LostAgent>;
  readonly #lost: LostAgent[] = [];
  readonly #saidBack: Record<string, Instant> = {};
  readonly #words: AgentWord[] = [];

  constructor(before: AgentsCursor | null, look: AgentsLook) {
    this.#before = before;
    this.#look = look;
    this.#lostBefore = new Map((before?.lost ?? []).map((lost) => [lost.id, lost]));
  }

  disconnected(): void {
    const { at, disconnected, openLosses } = this.#look;
    const fresh: WazuhAgent[] = [];
    for (const agent of disconnected) {
      const known = this.#lostBefore.get(agent.id);
      if (known !== undefined && isSame(known, agent)) this.#stillLost(known, agent);
      else if (agent.statusCode === RESET_BY_MANAGER && at - lostAtOf(agent, at) < RESET_GRACE_MS) {
        if (known !== undefined) this.#lost.push(known);
      } else {
        if (known !== undefined) this.#wasAway(known, agent);
        // It was heard of since an alert told of its loss: the hold of that one is not this one's.
        else if (openLosses.get(agent.id)?.isTold === false && this.#isBack(agent, known))
          this.#over("back", agent.id, agent.name);
        fresh.push(agent);
      }
    }
    const isTold = (agent: WazuhAgent): boolean => openLosses.has(agent.id);
    const untold = fresh.filter((agent) => !isTold(agent));
    const together = this.#before === null && untold.length > FIRST_ALONE_MOST ? untold : [];
    for (const agent of fresh) this.#newlyLost(agent, together.includes(agent) ? "together" : "alone");
    if (together.length === 0) return;
    const since = Math.min(...together.map((agent) => agent.keepAliveAt ?? lostAtOf(agent, at)));
    this.#words.push({ kind: "lost_before", agents: together, at, since });
  }

  others(): void {
    const { asked, absent, openLosses } = this.#look;
    for (const agent of asked) {
      const known = this.#lostBefore.get(agent.id);
      // Wazuh gives the number of who was removed to the next who comes.
      const isOther = known !== undefined && known.name !== agent.name;
      if (isOther || agent.status === "never_connected") this.#over("removed", agent.id, known?.name ?? agent.name);
      else if (agent.status === "active" && this.#isBack(agent, known)) this.#over("back", agent.id, agent.name);
      else if (known !== undefined) this.#lost.push(known);
      else if (agent.status === "active") this.#rememberBack(agent.id);
    }
    for (const id of absent) this.#over("removed", id, this.#lostBefore.get(id)?.name ?? null);
    // Nothing was said of them, which happens when our user may not see them any more.
    const heard = new Set([...this.#look.disconnected, ...asked].map(({ id }) => id).concat(absent));
    for (const known of this.#lostBefore.values()) if (!heard.has(known.id)) this.#lost.push(known);
    for (const id of openLosses.keys()) if (!heard.has(id)) this.#rememberBack(id);
  }

  result(): { readonly words: readonly AgentWord[]; readonly after: AgentsCursor } {
    const after = { lookedAt: this.#look.at, lost: this.#lost, saidBack: this.#saidBack };
    return { words: this.#words, after };
  }

  #stillLost(known: LostAgent, agent: WazuhAgent): void {
    const { at } = this.#look;
    const again = known.told === "alone" && Math.abs(at - known.saidAt) >= SAID_AGAIN_MS;
    this.#lost.push(again ? { ...known, saidAt: at } : known);
    if (!again) return;
    const { lostAt } = known;
    this.#words.push({ kind: "lost", agent, at, lostAt, since: agent.keepAliveAt ?? lostAt, again });
  }

  /** It is lost, but no longer since then: it had come back in between, or another one has its number. */
  #wasAway(known: LostAgent, agent: WazuhAgent): void {
    const kind = known.name === agent.name ? "back" : "removed";
    // An alert told of the new loss before us, and nothing was heard of the agent since: what people know of would be
    // ended and opened once more, at once.
    const open = this.#look.openLosses.get(agent.id);
    const heardAt = agent.keepAliveAt ?? lostAtOf(agent, this.#look.at);
    if (kind === "back" && open?.isTold === true && open.lastAt >= heardAt) return;
    this.#words.push({ kind, id: agent.id, name: known.name, at: this.#endedAt(agent.id) });
  }

  #newlyLost(agent: WazuhAgent, told: LostAgent["told"]): void {
    const now = this.#look.at;
    const lostAt = lostAtOf(agent, now);
    this.#lost.push({ id: agent.id, name: agent.name, lostAt, told, saidAt: now });
    if (told === "together") return;
    const noticedAt = Math.abs(now - lostAt) <= FRESH_MS ? lostAt : now;
    // Behind the word that an earlier loss of it is over, which may have to come after an alert about this one.
    const at = this.#lostBefore.has(agent.id) ? Math.max(noticedAt, this.#endedAt(agent.id) + 1) : noticedAt;
    this.#words.push({ kind: "lost", agent, at, lostAt, since: agent.keepAliveAt ?? lostAt, again: false });
  }

  /** An alert may tell of a loss that we never saw; then only a keepalive since says that it is over. */
  #isBack(agent: WazuhAgent, known: LostAgent | undefined): boolean {
    if (known !== undefined) return true;
    const lastAt = this.#look.openLosses.get(agent.id)?.lastAt;
    if (lastAt === undefined || agent.keepAliveAt === null || agent.keepAliveAt <= lastAt) return false;
    return this.#before?.saidBack[agent.id] !== lastAt;
  }

  #over(kind: "back" | "removed", id: string, name: string | null): void {
    const lastAt = this.#look.openLosses.get(id)?.lastAt;
    const isSaid = lastAt !== undefined && this.#before?.saidBack[id] === lastAt;
    if (lastAt !== undefined) this.#saidBack[id] = lastAt;
    if (!isSaid || this.#lostBefore.has(id)) this.#words.push({ kind, id, name, at: this.#endedAt(id) });
  }

  #rememberBack(id: string): void {
    const said = this.#before?.saidBack[id];
    if (said !== undefined) this.#saidBack[id] = said;
  }

  /**
   * Nobody knows when it came back, only that it was away at the last look and when its loss was told of last. The
   * earliest it can have been: who is back by now was perhaps back before a hold was over, and then nobody need hear.
   */
  #endedAt(id: string): Instant {
    const lookedAt = this.#lostBefore.has(id) ? (this.#before?.lookedAt ?? 0) : 0;
    return Math.max(lookedAt, this.#look.openLosses.get(id)?.lastAt ?? 0) + 1;
  }
}

function isSame(known: LostAgent, { name, disconnectedAt }: WazuhAgent): boolean {
  if (known.name !== name) return false;
  return disconnectedAt === null || Math.abs(disconnectedAt - known.lostAt) <= SECOND_MS;
}

function lostAtOf({ disconnectedAt, keepAliveAt }: WazuhAgent, now: Instant): Instant {
  return disconnectedAt ?? keepAliveAt ?? now;
}
