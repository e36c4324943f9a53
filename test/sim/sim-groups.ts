import type { Change } from "../../src/core/change.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type Instant } from "../../src/core/time.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { jsonAnswer } from "../fakes/vendor.ts";
import { between, pick } from "./chance.ts";
import { hold } from "./checks.ts";
import type { Rows } from "./rows.ts";
import type { FleetParts, SimFleet } from "./sim-fleet.ts";

/** Alerts of the fleet that are told by what group their agent is in. */
export const GROUPED_RULE = "533";
export const RED_POLICY = "fleet-red";
export const OTHER_POLICY = "fleet-not-red";
export const GROUP_DEEDS = ["groups changed", "labels changed", "list came empty"] as const;
export const KNOWN_AS = ["known", "unknown"] as const;

/** From the beginning of a look to the answer that it goes by. */
const LOOK_MS = 30 * SECOND_MS;
const STALE_MS = 30 * MINUTE_MS;

/** What was true of an agent from then on. */
interface Truth {
  readonly at: Instant;
  readonly id: string;
  /** Null: there was no such agent. */
  readonly name: string | null;
  readonly groups: string;
  readonly labels: string;
}

interface NotedLine {
  readonly agent: { readonly id: string; readonly name: string };
  readonly riposte_agent?: {
    readonly kind: "known" | "unknown";
    readonly why?: string;
    readonly at: Instant;
    readonly ageMs: number;
    readonly agent: { readonly group: readonly string[]; readonly labels?: object };
  };
}

/** The groups and labels of a fleet, which change, and the alerts that are told by them: as the policies must see them. */
export class SimGroups {
  readonly #fleet: SimFleet;
  readonly #parts: Omit<FleetParts, "write">;
  readonly #write: (agent: number) => void;
  readonly #truths: Truth[] = [];
  readonly #policyOf = new Map<number, string>();
  #firstLookAt: Instant | null = null;
  /** When the API last listed an agent, and since when that is in the database as well. */
  readonly #listedAt = new Map<string, Instant>();
  readonly #knownSince = new Map<string, Instant>();
  #liesUntil: Instant = 0;
  #endAt: Instant = 0;

  constructor(fleet: SimFleet, parts: Omit<FleetParts, "write">, write: (agent: number) => void) {
    this.#fleet = fleet;
    this.#parts = parts;
    this.#write = write;
    for (const id of this.#ids) this.#change(id, ["default"]);
    this.note();
  }

  get #ids(): readonly string[] {
    return [...this.#fleet.fake.agents.keys()].filter((id) => this.#fleet.fake.hidden?.has(id) !== true);
  }

  run(endAt: Instant): void {
    const { chance } = this.#parts;
    this.#endAt = endAt;
    this.#later(between(chance, SECOND_MS, 30 * SECOND_MS), () => this.#alert());
    this.#later(between(chance, 10 * SECOND_MS, 4 * MINUTE_MS), () => this.#regroup());
  }

  /** The same API; now and then its list of all is empty, as that of a user whose role was taken away. */
  over(api: Vendor): Vendor {
    return {
      handle: (request, nowMs) => {
        this.note();
        const answer = api.handle(request, nowMs);
        if (!request.path.includes("select=") || answer.status !== 200) return answer;
        if (nowMs >= this.#liesUntil) {
          for (const id of this.#ids) this.#listedAt.set(id, nowMs);
          return answer;
        }
        this.#parts.reach("list came empty");
        const data = { affected_items: [], total_affected_items: 0, total_failed_items: 0, failed_items: [] };
        return jsonAnswer(200, { data, message: "No agent information was returned", error: 0 });
      },
    };
  }

  /** Writes down what is true now of whoever it was not true of before. */
  note(): void {
    const { fake } = this.#fleet;
    const { now: at } = this.#parts.time;
    const known = new Set([...this.#ids, ...this.#truths.map(({ id }) => id)]);
    for (const id of known) {
      const agent = fake.agents.get(id);
      const labels = (agent?.labels ?? []).map(({ key, value }) => [key, value] as const);
      const truth: Truth = {
        at,
        id,
        name: agent?.name ?? null,
        groups: JSON.stringify(agent?.groups ?? ["default"]),
        labels: JSON.stringify(Object.fromEntries(labels)),
      };
      const last = this.#truths.findLast((one) => one.id === id);
      if (last === undefined || JSON.stringify({ ...last, at }) !== JSON.stringify(truth)) this.#truths.push(truth);
    }
  }

  /** Of what has just been committed. */
  committed(changes: readonly Change[]): void {
    const { now } = this.#parts.time;
    this.note();
    for (const change of changes) {
      if (change.table === "incident") this.#policyOf.set(change.row.id, change.row.policy);
      if (change.table === "fleet") this.#looked(now);
    }
    for (const change of changes) if (change.table === "body") this.#checkBody(change.row.incident, change.row.raw);
  }

  /** 6, with the API well for a while: what is known of the fleet is what is true. */
  checkAgrees(rows: Rows): void {
    const stored = rows
      .all<{ id: string; body: string }>("SELECT agent_id AS id, body FROM agent ORDER BY agent_id")
      .map(({ id, body }) => {
        const { name, groups, labels } = JSON.parse(body) as { name: string; groups: string[]; labels: object | null };
        return `${id} ${name} in ${groups.join("+")} with ${JSON.stringify(labels)}`;
      });
    const { agents } = this.#fleet.fake;
    const isTrue = this.#ids.toSorted().map((id) => {
      const { name, groups = ["default"], labels = [], status } = agents.get(id)!;
      const labelled = JSON.stringify(Object.fromEntries(labels.map(({ key, value }) => [key, value])));
      return { said: `${id} ${name} in ${groups.join("+")} with `, labelled: status === "active" ? labelled : null };
    });
    hold(6, stored.length === isTrue.length, () => `known are ${stored.join(", ")}, and there are ${isTrue.length}`);
    stored.forEach((row, i) => {
      const { said, labelled } = isTrue[i]!;
      // Whoever is away can't be asked for labels.
      const agrees = labelled === null ? row.startsWith(said) : row === `${said}${labelled}`;
      hold(6, agrees, () => `an agent is known as ${row}, and is ${said}${labelled}`);
    });
  }

  #checkBody(incident: number, raw: string): void {
    const policy = this.#policyOf.get(incident);
    if (policy !== RED_POLICY && policy !== OTHER_POLICY) return;
    const { agent, riposte_agent: note } = JSON.parse(raw) as NotedLine;
    const says = JSON.stringify(note ?? null);
    hold(6, note !== undefined, () => `#${incident} of ${policy} does not say what its policy went by`);
    if (note === undefined) return;
    this.#parts.reach(`agent ${note.kind === "known" && note.ageMs > STALE_MS ? "stale" : note.kind}`);
    const isRed = note.kind === "known" && note.agent.group.includes("red");
    hold(6, isRed === (policy === RED_POLICY), () => `#${incident} is of ${policy}, and its agent is known as ${says}`);
    if (note.kind === "known") {
      const groups = JSON.stringify(note.agent.group);
      const { at } = note;
      const isTrue = this.#during(agent.id, at, at + LOOK_MS).some(
        (one) => one.groups === groups && one.name === agent.name,
      );
      hold(
        6,
        isTrue,
        () => `agent ${agent.id} ${agent.name} is said to have been in ${groups} at ${at}: ${this.#story(agent.id)}`,
      );
      const { now } = this.#parts.time;
      hold(6, now - at >= note.ageMs && note.ageMs < 7 * DAY_MS, () => `a note of ${now} says ${says}`);
      const labels = JSON.stringify(note.agent.labels ?? {});
      const wasLabelled = this.#truths.some((one) => one.name === agent.name && one.labels === labels);
      hold(6, note.agent.labels === undefined || wasLabelled, () => `${agent.name} never had the labels ${labels}`);
      return;
    }
    hold(
      6,
      this.#mayBeUnknown(agent, note.why ?? ""),
      () => `agent ${agent.id} ${agent.name} is unknown: ${says}; ${this.#story(agent.id)}`,
    );
  }

