import { statfs } from "node:fs/promises";
import type { Config } from "../../config/schema.ts";
import type { DoorTrouble, HealthFacts, SilentNode, SourceFacts, StaleSecret, Storm } from "../../core/own-health.ts";
import { PATIENCE_MS } from "../../core/own-problem.ts";
import type { WarmUpFacts } from "../../core/own-warm-up.ts";
import type { Instant } from "../../core/time.ts";
import type { LiveSource } from "../../http/source-report.ts";
import { wordsOfHttp } from "../../sources/http-event.ts";
import type { Clock } from "../../ports/clock.ts";
import { isSecretRef, type SecretRef, type Secrets } from "../../ports/secrets.ts";
import type { Reader } from "../../store/queries.ts";
import type { WorkTally } from "../../store/tallies.ts";
import type { KeptSecret } from "../secrets/keeper.ts";
import { doorTroubles } from "./door-facts.ts";

export interface LookParts {
  readonly clock: Clock;
  readonly reader: Reader;
  readonly secrets: Secrets;
  readonly config: () => Config;
  readonly sources: () => Readonly<Record<string, LiveSource>>;
  readonly unsent: () => HealthFacts["unsent"];
  readonly keptSecrets?: () => readonly KeptSecret[];
  /** Who should get in by a connection that we keep open ourselves, and can't. */
  readonly unheard?: () => readonly DoorTrouble[];
  readonly silentNodes?: () => readonly SilentNode[];
  /** Where the database lies; null: not on a disk of this machine. */
  readonly folder: string | null;
}

interface Seen {
  troubledSince: Instant | null;
  read: number;
  lineAt: Instant;
}

/** Looks at a running Riposte; remembers of each source when a line came last and since when it is in trouble. */
export function createLook(parts: LookParts): () => Promise<HealthFacts> {
  const seen = new Map<string, Seen>();
  let doorBefore: readonly DoorTrouble[] = [];
  /** A certificate and its key are replaced one after the other: what is said twice in a row is so. */
  async function lastingDoor(config: Config, now: Instant): Promise<readonly DoorTrouble[]> {
    const found = await doorTroubles(config, parts.secrets, now);
    const lasting = found.filter(({ title, about }) =>
      doorBefore.some((before) => before.title === title && before.about === about),
    );
    doorBefore = found;
    return lasting;
  }
  return async () => {
    const { clock, reader, sources } = parts;
    const now = clock.now();
    const rows = new Map((await reader.sources()).map((row) => [row.name, row.read]));
    const work = await reader.workTallies();
    const waiting = work.filter(({ state }) => state === "ready" || state === "unknown");
    const dead = work.filter(({ state, reason }) => state === "dead" && reason !== "dropped_by_person");
    const listed = work.filter(isBeyondBudget);
    return {
      now,
      deadLetters: [...totals(dead)].map(([destination, count]) => ({ destination, count })),
      lanes: await reader.lanes(),
      waitingSince: new Map(
        [...new Set(waiting.map(({ destination }) => destination))].map((name) => {
          const since = waiting.filter(({ destination }) => destination === name).map(({ oldestAt }) => oldestAt);
          return [name, Math.min(...since)];
        }),
      ),
      sources: Object.entries(sources()).map(([name, live]) => {
        const facts = look(seen, name, live, rows.get(name) ?? 0, now);
        // A sender that was never heard of has perhaps not been set up yet.
        const isUnheard = live.sender?.heardAt === null && !rows.has(name);
        return isUnheard || mayBeQuiet(parts.config(), name) ? { ...facts, lineAt: null } : facts;
      }),
      silentNodes: parts.silentNodes?.() ?? [],
      disk: await diskOf(parts.folder),
      secrets: await unreadable(parts.config(), parts.secrets),
      staleSecrets: staleSecrets(parts.keptSecrets?.() ?? [], now),
      door: [...(await lastingDoor(parts.config(), now)), ...(parts.unheard?.() ?? [])],
      // One word for all of one name, which is what the incident goes by.
      unsent: parts.unsent().filter(({ block }, i, all) => all.findIndex((of) => of.block === block) === i),
      storms: await stormsOf(reader, listed),
      windows: await reader.windowBooks(),
      warmUp: await youngInstall(reader, parts.config(), work),
    };
  };
}

