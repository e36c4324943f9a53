import type { AgentFact, FleetNews } from "../core/agent-facts.ts";
import type { KeptAlert } from "../core/alert.ts";
import type { AcceptInput } from "../core/input.ts";
import { SECOND_MS, type Instant } from "../core/time.ts";
import { SOURCE_SILENT_MS } from "../core/watermark.ts";
import type { Clock } from "../ports/clock.ts";
import { agentIds } from "../wazuh/api/agent.ts";
import type { ApiFailure } from "../wazuh/api/api-failure.ts";
import type { WazuhApi } from "../wazuh/api/client.ts";
import type { AgentBook } from "./agent-book.ts";
import { agentsToAsk, compareAgents, type AgentsLook, type OpenLoss } from "./agents-compare.ts";
import { readAgentsCursor, writeAgentsCursor, type AgentsCursor } from "./agents-cursor.ts";
import { wordsOfAgents, type AgentsEvent } from "./agents-event.ts";
import { alertOfWord } from "./agents-line.ts";
import { FleetWatch, type FleetWatchOptions } from "./fleet-watch.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept, Source, SourceStatus } from "./source.ts";

export interface AgentsOptions {
  readonly name: string;
  readonly api: Pick<WazuhApi, "disconnectedAgents" | "agentsById">;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly judge: LineJudge;
  readonly accept: Accept;
  /** By agent, whichever source brought it. */
  readonly openLosses: () => Promise<ReadonlyMap<string, OpenLoss>>;
  /** Whether the other sources have read what was there when they started, as far as it can be read. */
  readonly othersHaveRead: () => boolean;
  /** Absent: nothing is asked of agents but whether they are there. */
  readonly enrich?: {
    readonly api: FleetWatchOptions["api"];
    readonly facts: ReadonlySet<AgentFact>;
    readonly book: AgentBook;
  };
  readonly observe?: (event: AgentsEvent) => void;
}

/** Watches which agents the Wazuh API calls disconnected, and tells of them as Wazuh's own alerts do. */
export function createAgentsSource(options: AgentsOptions): Source {
  return new AgentsSource(options);
}

/** What the API says is as old as the manager's database, which lags behind by moments. */
const HELD_BACK_MS = 2 * SECOND_MS;
const OTHERS_LOOK_MS = SECOND_MS / 4;
/** More than one stretch of a file would bring: a whole fleet may be lost at once. */
const WORDS_A_STRETCH = 500;

type Trouble = Exclude<AgentsEvent, { kind: "well" }>;

class AgentsSource implements Source {
  readonly name: string;
  readonly beforeTimers = true;
  readonly #options: AgentsOptions;
  #phase: "new" | "running" | "stopped" = "new";
  #cursor: AgentsCursor | null = null;
  #hasLooked = false;
  /** The backlog of the others comes before its first look. */
  #isHeldUp = true;
  #trouble: Trouble | null = null;
  readonly #fleet: FleetWatch | null;
  /** Of what is asked beside who is lost: it holds nothing up. */
  #fleetTrouble: Trouble | null = null;
  #told: Trouble | null = null;
  #seenAt: Instant | null = null;
  #handover: Promise<unknown> = Promise.resolve();
  #cancelPause: () => void = () => {};

  constructor(options: AgentsOptions) {
    this.name = options.name;
    this.#options = options;
    const { enrich, clock } = options;
    this.#fleet = enrich === undefined ? null : new FleetWatch({ ...enrich, clock });
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    this.#cursor = readAgentsCursor(cursor);
    this.#lookAfterOthers(this.#options.clock.now() + SOURCE_SILENT_MS);
  }

  /** A call that is under way is left to itself: nothing that it brings is handed over any more. */
  async drain(): Promise<void> {
    this.#phase = "stopped";
    this.#cancelPause();
    await this.#handover;
  }

  watermark(): ReturnType<Source["watermark"]> {
    return this.#seenAt === null ? null : { at: this.#seenAt - HELD_BACK_MS, reportedAt: this.#seenAt };
  }

