import { keyOfAction, type Action, type ActionKey } from "./action.ts";
import type { AlertIdentity, KeptAlert } from "./alert.ts";
import type { Seal } from "./audit-seal.ts";
import type { Counters, SourceRow } from "./change.ts";
import type { Digest } from "./digest-event.ts";
import type { Incident } from "./incident.ts";
import type { HushedPlace, Input } from "./input.ts";
import type { Lane } from "./lane.ts";
import type { Mass, Surge } from "./mass-event.ts";
import type { Reason } from "./outcome.ts";
import type { Attempt, Mark, Receipt } from "./receipt.ts";
import type { Reminder } from "./rhythm.ts";
import { addressesOf, newRespondNeed, targetsOf, type RespondFacts, type RespondNeed } from "./respond-need.ts";
import { keyOfTarget } from "./response.ts";
import type { Silence } from "./silence.ts";
import { dueBefore } from "./watermark.ts";
import type { Instant } from "./time.ts";
import type { LiveWindow, WindowBook, WindowSign } from "./window.ts";
import type { Work } from "./work.ts";

/** Which rows a turn's decisions will ask for. The store answers each list with one read. */
export interface Need {
  readonly sources: Set<string>;
  /** By origin and native id, as `[origin, nativeId]`. */
  readonly alerts: (readonly [string, string])[];
  /** The newest incident of each, as `[policy, groupKey]`. */
  readonly groups: (readonly [string, string])[];
  readonly incidents: Set<number>;
  readonly attempts: Set<number>;
  /** The newest `ATTEMPTS_A_STEP` of each step. */
  readonly steps: Omit<Mark, "install">[];
  readonly lanes: Set<string>;
  /** The newest `ACTIONS_A_KEY` of each and the one in force, with the incidents that they belong to. */
  readonly actions: Map<string, ActionKey>;
  /** How the digests of these destinations stand. */
  readonly digests: Set<string>;
  /** Incidents, actions and reminders of a source (null: of all sources not named here) whose time has come. */
  readonly due: { readonly source: string | null; readonly before: Instant }[];
  /** Attempts that never ended, at most this many. */
  openAttempts: number;
  /** Live and listed work of other destinations than these, at most `ORPHANS_A_TURN`; null: not asked. */
  orphansExcept: readonly string[] | null;
  /** Dead letters of these destinations, for this reason or (null) for any; at most `ORPHANS_A_TURN` of each. */
  readonly deadOf: Map<string, Reason | null>;
  /** By policy and key, as `[policy, key]`; the books of those policies come with them. */
  readonly windows: Map<string, readonly [string, string]>;
  /** Windows that end by what `due` says, at most `DUE_WINDOWS_A_TURN` a source. */
  dueWindows: boolean;
  /** Of policies that may have no room for what is in `windows`: those that end before, as many. By policy and source. */
  readonly windowRoom: Map<string, WindowRoom>;
  /** Absent: the turn has nothing to do with responses, and none of them is read. */
  responding?: RespondNeed;
  /** Works that are not told, of destinations and for reasons (null: any), at most `HUSHED_A_TURN` of each. */
  readonly hushed: HushedAsked[];
  /** By number; `all`: for whoever keeps them in mind. */
  silences: Set<number> | "all";
  /** Incidents of these policies that are open or acknowledged, the newest `INHIBITORS_MOST` of each. */
  readonly openOf: Set<string>;
  /** Absent: nobody asks for the last seal of the audit. */
  lastSeal?: true;
  /** Absent: nobody asks for the config that was applied last. */
  lastConfig?: true;
}

export interface WindowRoom {
  readonly policy: string;
  readonly keysMost: number;
  readonly source: string;
  readonly before: Instant;
}

export interface HushedAsked {
  readonly destination: string;
  readonly reason: Reason | null;
  readonly after: HushedPlace | null;
}