/** Null: nobody wants to know, or it was made before anybody asked. */
async function youngInstall(
  reader: LookParts["reader"],
  { hush }: Config,
  work: readonly WorkTally[],
): Promise<WarmUpFacts | null> {
  const warmUpMs = hush?.warmUpMs ?? 0;
  const installedAt = warmUpMs === 0 ? null : await reader.installedAt();
  if (installedAt === null) return null;
  const heldBack = work.filter(({ state, reason }) => state === "hushed" && reason === "warm_up");
  return {
    installedAt,
    warmUpMs,
    kept: (await reader.sources()).reduce((sum, { kept }) => sum + kept, 0),
    incidents: await reader.incidentCounts(),
    told: (await reader.receiptTallies()).reduce((sum, { incidents }) => sum + incidents, 0),
    heldBack: heldBack.reduce((sum, { count }) => sum + count, 0),
  };
}

type Totals = readonly { readonly destination: string; readonly count: number }[];

/** Of each destination with works that its budget leaves over. */
export function stormsOf(reader: Pick<Reader, "work" | "incident">, listed: Totals): Promise<readonly Storm[]> {
  return Promise.all([...totals(listed)].map(([name, count]) => stormAt(reader, name, count)));
}

function look(seen: Map<string, Seen>, name: string, live: LiveSource, read: number, now: Instant): SourceFacts {
  const before = seen.get(name) ?? { troubledSince: null, read, lineAt: now };
  const { sender } = live;
  const refused = sender?.refused ?? null;
  const trouble =
    live.trouble ?? (refused === null ? null : wordsOfHttp({ kind: "batch_refused", says: refused.says }));
  // Where the clock was set back, what was seen in its future is as old as this look.
  const troubledSince = trouble === null ? null : Math.min(before.troubledSince ?? now, now);
  const heardAt = Math.max(before.lineAt, sender?.heardAt ?? 0);
  const lineAt = read === before.read ? Math.min(heardAt, now) : now;
  seen.set(name, { troubledSince, read, lineAt });
  return { name, trouble, troubledSince, lineAt, ...(sender !== undefined && { sender: { beats: sender.beats } }) };
}

const LISTED_MOST = 50;
const BEYOND = "over_budget";

/** What is told in a mass event is listed as well, and needs no other word. */
export function isBeyondBudget({ state, reason }: Pick<WorkTally, "state" | "reason">): boolean {
  return state === "listed" && reason === BEYOND;
}

async function stormAt(reader: Pick<Reader, "work" | "incident">, destination: string, count: number): Promise<Storm> {
  const works = await reader.work({ state: "listed", reason: BEYOND, destination, limit: LISTED_MOST });
  const incidents = await Promise.all(works.map(({ incident }) => reader.incident(incident)));
  return { destination, count, incidents: incidents.filter((incident) => incident !== null) };
}

/** What an integration's level and rules let through may be one alert a month, and agents may all be there for years. */
function mayBeQuiet({ sources }: Config, name: string): boolean {
  return sources.some((source) => source.name === name && (source.from === "spool" || source.from === "agents"));
}

function totals(tallies: Totals): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { destination, count } of tallies) counts.set(destination, (counts.get(destination) ?? 0) + count);
  return counts;
}

async function diskOf(folder: string | null): Promise<HealthFacts["disk"]> {
  if (folder === null) return null;
  const { bavail, blocks, bsize } = await statfs(folder);
  return { folder, freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

async function unreadable(config: Config, secrets: Secrets): Promise<HealthFacts["secrets"]> {
  const found: { destination: string; why: string }[] = [];
  for (const { name, config: settings, shadow } of config.destinations) {
    // Nobody reads the secrets of what is never sent.
    if (shadow === true) continue;
    for (const ref of secretsIn(settings)) {
      const value = await secrets.read(ref);
      if (value.kind === "unreadable") found.push({ destination: name, why: value.why });
    }
  }
  // One word a destination: which of its secrets is first in its config does not change from look to look.
  return found.filter(({ destination }, i) => found.findIndex((other) => other.destination === destination) === i);
}

/** Where AWS can't be asked for a moment, nobody needs to know. */
export function staleSecrets(kept: readonly KeptSecret[], now: Instant): readonly StaleSecret[] {
  return kept.flatMap(({ field, destination, isReadable, trouble, troubledSince, isAway, refused, untriedSince }) => {
    if (!isReadable) return [];
    if (refused !== null && (untriedSince === null || now - untriedSince >= PATIENCE_MS))
      return [{ field, destination, says: refused }];
    if (trouble === null || troubledSince === null) return [];
    return isAway && now - troubledSince < PATIENCE_MS ? [] : [{ field, destination, says: trouble }];
  });
}

/** The settings are what a strict schema left: a map with nothing but the keys of a place is one. */
function secretsIn(settings: unknown): readonly SecretRef[] {
  if (typeof settings !== "object" || settings === null) return [];
  return isSecretRef(settings) ? [settings] : Object.values(settings).flatMap(secretsIn);
}
