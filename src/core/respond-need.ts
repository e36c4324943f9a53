import type { KeptAlert } from "./alert.ts";
import { keyOfTarget, type Response, type Sighting, type Stop, type TargetKey } from "./response.ts";
import type { Instant } from "./time.ts";

/** Which rows about responses a turn's decisions will ask for. */
export interface RespondNeed {
  readonly ids: Set<number>;
  readonly tokens: Set<string>;
  /** The newest `RESPONSES_A_TARGET` of each. */
  readonly targets: Map<string, TargetKey>;
  /** What is known of each, the newest `SIGHTINGS_AN_ADDRESS`. */
  readonly addresses: Set<string>;
  /** What guardrails count by: the newest `COUNTED_MOST`, with the targets and addresses of those in `ids`. */
  isJudging: boolean;
  /** All that have not been sent yet, at most `WAITING_A_TURN`. */
  isWaiting: boolean;
  /** Those whose time has come, at most `DUE_RESPONSES_A_TURN`; null: not asked. */
  dueBefore: Instant | null;
}

/** The rows as they are before the turn. `lastId` and `stop` are always there. */
export interface RespondFacts {
  readonly lastId: number;
  readonly stop: Stop | null;
  readonly responses: readonly Response[];
  /** Ids of those that are due, the longest first; a subset of `responses`. */
  readonly due: readonly number[];
  /** Whether any may yet become due. */
  readonly hasLive: boolean;
  /** Ids of those that a decision is about, and does not only count by: their incidents are brought as well. */
  readonly about: readonly number[];
  /** Ids of the newest that were begun, or wait; a subset of `responses`. */
  readonly recent: readonly number[];
  readonly sightings: readonly Sighting[];
}

export const RESPONSES_A_TARGET = 8;
export const SIGHTINGS_AN_ADDRESS = 200;
export const WAITING_A_TURN = 1_000;

export function newRespondNeed(): RespondNeed {
  return {
    ids: new Set(),
    tokens: new Set(),
    targets: new Map(),
    addresses: new Set(),
    isJudging: false,
    isWaiting: false,
    dueBefore: null,
  };
}

export const NO_RESPONSES: RespondFacts = {
  lastId: 0,
  stop: null,
  responses: [],
  due: [],
  hasLive: false,
  about: [],
  recent: [],
  sightings: [],
};

/** What an alert may have answered, or be the missing evidence for. */
export function targetsOf({ agentId, matches, suspect, echo, said }: KeptAlert): readonly TargetKey[] {
  if (agentId === null) return [];
  const answered = matches.flatMap(({ respond = [] }) =>
    respond.map(({ terms, target }) => ({ action: terms.do, agentId, target })),
  );
  const login =
    suspect?.kind === "login" && suspect.user !== null
      ? [{ action: "disable-account", agentId, target: { kind: "user", name: suspect.user } } as const]
      : [];
  const start =
    echo?.kind === "start" || said !== undefined
      ? [{ action: "restart-agent", agentId, target: { kind: "agent", name: "" } } as const]
      : [];
  return [...answered, ...login, ...start];
}

export function addressesOf({ matches, suspect }: KeptAlert): readonly string[] {
  const targets = matches.flatMap(({ respond = [] }) =>
    respond.flatMap(({ target }) => (target.kind === "address" && target.name !== "" ? [target.name] : [])),
  );
  const from = suspect?.address ?? null;
  return from === null ? targets : [from, ...targets];
}

export function keyOfResponse({ terms, agent, target }: Response): string {
  return keyOfTarget({ action: terms.do, agentId: agent.id, target });
}