export const DUE_INCIDENTS_A_TURN = 200;
export const ORPHANS_A_TURN = 500;
/** Enough that attackers make no keys faster than they are forgotten, and few enough that nothing waits for it. */
export const DUE_WINDOWS_A_TURN = 500;
export const HUSHED_A_TURN = 500;
/** Of one policy: so many troubles that hide others are as good as more. */
export const INHIBITORS_MOST = 1_000;
/** More than ever were made of one, and enough to know that it was made. */
export const ATTEMPTS_A_STEP = 50;

/**
 * The rows as they are before the turn. Works and receipts come with every incident that is loaded, and so does the
 * mass event that it is told in. With each policy that is asked for, by a group or by a timer that is due, comes what
 * tells whether its incidents are to be told together: its surge, the incidents in it, and its newest mass event.
 */
export interface Facts {
  readonly counters: Counters;
  readonly sources: readonly SourceRow[];
  readonly alerts: readonly AlertIdentity[];
  readonly incidents: readonly Incident[];
  /** Ids of the incidents whose timer is due, a subset of `incidents`. */
  readonly dueIncidents: readonly number[];
  readonly works: readonly Work[];
  readonly receipts: readonly Receipt[];
  readonly attempts: readonly Attempt[];
  readonly lanes: readonly Lane[];
  /** Those asked for by key, and those whose timer is due. */
  readonly actions: readonly Action[];
  readonly surges: readonly Surge[];
  /** Those of all mass events among `incidents`. */
  readonly masses: readonly Mass[];
  /** Where it was asked for. */
  readonly responding?: RespondFacts;
  /** Absent: nobody asked. */
  readonly windows?: WindowFacts;
  /** Those that are due; their incidents are among `incidents`. */
  readonly reminders?: readonly Reminder[];
  /** Those asked for; the incident that collects for each is among `incidents`. */
  readonly digests?: readonly Digest[];
  /** Absent: not asked for. In the order of their reasons, of since when they wait, and of their incidents. */
  readonly hushed?: readonly Work[];
  readonly silences?: readonly Silence[];
  /** How many there are, where some were asked for. */
  readonly silenceCount?: number;
  /** Ids of those asked for by `openOf`, a subset of `incidents`. */
  readonly open?: readonly number[];
  /** Null: there is none; absent: not asked for. */
  readonly lastSeal?: Seal | null;
  /** Its hash; null: none ever was. */
  readonly lastConfig?: string | null;
}

export interface WindowFacts {
  /** Those asked for by key, and those that end. */
  readonly live: readonly LiveWindow[];
  /** Of those that end, as `[policy, key]`, the first to end first. */
  readonly due: readonly (readonly [string, string])[];
  readonly books: readonly WindowBook[];
}

export function newNeed(): Need {
  return {
    sources: new Set(),
    alerts: [],
    groups: [],
    incidents: new Set(),
    attempts: new Set(),
    steps: [],
    lanes: new Set(),
    actions: new Map(),
    digests: new Set(),
    due: [],
    openAttempts: 0,
    orphansExcept: null,
    deadOf: new Map(),
    windows: new Map(),
    dueWindows: false,
    windowRoom: new Map(),
    hushed: [],
    silences: new Set(),
    openOf: new Set(),
  };
}

