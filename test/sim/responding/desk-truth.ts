import type { Change } from "../../../src/core/change.ts";
import type { Response } from "../../../src/core/response.ts";
import { MINUTE_MS, type Instant } from "../../../src/core/time.ts";
import type { FakeOrder } from "../../fakes/wazuh-api/active-response.ts";
import { hold } from "../checks.ts";
import { COMMIT_MOST_MS } from "../mortal-store.ts";
import { tokenOf, type AgentLine, type SentData } from "./agent-line.ts";
import { APPROVE_WITHIN_MS, APPROVERS, type DeskTerms } from "./desk-terms.ts";
import { AGENT_ADDRESS, isAttacker, isUntouchable, OFFICE, PEOPLE, plainName } from "./people-there.ts";
import { SAFE_AGENTS, type Site, type SiteWitness } from "./site.ts";
import type { WazuhAgent } from "./wazuh-agent.ts";

/** What an order began, as somebody counts it who knows nothing of how Riposte does. */
interface Begun {
  readonly at: Instant;
  readonly agent: string;
  readonly target: string;
}

/** Promise 4 over what is true: what was allowed, what was touched, and what is said of it. */
export class DeskTruth implements SiteWitness {
  /** As they were committed last, whether or not anybody lived to hear of it. */
  readonly responses = new Map<number, Response>();
  /** Accounts that somebody else got in as, by agent. */
  readonly taken = new Set<string>();
  readonly attacked = new Set<string>();
  /** Snapshots in which the policy lists what it answers with, and does it. */
  isAllowed = true;
  isStopped = false;
  /** Responses of which a person said that he took them back. */
  readonly byHand = new Set<number>();
  readonly #terms: DeskTerms;
  readonly #now: () => Instant;
  readonly #reach: (what: string) => void;
  readonly #tokens = new Map<string, number>();
  readonly #adds = new Map<string, number>();
  readonly #begun = new Map<number, Begun>();
  readonly #yes = new Map<number, Set<string>>();
  readonly #received = new Set<string>();
  readonly #proved = new Set<string>();
  readonly #undone = new Set<string>();
  readonly #excuses = new Map<string, string>();
  readonly #touched = new Set<string>();
  /** Who is known to have logged in from the office: it is many people's once there are three. */
  readonly #atTheOffice = new Set<string>();

  constructor(terms: DeskTerms, now: () => Instant, reach: (what: string) => void) {
    this.#terms = terms;
    this.#now = now;
    this.#reach = reach;
  }

