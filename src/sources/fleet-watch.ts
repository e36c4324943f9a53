// Asks the Wazuh API for what is known of agents beside their being there, and says what of it is new.
import { AGENTS_MOST, type AgentFact, type AgentRow, type FleetNews } from "../core/agent-facts.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { agentIds } from "../wazuh/api/agent.ts";
import type { AgentProfile } from "../wazuh/api/agent-profile.ts";
import type { Reason } from "../core/outcome.ts";
import type { ApiFailure } from "../wazuh/api/api-failure.ts";
import type { WazuhApi } from "../wazuh/api/client.ts";
import type { AgentBook } from "./agent-book.ts";
import { storable } from "./storable.ts";

export interface FleetWatchOptions {
  readonly api: Pick<WazuhApi, "fleet" | "agentLabels" | "agentsById">;
  readonly facts: ReadonlySet<AgentFact>;
  readonly book: AgentBook;
  readonly clock: Clock;
}

export interface FleetLook {
  /** Null: nothing was to be asked. */
  readonly news: FleetNews | null;
  /** Why something could not be asked; null: all was well. */
  readonly trouble: string | null;
}

/** Groups change seldom; a page of 500 is asked for every six seconds at most, of 150 calls a minute. */
const EVERY_MS = 5 * MINUTE_MS;
const PER_PAGE_MS = 6 * SECOND_MS;
const PAGE = 500;
/** Labels are asked of one agent at a time, so many at each look; then again when its configuration changes, or so late. */
const LABELS_A_LOOK = 20;
const LABELS_AGAIN_MS = DAY_MS;
const LABELS_KEPT = 64;
/** Of those that are not listed any more so many are asked for by name at a look. */
const UNLISTED_A_LOOK = 1_000;
/** What may be the trouble of the one agent that was asked. Two such in a row are rather that of the API. */
const OF_ONE_AGENT: ReadonlySet<Reason> = new Set(["server_error", "timeout", "unreadable_answer", "too_large"]);

export class FleetWatch {
  readonly #options: FleetWatchOptions;
  /** As they were listed last in this life. */
  #listed: ReadonlyMap<string, AgentProfile> | null = null;
  /** The last of those that were asked for by name, so that the next look goes on after it. */
  #askedUpTo = -1;
  /** Who could not be asked for labels, and which such failure that was: they wait behind all others, the longest first. */
  readonly #behind = new Map<string, number>();
  #failures = 0;

