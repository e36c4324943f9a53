import type { PolicyMatch } from "./alert.ts";
import { cutPlainLine } from "./plain-text.ts";
import { MINUTE_MS, type Instant } from "./time.ts";

/**
 * `awaited`: something that an action may have caused was seen before the action was, and its incident is held back for
 * a moment. `explained`: the action was seen, and the incident is over without anybody having heard of it. The others
 * are what became of an action itself. `received`: the agent's own log says that it got the order, which proves nothing more. `failed`: the script itself
 * says that it could do nothing. `overdue`: its end passed and no order to lift it was seen. `lifted`: the agent got
 * the order to lift it. `renewed`: the same was ordered again for another incident, and goes on under that one. `ours`:
 * a response of Riposte's did it, which has a row of its own and tells of itself; this one explains what it caused.
 */
export type ActionState = "awaited" | "explained" | "received" | "failed" | "overdue" | "lifted" | "renewed" | "ours";

/** What an action is done to, on one agent. */
export interface ActionKey {
  /** Empty: Wazuh named none. */
  readonly agentId: string;
  /** The script's name without its folder: `disable-account`. */
  readonly program: string;
  /** A user or an address; empty: the agent itself. */
  readonly target: string;
}

/** Something that Wazuh's own active response was seen to do. */
export interface Action extends ActionKey {
  /** Event time of the line by which it was first seen, or just after another of its key; with the key it names the row. */
  readonly beganAt: Instant;
  readonly agentName: string | null;
  readonly targetKind: TargetKind;
  readonly state: ActionState;
  /** The incident whose alert caused it, or (`awaited`) that is held back; null: none was found. */
  readonly incident: number | null;
  /** The rule of the alert that caused it; null: the line names none. */
  readonly causeRule: string | null;
  /** The source of its newest line: its timer waits for what that source still has to read. */
  readonly source: string;
  /** Event time of its newest line. */
  readonly lastAt: Instant;
  /** How often the same was ordered while it was in force; of what is awaited, the alerts of its incident. */
  readonly times: number;
  /** When Wazuh is to lift it; null: nobody told us. */
  readonly expectedEndAt: Instant | null;
  /** Event time of the order to lift it. */
  readonly endedAt: Instant | null;
  /** Event time from which on a missing order to lift it is told; null: nothing to wait for. */
  readonly dueAt: Instant | null;
  /** Its beginning is a moment of the incident, and so will be what becomes of it. */
  readonly told: boolean;
  /** What of its newest line's consequences was explained by it already. */
  readonly explained: readonly string[];
}

export type TargetKind = "user" | "address" | "agent";

/** A line that a script of active response left in its own log, as rule 651 to 658 found it. */
export interface ActionSeen extends ActionKey {
  readonly order: "add" | "delete";
  /** The script says that it can't do it (rule 658). */
  readonly failed: boolean;
  readonly targetKind: TargetKind;
  readonly cause: ActionCause | null;
}

/** The alert that the action answers, as it is nested in the line. */
export interface ActionCause {
  readonly ruleId: string;
  /** Null: it has no time that can be read. */
  readonly at: Instant | null;
  /** The policies that take it. */
  readonly matches: readonly PolicyMatch[];
}

/** Logs of an agent come late, and so does the line of an action that was lifted in time. */
export const LIFT_GRACE_MS = MINUTE_MS;

/** Rows of one key that a turn looks at, the newest first; besides, the one in force, however old. */
export const ACTIONS_A_KEY = 4;

/** An incident with so many moments tells no further action by itself: they are counted. */
export const MOMENTS_WITH_ACTIONS = 30;

/** An alert that may be nothing but what an action did. */
export interface Echo extends ActionKey {
  /** A change to the account that a lock or unlock makes, or the agent's service going and coming back. */
  readonly kind: "account" | "stop" | "start";
  /** What made it known, each of which one line explains once: `passwd`, `stop`. */
  readonly what: string;
}

/** In force as far as anybody knows. */
export function isInForce({ state }: Action): boolean {
  return state === "received" || state === "overdue";
}

export function keyOfAction({ agentId, program, target }: ActionKey): string {
  return JSON.stringify([agentId, program, target]);
}

/** `disable-account of deploy on web-01 (003)`; the names are an attacker's to choose, and cut. */
export function nameOfAction(action: ActionKey & { readonly agentName: string | null }): string {
  const { agentId, agentName, program, target } = action;
  const of = target === "" ? "" : ` of ${cutPlainLine(target, NAME_CHARS)}`;
  const id = cutPlainLine(agentId, NAME_CHARS);
  const agent = agentName === null ? id : `${cutPlainLine(agentName, NAME_CHARS)} (${id})`;
  return `${cutPlainLine(program, NAME_CHARS)}${of} on ${agent === "" ? "an unnamed agent" : agent}`;
}

const NAME_CHARS = 64;

/** Restarting lifts nothing and has nothing to lift. */
export function isTimeless({ program }: Pick<Action, "program">): boolean {
  return program === RESTART;
}

/** The stock rules about what scripts of active response log. */
export const ACTION_RULES: ReadonlySet<string> = new Set(["651", "652", "653", "654", "655", "656", "657", "658"]);

/** The same in words. */
export const ACTION_LINES = "of rules 651 to 658, which are the log of Wazuh's own active response,";

export const RESTART = "restart-wazuh";
export const DISABLE_ACCOUNT = "disable-account";

/** Rows of one key begin in the order in which they were read, whatever their lines say, and each at its own instant. */
export function beginningAfter(ofKey: readonly Action[], at: Instant): Instant {
  return Math.max(at, ...ofKey.map(({ beganAt }) => beganAt + 1));
}

/** Among those of its key, the newest first. */
export function addAction(actions: Map<string, Action[]>, row: Action): void {
  const key = keyOfAction(row);
  const others = (actions.get(key) ?? []).filter(({ beganAt }) => beganAt !== row.beganAt);
  actions.set(
    key,
    [...others, row].toSorted((a, b) => b.beganAt - a.beganAt),
  );
}
