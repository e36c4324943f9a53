import { MINUTE_MS, SECOND_MS, type Instant } from "../../src/core/time.ts";
import { hold } from "./checks.ts";
import type { Trouble } from "./call-checks.ts";
import type { IncidentRow, Rows } from "./rows.ts";
import { FLEET, FLEET_HOLD_MS, FLEET_POLICY, type Away, type SimFleet } from "./sim-fleet.ts";

/** A keepalive may be so old, and the manager's word for it. */
const KEEPALIVE_MS = 11 * SECOND_MS;
/** After a look is stored the timers have fired by then, where nothing comes between. */
const TOLD_WITHIN_MS = 30 * SECOND_MS;
/** What a timer may believe in lags behind by so much. */
const HELD_BACK_MS = 3 * SECOND_MS;

/**
 * 9, of agents that two roads tell of: an incident for each time that one was away for longer than the hold, counted
 * from its last keepalive, and none besides; it ends when the agent is back or gone, and not before.
 */
export function checkFleet(rows: Rows, fleet: SimFleet, trouble: Trouble): void {
  for (const agent of FLEET) {
    const turns = turnsOf(rows, agent);
    const aways = fleet.awaysOf(agent);
    checkTellings(agent, turns, aways, fleet);
    // Who resolves by hand what goes on has had his say.
    if (turns.some(({ byPerson }) => byPerson)) continue;
    checkOnePerAway(agent, turns, aways);
    checkEnds(agent, turns, aways);
    checkNoneMissing(agent, turns, aways, fleet, trouble);
  }
}

/** 9, with the API well for a while: who is away has an incident that is open, and nobody else has. */
export function checkFleetAgrees(rows: Rows, fleet: SimFleet, now: Instant): void {
  for (const agent of FLEET) {
    if (turnsOf(rows, agent).some(({ byPerson }) => byPerson)) continue;
    const away = fleet.awaysOf(agent).at(-1);
    const isLost = away !== undefined && away.until === null;
    const settled = !isLost || now - Math.max(away.noticedAt, away.from + FLEET_HOLD_MS) > 2 * MINUTE_MS;
    const newest = incidentsOf(rows, agent).at(-1);
    const isOpen = newest?.state === "open" || newest?.state === "acknowledged";
    const isOver = newest === undefined || newest.state === "resolved";
    const agrees = isLost ? isOpen : isOver;
    const is = newest === undefined ? "has no incident" : `has #${newest.id}, which is ${newest.state}`;
    hold(9, !settled || agrees, () => `agent ${agent} is ${isLost ? "away" : "there"}, and ${is}`);
  }
}

/** Somebody was told that it is lost, or that it is not any more. */
interface Turn {
  readonly at: Instant;
  readonly isLoss: boolean;
  readonly byPerson: boolean;
}

function incidentsOf(rows: Rows, agent: string): readonly IncidentRow[] {
  const group = JSON.stringify([agent]);
  return rows.all<IncidentRow>(
    "SELECT * FROM incident WHERE policy = ? AND group_key = ? ORDER BY id",
    FLEET_POLICY,
    group,
  );
}

function turnsOf(rows: Rows, agent: string): readonly Turn[] {
  return incidentsOf(rows, agent).flatMap(({ id }) => {
    const moments = rows.all<{ at: number; kind: string }>(
      "SELECT at, kind FROM moment WHERE incident = ? AND kind IN ('opened', 'reopened', 'resolved') ORDER BY n",
      id,
    );
    const byPerson =
      rows.count("SELECT count(*) AS n FROM audit WHERE about = ? AND what IN ('resolve', 'acknowledge')", `#${id}`) >
      0;
    const turns = moments.map(({ at, kind }) => ({ at, isLoss: kind !== "resolved", byPerson }));
    return byPerson && turns.length === 0 ? [{ at: Infinity, isLoss: false, byPerson }] : turns;
  });
}

/** The last absence that had gone on for as long as the hold. */
function tellable(aways: readonly Away[], at: Instant): Away | undefined {
  return aways.findLast(({ from }) => from + FLEET_HOLD_MS <= at);
}

function isAwayAt({ from, until }: Away, at: Instant): boolean {
  return from <= at && (until === null || until > at);
}

function checkTellings(agent: string, turns: readonly Turn[], aways: readonly Away[], fleet: SimFleet): void {
  for (const { at, isLoss } of turns) {
    if (!isLoss) continue;
    const about = tellable(aways, at);
    hold(9, about !== undefined, () => `agent ${agent} was told of at ${at}, and was never away for the hold`);
    if (about === undefined || aways.some((away) => isAwayAt(away, at))) continue;
    const heardAt = Math.max(
      ...fleet.heard.filter((word) => word.agent === agent && word.at <= at).map((word) => word.at),
    );
    const knownFrom = Math.max(about.until!, heardAt) + KEEPALIVE_MS;
    const isLiedAbout = (from: Instant, until: Instant): boolean =>
      fleet.lies.some((lie) => lie.agent === agent && lie.from <= until && (lie.until ?? Infinity) >= from);
    const known = fleet.looks.find(
      ({ askedAt, storedAt }) => askedAt > knownFrom && storedAt < at && !isLiedAbout(askedAt, storedAt),
    );
    hold(
      9,
      known === undefined,
      () =>
        `agent ${agent} was told of as lost at ${at}; it was back at ${about.until}, as was known at ${known?.storedAt}`,
    );
  }
}

function checkOnePerAway(agent: string, turns: readonly Turn[], aways: readonly Away[]): void {
  const told = new Set<Away>();
  for (const { at, isLoss } of turns) {
    const about = isLoss ? tellable(aways, at) : undefined;
    if (about === undefined) continue;
    hold(
      9,
      !told.has(about) || !isAwayAt(about, at),
      () => `agent ${agent} was told of twice, away since ${about.from}`,
    );
    told.add(about);
  }
}

function checkEnds(agent: string, turns: readonly Turn[], aways: readonly Away[]): void {
  turns.forEach(({ at, isLoss }, i) => {
    const opened = turns[i - 1];
    if (isLoss || opened?.isLoss !== true) return;
    const about = tellable(aways, opened.at);
    const isOver = aways.some(({ from, until }) => from >= (about?.from ?? 0) && until !== null && until <= at);
    hold(9, isOver, () => `agent ${agent} was told of as back at ${at}, and is away since ${about?.from}`);
  });
}

function checkNoneMissing(
  agent: string,
  turns: readonly Turn[],
  aways: readonly Away[],
  { looks, startsAt }: SimFleet,
  { deathsAt, space }: Trouble,
): void {
  for (const { from, noticedAt, until } of aways) {
    const dueAt = Math.max(from + FLEET_HOLD_MS, noticedAt) + HELD_BACK_MS;
    const look = looks.find(({ askedAt, storedAt }) => {
      const toldBy = storedAt + TOLD_WITHIN_MS;
      const isDisturbed =
        [...deathsAt, ...startsAt].some((at) => at >= askedAt && at <= toldBy) || space.wasFull(askedAt, toldBy);
      return askedAt >= dueAt && (until === null || until > toldBy) && !isDisturbed;
    });
    if (look === undefined) continue;
    const toldBy = look.storedAt + TOLD_WITHIN_MS;
    const last = turns.findLast(({ at }) => at <= toldBy);
    hold(
      9,
      last?.isLoss === true,
      () =>
        `agent ${agent} is away since ${from}, the API said so at ${look.askedAt}, and nobody was told by ${toldBy}`,
    );
  }
}