/** Adds to `need` what deciding `input` takes; `keysMost`: of the policies in force that have a window. */
export function addNeed(need: Need, input: Input, keysMost: ReadonlyMap<string, number> = new Map()): void {
  switch (input.kind) {
    case "accept":
      need.sources.add(input.source);
      for (const alert of input.alerts) {
        need.alerts.push([alert.identity.origin, alert.identity.nativeId]);
        for (const match of alert.matches) {
          need.groups.push([match.policy, match.groupKey]);
          if (match.window !== undefined) {
            needWindow(need, match.policy, match.window);
            needRoom(need, match.policy, keysMost.get(match.policy), input.source, alert.at);
          }
        }
        if (alert.action !== undefined || alert.echo !== undefined) needActions(need, alert);
        if (alert.suspect !== undefined || alert.said !== undefined) needResponses(need, alert);
      }
      return;
    case "settle":
    case "looked":
      need.lanes.add(input.destination);
      need.incidents.add(input.incident);
      need.attempts.add(input.attempt);
      return;
    case "swept":
      need.lanes.add(input.destination);
      need.incidents.add(input.incident);
      return;
    case "called_back":
      need.lanes.add(input.mark.destination);
      need.incidents.add(input.mark.incident);
      need.steps.push(input.mark);
      return;
    case "tick":
      need.due.push(...dueBefore(input));
      if (keysMost.size > 0) need.dueWindows = true;
      return;
    case "recover":
      need.openAttempts = ORPHANS_A_TURN;
      needToRebind(need, input.destinations);
      return;
    case "rebind":
      needToRebind(need, input.destinations);
      return;
    case "respond_due":
      (need.responding ??= newRespondNeed()).dueBefore = input.now;
      return;
    case "resolved":
      (need.responding ??= newRespondNeed()).ids.add(input.response);
      need.responding.isJudging = true;
      return;
    case "order_settled":
      (need.responding ??= newRespondNeed()).ids.add(input.response);
      return;
    case "ask_again":
      need.hushed.push(input);
      return;
    case "forget_silences":
    case "note":
      return;
    case "seal":
      need.lastSeal = true;
      return;
    case "command":
      switch (input.command.kind) {
        case "approve_response":
        case "refuse_response":
        case "lift_response":
          (need.responding ??= newRespondNeed()).ids.add(input.command.response);
          need.responding.isJudging = true;
          return;
        case "stop_responses":
        case "resume_responses":
          (need.responding ??= newRespondNeed()).isWaiting = true;
          return;
        case "acknowledge":
        case "resolve":
        case "retry_work":
        case "drop_work":
        case "tick_step":
        case "assign":
          need.incidents.add(input.command.incident);
          return;
        case "add_silence":
          // None has this number: it asks how many there are.
          if (need.silences !== "all") need.silences.add(0);
          if (input.command.incident !== null) need.incidents.add(input.command.incident);
          needSilences(need, input.command.replaces ?? []);
          return;
        case "lift_silence":
          need.incidents.add(input.command.incident);
          needSilences(need, input.command.silences);
          return;
        case "expire_silence":
          if (need.silences !== "all") need.silences.add(input.command.silence);
          return;
        case "retry_dead":
          need.deadOf.set(input.command.destination, null);
          return;
        case "turned_away":
          if (input.command.incident !== null) need.incidents.add(input.command.incident);
      }
  }
}

/** The few alerts that have to do with active responses ask for more; all others pay for two looks at a field. */
function needActions(need: Need, { action, echo }: KeptAlert): void {
  for (const key of [action, echo]) if (key !== undefined) need.actions.set(keyOfAction(key), key);
  for (const match of action?.cause?.matches ?? []) need.groups.push([match.policy, match.groupKey]);
}

function needWindow(need: Need, policy: string, { key }: WindowSign): void {
  if (key !== null) need.windows.set(`${policy}\n${key}`, [policy, key]);
}

function needRoom(need: Need, policy: string, keysMost: number | undefined, source: string, at: Instant): void {
  if (keysMost === undefined) return;
  const of = `${policy}\n${source}`;
  const before = need.windowRoom.get(of)?.before;
  if (before === undefined || before < at) need.windowRoom.set(of, { policy, keysMost, source, before: at });
}

/** Only alerts that a policy answers, that tell of a login, or that agents send back: all others pay for two looks at a field. */
function needResponses(need: Need, alert: KeptAlert): void {
  const asked = (need.responding ??= newRespondNeed());
  if (alert.said !== undefined) asked.tokens.add(alert.said.token);
  for (const target of targetsOf(alert)) asked.targets.set(keyOfTarget(target), target);
  for (const address of addressesOf(alert)) asked.addresses.add(address);
  if (alert.suspect !== undefined) asked.isJudging = true;
}

function needSilences({ silences }: Need, ids: readonly number[]): void {
  if (silences !== "all") for (const id of ids) silences.add(id);
}

function needToRebind(need: Need, destinations: readonly string[]): void {
  need.orphansExcept = destinations;
  for (const destination of destinations) need.deadOf.set(destination, "destination_removed");
}