  constructor(options: FleetWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<FleetLook> {
    const { facts, clock } = this.#options;
    if (facts.size === 0) return { news: null, trouble: null };
    const startedAt = clock.now();
    const changed = new Map<string, AgentRow>();
    const gone: string[] = [];
    let trouble: string | null = null;
    const isDue = this.#isDue(startedAt);
    if (isDue) {
      const failure = await this.#list(startedAt, changed, gone);
      if (failure?.kind === "failed") return { news: null, trouble: failure.says };
      trouble = failure?.says ?? null;
    }
    if (facts.has("labels")) trouble = (await this.#askLabels(changed, new Set(gone))) ?? trouble;
    if (!isDue && changed.size === 0) return { news: null, trouble };
    return { news: { agents: [...changed.values()], gone, lookedAt: isDue ? startedAt : null }, trouble };
  }

  #isDue(now: Instant): boolean {
    const { lookedAt, size } = this.#options.book;
    if (this.#listed === null || lookedAt === null) return true;
    return Math.abs(now - lookedAt) >= Math.max(EVERY_MS, Math.ceil(size / PAGE) * PER_PAGE_MS);
  }

  async #list(
    now: Instant,
    changed: Map<string, AgentRow>,
    gone: string[],
  ): Promise<ApiFailure | { readonly kind: "cut"; readonly says: string } | null> {
    const { api, book } = this.#options;
    const answer = await api.fleet(AGENTS_MOST);
    if (answer.kind === "failed") return answer;
    const listed = new Map(answer.agents.slice(0, AGENTS_MOST).map((profile) => [profile.id, profile]));
    for (const profile of listed.values()) {
      const before = book.row(profile.id);
      const row = rowOf(profile, before);
      if (before === undefined || !isSame(before, row)) changed.set(row.id, row);
    }
    await this.#lookForOthers(now, listed, changed, gone);
    this.#listed = listed;
    const says = `there are more than ${AGENTS_MOST} agents, and of those beyond nothing is known`;
    return answer.isCut ? { kind: "cut", says } : null;
  }

  /** Who is not in the list is not gone: a page may have moved, a role may have changed. Gone is whom the manager denies. */
  async #lookForOthers(
    now: Instant,
    listed: ReadonlyMap<string, AgentProfile>,
    changed: Map<string, AgentRow>,
    gone: string[],
  ): Promise<void> {
    const { api, book } = this.#options;
    const unlisted = [...book.rows()].filter(({ id }) => !listed.has(id));
    const ids = agentIds(this.#turnOf(unlisted.map(({ id }) => id)));
    const asked = ids === null ? null : await api.agentsById(ids);
    const absent = new Set(asked?.kind === "agents" ? asked.absent : []);
    for (const row of unlisted) {
      if (absent.has(row.id)) gone.push(row.id);
      else if (row.unlistedSince === null) changed.set(row.id, { ...row, unlistedSince: book.lookedAt ?? now });
    }
  }

  /** Each look has other ones, whatever came of the last: nobody is asked for ever and nobody never. */
  #turnOf(unlisted: readonly string[]): readonly string[] {
    const ordered = unlisted.toSorted((a, b) => Number(a) - Number(b));
    const next = ordered.findIndex((id) => Number(id) > this.#askedUpTo);
    const turn = [...ordered.slice(Math.max(next, 0)), ...ordered.slice(0, Math.max(next, 0))].slice(
      0,
      UNLISTED_A_LOOK,
    );
    this.#askedUpTo = Number(turn.at(-1) ?? -1);
    return turn;
  }

  async #askLabels(changed: Map<string, AgentRow>, gone: ReadonlySet<string>): Promise<string | null> {
    const { api, book, clock } = this.#options;
    const known = (id: string): AgentRow | undefined => changed.get(id) ?? book.row(id);
    const wanting = [...(this.#listed?.values() ?? [])].flatMap((profile) => {
      const row = known(profile.id);
      if (row === undefined || gone.has(row.id) || profile.status !== "active") return [];
      const urgency = urgencyOf(row, profile, clock.now());
      return urgency === null ? [] : [{ row, profile, urgency }];
    });
    const behind = (id: string): number => this.#behind.get(id) ?? 0;
    wanting.sort(
      (a, b) =>
        behind(a.row.id) - behind(b.row.id) || a.urgency - b.urgency || (a.row.labelsAt ?? 0) - (b.row.labelsAt ?? 0),
    );
    let trouble: ApiFailure | null = null;
    let wasTroubled = false;
    for (const { row, profile } of wanting.slice(0, LABELS_A_LOOK)) {
      const answer = await api.agentLabels(row.id);
      // It has gone since, or is too old to be asked: that is its own trouble, and the others' turn.
      if (answer.kind === "failed" && answer.reason !== "bad_request" && answer.reason !== "destination_gone") {
        this.#behind.set(row.id, ++this.#failures);
        if (wasTroubled || !OF_ONE_AGENT.has(answer.reason)) return answer.says;
        [trouble, wasTroubled] = [answer, true];
        continue;
      }
      wasTroubled = false;
      this.#behind.delete(row.id);
      const isAsBefore = row.config === profile.config;
      const labels = answer.kind === "labels" ? shownOf(answer.labels) : isAsBefore ? row.labels : null;
      changed.set(row.id, { ...row, labels, labelsAt: clock.now(), config: profile.config });
    }
    return trouble?.says ?? null;
  }
}

/** Whom nobody asked yet, then whose configuration has changed, then who was asked longest ago; null: no need. */
function urgencyOf(row: AgentRow, profile: AgentProfile, now: Instant): number | null {
  if (row.labelsAt === null) return 0;
  if (row.config !== profile.config) return 1;
  return Math.abs(now - row.labelsAt) >= LABELS_AGAIN_MS ? 2 : null;
}

function rowOf({ id, name, groups, os, node }: AgentProfile, before: AgentRow | undefined): AgentRow {
  const called = storable(name);
  // Wazuh gives the number of who was removed to the next who comes, whose labels are its own.
  const labelled = before?.name === called ? before : { labels: null, labelsAt: null, config: null };
  const { labels, labelsAt, config } = labelled;
  const text = (of: string | null): string | null => (of === null ? null : storable(of));
  return {
    id,
    name: called,
    groups: groups.map(storable),
    os: os === null ? null : { name: text(os.name), version: text(os.version), platform: text(os.platform) },
    node: text(node),
    labels,
    labelsAt,
    config,
    unlistedSince: null,
  };
}

function isSame(before: AgentRow, row: AgentRow): boolean {
  const { name, groups, os, node, labels, unlistedSince } = row;
  const was = [before.name, before.groups, before.os, before.node, before.labels, before.unlistedSince];
  // The order of what is in a map is no difference, and costs one write at most.
  return JSON.stringify(was) === JSON.stringify([name, groups, os, node, labels, unlistedSince]);
}

function shownOf(
  labels: readonly { readonly key: string; readonly value: string; readonly hidden: boolean }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    labels
      .filter(({ hidden }) => !hidden)
      .slice(0, LABELS_KEPT)
      .map(({ key, value }) => [storable(key), storable(value)]),
  );
}