  status(): SourceStatus {
    const trouble = this.#trouble ?? this.#fleetTrouble;
    const state = this.#state();
    const waitsFor = state === "starting" && this.#isHeldUp ? "the other sources to read what is there" : null;
    const says = trouble === null ? null : wordsOfAgents(trouble);
    return { state, trouble: says, behindBytes: null, ...(waitsFor !== null && { waitsFor }) };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    if (!this.#hasLooked) return "starting";
    return this.#trouble === null ? "at_end" : "unreadable";
  }

  /**
   * What lies in a backlog opens incidents whose hold is over as soon as they are read. Whoever is back by then must be
   * known before a timer fires: so the first look comes after the backlog, and the timers after the look.
   */
  #lookAfterOthers(atLatest: Instant): void {
    const { clock, othersHaveRead } = this.#options;
    const now = clock.now();
    // A clock that was set back must not keep it waiting for as long as it was set back.
    const isTime = now >= atLatest || atLatest - now > SOURCE_SILENT_MS || othersHaveRead();
    if (isTime) this.#isHeldUp = false;
    if (isTime) this.#lookSoon(0);
    else if (this.#phase === "running")
      this.#cancelPause = clock.after(OTHERS_LOOK_MS, () => this.#lookAfterOthers(atLatest));
  }

  #lookSoon(ms: number): void {
    if (this.#phase !== "running") return;
    this.#cancelPause = this.#options.clock.after(ms, () => {
      this.#turn().then(
        () => this.#lookSoon(this.#options.everyMs),
        (bug: unknown) => {
          throw bug;
        },
      );
    });
  }

  async #turn(): Promise<void> {
    const notStored = (error: unknown): Trouble => ({ kind: "agents_not_stored", why: messageOf(error) });
    this.#trouble = await this.#look().catch(notStored);
    this.#hasLooked = true;
    if (this.#trouble === null) this.#fleetTrouble = await this.#lookAtFleet().catch(notStored);
    this.#tell(this.#trouble ?? this.#fleetTrouble);
  }

  /** Null: everything that the API said is stored. */
  async #look(): Promise<Trouble | null> {
    const { api, clock, openLosses } = this.#options;
    const at = clock.now();
    const open = await openLosses();
    const listed = await api.disconnectedAgents();
    if (listed.kind === "failed") return notAsked(listed);
    const known = { at, disconnected: listed.agents, openLosses: open };
    const ids = agentIds(agentsToAsk(this.#cursor, known));
    const asked = ids === null ? null : await api.agentsById(ids);
    if (asked?.kind === "failed") return notAsked(asked);
    // Between the two questions some may have been lost: then the first answer is out of date, and the next look sees it.
    const others = (asked?.agents ?? []).filter(({ status }) => status !== "disconnected");
    await this.#store({ ...known, asked: others, absent: asked?.absent ?? [] });
    return null;
  }

  async #store(look: AgentsLook): Promise<void> {
    const { judge, name, accept } = this.#options;
    const { words, after } = compareAgents(this.#cursor, look);
    const alerts = words.map((word) => alertOfWord(word, judge, look.at)).filter((alert) => alert !== null);
    let ignored = words.length - alerts.length;
    // All of them with the place after them: until the last stretch is stored, the place is that before.
    for (let from = 0; from === 0 || from < alerts.length; from += WORDS_A_STRETCH) {
      const some = alerts.slice(from, from + WORDS_A_STRETCH);
      const isLast = from + WORDS_A_STRETCH >= alerts.length;
      const cursor = isLast ? after : (this.#cursor ?? EMPTY);
      if (this.#phase !== "running") return;
      const stretch = stretchOf(name, some, ignored, cursor, isLast ? look.at : null);
      const stored = accept(stretch);
      // `drain` only waits for its end; a failure is thrown to the look by the next line, and told from there.
      this.#handover = stored.catch(() => {});
      await stored;
      ignored = 0;
    }
    this.#cursor = after;
    this.#seenAt = look.at;
  }

  /** What is known of agents beside that is kept with the same bookmark: it is no part of what was looked for. */
  async #lookAtFleet(): Promise<Trouble | null> {
    const { enrich, name, accept } = this.#options;
    if (this.#fleet === null || enrich === undefined || this.#phase !== "running") return null;
    const { news, trouble } = await this.#fleet.look();
    for (const some of news === null ? [] : inStretches(news)) {
      if (this.#phase !== "running") return null;
      const stored = accept({ ...stretchOf(name, [], 0, this.#cursor ?? EMPTY, null), fleet: some });
      this.#handover = stored.catch(() => {});
      await stored;
      enrich.book.take(some);
    }
    return trouble === null ? null : { kind: "not_enriched", says: trouble };
  }

  #tell(trouble: Trouble | null): void {
    const { observe = () => {} } = this.#options;
    const before = this.#told;
    this.#told = trouble;
    if (trouble === null && before !== null) observe({ kind: "well" });
    // The same is told once.
    if (trouble !== null && (before === null || wordsOfAgents(before) !== wordsOfAgents(trouble))) observe(trouble);
  }
}

/** Until the last of them is stored, the look counts as not made. */
function inStretches({ agents, gone, lookedAt }: FleetNews): readonly FleetNews[] {
  const stretches: FleetNews[] = [];
  for (let from = 0; from === 0 || from < agents.length; from += WORDS_A_STRETCH) {
    const isLast = from + WORDS_A_STRETCH >= agents.length;
    const some = agents.slice(from, from + WORDS_A_STRETCH);
    stretches.push({ agents: some, gone: isLast ? gone : [], lookedAt: isLast ? lookedAt : null });
  }
  return stretches;
}

const EMPTY: AgentsCursor = { lookedAt: 0, lost: [], saidBack: {} };

function stretchOf(
  source: string,
  alerts: readonly KeptAlert[],
  ignored: number,
  cursor: AgentsCursor,
  lookedAt: Instant | null,
): AcceptInput {
  return {
    kind: "accept",
    source,
    cursor: writeAgentsCursor(cursor),
    read: alerts.length + ignored,
    ignored,
    malformed: 0,
    quarantine: [],
    alerts,
    watermarkAt: lookedAt === null ? null : lookedAt - HELD_BACK_MS,
  };
}

function notAsked({ says }: ApiFailure): Trouble {
  return { kind: "not_asked", says };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