  #looked(now: Instant): void {
    this.#firstLookAt ??= now;
    for (const [id, at] of this.#listedAt) {
      if (now - at <= LOOK_MS && !this.#knownSince.has(id)) this.#knownSince.set(id, now);
    }
  }

  /** A restart is no reason, an API that is away none, and a list without it none either. */
  #mayBeUnknown({ id, name }: NotedLine["agent"], why: string): boolean {
    const first = this.#firstLookAt;
    if (why === "never_asked") return first === null || this.#parts.time.now - first < LOOK_MS;
    const others = this.#truths.filter((one) => one.id === id);
    const wasAnother = others.some((one) => one.name !== name);
    // All lists so far were empty ones, or are not in the database yet.
    if (why === "not_listed" && this.#parts.time.now - (this.#knownSince.get(id) ?? Infinity) < LOOK_MS) return true;
    return (why === "not_listed" || why === "other_agent") && wasAnother;
  }

  #during(id: string, from: Instant, to: Instant): readonly Truth[] {
    const all = this.#truths.filter((one) => one.id === id);
    return all.filter((one, i) => one.at <= to && (all[i + 1]?.at ?? Infinity) >= from);
  }

  #story(id: string): string {
    return JSON.stringify(this.#truths.filter((one) => one.id === id));
  }

  #later(ms: number, act: () => void): void {
    const { time } = this.#parts;
    time.after(ms, () => (time.now < this.#endAt ? act() : undefined));
  }

  #alert(): void {
    const { chance } = this.#parts;
    this.#write(Number(pick(chance, this.#ids.length === 0 ? ["011"] : this.#ids)));
    this.#later(between(chance, SECOND_MS, 50 * SECOND_MS), () => this.#alert());
  }

  #regroup(): void {
    const { chance, reach, time } = this.#parts;
    const kind = chance();
    if (kind < 0.15) this.#liesUntil = time.now + between(chance, MINUTE_MS, 12 * MINUTE_MS);
    else if (this.#ids.length > 0) {
      const groups = pick(chance, [["default"], ["default", "red"], ["red"], ["blue", "default"], []] as const);
      reach("groups changed");
      this.#change(pick(chance, this.#ids), groups);
    }
    this.note();
    this.#later(between(chance, 5 * SECOND_MS, 4 * MINUTE_MS), () => this.#regroup());
  }

  #change(id: string, groups: readonly string[]): void {
    const { chance, reach } = this.#parts;
    const agent = this.#fleet.fake.agents.get(id)!;
    agent.groups = [...groups];
    if (chance() < 0.5) return;
    reach("labels changed");
    const n = between(chance, 1, 999);
    // Its name is in them, so that nobody else's are taken for its own.
    agent.labels = [{ key: "of", value: `${agent.name} ${n}` }];
    agent.configSum = `sum-${n}`;
  }
}