  /** Within a turn people come first. */
  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === "respond_stop") this.isStopped = change.row.stop !== null;
      if (change.table === "audit" && change.row.what === "approve_response") this.#approved(change.row);
    }
    for (const change of changes) if (change.table === "response") this.#changed(change.row);
    for (const change of changes) {
      if (change.table !== "sighting" || change.row.address !== OFFICE) continue;
      if (change.row.kind === "login") this.#atTheOffice.add(change.row.user);
    }
    const seen = changes.some((change) => change.table === "response" && this.#proved.has(change.row.token));
    for (const change of changes) {
      if (change.table !== "moment" || change.row.text?.startsWith("done, and seen") !== true) continue;
      hold(4, seen, () => `"${change.row.text}" was said, and no response was seen to be so`);
    }
  }

  tokensOn(agent: WazuhAgent): readonly string[] {
    return [...this.responses.values()].flatMap(({ token, agent: of }) =>
      of.id === agent.id && of.registeredAt === agent.registeredAt ? [token] : [],
    );
  }

  ordered({ agentId, alert }: FakeOrder): void {
    const { dstuser, srcip, riposte } = (alert as { readonly data: SentData }).data;
    const response = this.#of(riposte.token);
    const { id } = response;
    hold(4, agentId === response.agent.id, () => `R${id} is for agent ${response.agent.id}, and went to ${agentId}`);
    const name = dstuser ?? srcip;
    hold(4, name === response.target.name, () => `R${id} is about ${response.target.name}, and went out for ${name}`);
    if (riposte.verb !== "add") return;
    const times = (this.#adds.get(riposte.token) ?? 0) + 1;
    this.#adds.set(riposte.token, times);
    hold(4, times === 1, () => `R${id} was ordered ${times} times`);
  }

  touched(agent: WazuhAgent, token: string, target: string): void {
    const response = this.#of(token);
    const { id, state } = response;
    hold(4, !SAFE_AGENTS.includes(agent.id), () => `R${id} touched agent ${agent.id}, which is protected`);
    // Nobody can look and order in one call: what is registered anew between the two gets what the old one was to.
    const isSame = agent.registeredAt === response.agent.registeredAt;
    const isAnewAmidIt = agent.registeredAt > (response.order?.beganAt ?? 0) - MINUTE_MS;
    hold(4, isSame || isAnewAmidIt, () => `R${id} met another agent than it was planned for`);
    hold(4, MAY_BE_TOUCHED.has(state), () => `R${id} is ${state}, and is done only now`);
    this.#touched.add(`${agent.id} ${plainName(target)}`);
    if (response.target.kind === "user") this.#touchedUser(agent, id, target);
    if (response.target.kind === "address") {
      // One machine of the house that attacks another may be cut off from it; none from itself.
      const isNeighbour = target === AGENT_ADDRESS && agent.id !== "001";
      const mayBe = isAttacker(target) || target === OFFICE || isNeighbour;
      hold(4, mayBe, () => `R${id} blocked ${target}`);
    }
    this.#reach(`desk touched by ${response.terms.by}`);
  }

  logged(_agent: WazuhAgent, line: AgentLine): void {
    const token = tokenOf(line);
    if (line.kind === "stock") (line.order === "add" ? this.#received : this.#undone).add(token);
    else if (line.effect === "yes" || line.effect === "already") this.#proved.add(token);
    else if (line.effect === "undone") this.#undone.add(token);
  }

  excused(token: string, why: string): void {
    if (!this.#excuses.has(token)) this.#excuses.set(token, why);
  }

  /** Everything works, nothing is due any more. */
  checkQuiet(site: Site): void {
    for (const { id, state, refusal, token, terms, agent } of this.responses.values()) {
      this.#reach(`desk response ${refusal === null ? state : `refused ${refusal}`}`);
      hold(4, OVER.has(state), () => `R${id} of ${terms.by} is ${state} at quiet`);
      if (state !== "dead") continue;
      // The companion can always be told to undo it, where the agent is still the same.
      const isThere = site.agents.get(agent.id)?.registeredAt === agent.registeredAt;
      const isExcused = terms.by === "companion" ? !isThere : this.#excuses.has(token) || !this.#received.has(token);
      hold(4, isExcused, () => `R${id} of ${terms.by} is left to a person, and nothing stood in the way of its end`);
    }
    for (const agent of [...site.agents.values(), ...site.gone]) {
      for (const { id, token, state } of this.responses.values()) {
        if (!agent.holds(token)) continue;
        // Of what another machine has under its id by now, only what was seen of the old one can be known.
        const isLost = state === "failed" && site.gone.includes(agent);
        hold(4, state === "dead" || isLost, () => `R${id} is ${state}, and in force on ${agent.id}`);
      }
    }
    const only = this.#terms.respond.onlyIf;
    if (only === null) return;
    for (const account of this.attacked) {
      if (isUntouchable(account.split(" ")[1] ?? "")) continue;
      const who = this.taken.has(account) ? "attacker" : "victim";
      this.#reach(`${only}: ${who} ${this.#touched.has(account) ? "locked" : "left alone"}`);
    }
  }

  #of(token: string): Response {
    const response = this.responses.get(this.#tokens.get(token) ?? 0);
    if (response === undefined) throw new Error(`an order went out with the token ${token}, which no row has`);
    return response;
  }

  #touchedUser(agent: WazuhAgent, id: number, name: string): void {
    const user = plainName(name);
    hold(4, PEOPLE.includes(user), () => `R${id} locked ${name}`);
    const isVictim = !this.taken.has(`${agent.id} ${user}`);
    const { onlyIf } = this.#terms.respond;
    hold(4, onlyIf === "always" || !isVictim, () => `R${id} locked ${name}, who was only attacked`);
  }

  #approved({ who, about, at }: { readonly who: string; readonly about: string; readonly at: Instant }): void {
    const [, number = "", digest] = /^R(\d+) (\S+)$/.exec(about) ?? [];
    const response = this.responses.get(Number(number));
    hold(4, response?.state === "held", () => `${about} was approved, and is ${response?.state}`);
    hold(4, response?.digest === digest, () => `${about} was approved, and is ${response?.digest}`);
    hold(4, APPROVERS.includes(who) && response?.target.name !== who, () => `${about} was approved by ${who}`);
    const waited = at - (response?.at ?? 0);
    hold(4, waited <= APPROVE_WITHIN_MS, () => `${about} was approved after ${waited / MINUTE_MS} minutes`);
    this.#yes.set(Number(number), (this.#yes.get(Number(number)) ?? new Set()).add(who));
    this.#reach("desk approval given");
  }

  #changed(row: Response): void {
    const before = this.responses.get(row.id);
    this.responses.set(row.id, row);
    this.#tokens.set(row.token, row.id);
    const { id, state, token, order } = row;
    if (order?.verb === "add" && order.n !== before?.order?.n) this.#begins(row);
    const isOrdered = this.#adds.has(token);
    const isBack = (state === "allowed" || state === "failed" || state === "refused") && !isOrdered;
    if (isBack) this.#begun.delete(id);
    if (state === before?.state) return;
    if (state === "sent") hold(4, isOrdered, () => `R${id} counts as sent, and the manager never had it`);
    if (state === "refused" || state === "advised")
      hold(4, !isOrdered, () => `R${id} counts as ${state}, and was done`);
    if (state === "received" || state === "received_unprovable")
      hold(4, this.#received.has(token), () => `R${id} counts as received, and no script had it`);
    if (state === "verified") hold(4, this.#proved.has(token), () => `R${id} counts as seen, and nobody looked`);
    if (state === "lifted" && !this.byHand.has(id))
      hold(4, this.#undone.has(token), () => `R${id} counts as lifted, and is not`);
  }

  /** Just committed, and about to be sent. */
  #begins(row: Response): void {
    const { id, digest, agent, target, approvals } = row;
    hold(4, !this.isStopped, () => `R${id} was begun although responses are stopped`);
    hold(4, this.isAllowed, () => `R${id} was begun although the config does not do it any more`);
    hold(4, !SAFE_AGENTS.includes(agent.id), () => `R${id} is for agent ${agent.id}, which is protected`);
    const isMany = target.name === OFFICE && this.#atTheOffice.size >= 3;
    hold(4, !isMany, () => `R${id} is about an address of ${this.#atTheOffice.size} people`);
    const { mode, fourEyes, limits, quiet } = this.#terms;
    const isQuiet = quiet !== null && this.#now() > quiet.from + COMMIT_MOST_MS && this.#now() < quiet.until;
    hold(4, !isQuiet || quiet.does === "ask", () => `R${id} was begun in quiet hours`);
    if (isQuiet) this.#reach("desk begun in quiet hours");
    const needed = fourEyes ? 2 : mode === "approve" || isQuiet ? 1 : 0;
    const given = this.#yes.get(id)?.size ?? 0;
    hold(4, given >= needed, () => `R${id} (${digest}) was begun on ${given} words of ${needed}: ${approvals.length}`);
    const one = { at: this.#now(), agent: agent.id, target: plainName(target.name) };
    const others = [...this.#begun].flatMap(([other, begun]) => (other === id ? [] : [begun]));
    for (const { of, most, perMs } of limits) {
      const lately = others.filter(({ at }) => at > one.at - perMs + COMMIT_MOST_MS);
      const agents = new Set([...lately.map(({ agent: on }) => on), one.agent]);
      const same = lately.filter((other) => other.target === one.target);
      const now = of === "orders" ? lately.length + 1 : of === "target" ? same.length + 1 : agents.size;
      hold(4, now <= most, () => `R${id} is the ${now}th of ${most} (${of}) in ${perMs / MINUTE_MS} minutes`);
    }
    this.#begun.set(id, one);
  }
}

const OVER = new Set(["advised", "refused", "failed", "lifted", "dead"]);
/** An order may be on its way in these, or overtaken by the one to undo it. */
const MAY_BE_TOUCHED = new Set(["sending", "sent", "unknown", "received", "received_unprovable", "lifting", "dead"]);
