import type { Change, RetentionRow } from "../core/change.ts";
import type { Digest } from "../core/digest-event.ts";
import type { DigestMember } from "../core/digest-part.ts";
import type { Incident } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { MassMembers } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Facts, Need } from "../core/need.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Response } from "../core/response.ts";
import type { Instant } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import type { OldPage, OldQuery, OldRows } from "./old-rows.ts";

/** The write side of the database, owned by the Writer alone. People read over a `Reader`. */
export interface Store {
  /** Made when the database was created; part of every mark that we leave on the other side. */
  readonly install: string;
  /** When it was last put back to an older state; null or absent: never. */
  readonly restoredAt?: Instant | null;
  /** When it was made; null or absent: before anybody asked. */
  readonly installedAt?: Instant | null;
  /** The rows that a turn decides on. Works and receipts come with every incident that is loaded. */
  read(need: Need): Facts | Promise<Facts>;
  /** All of the changes or, when it throws, none. What `plan` adds is committed with them. */
  commit(changes: readonly Change[], plan?: Plan): void | Promise<void>;
  /** Keeps a config that was applied at `at`, and these changes with it; one that is applied again is kept once. */
  putSnapshot(hash: string, at: Instant, body: string, changes?: readonly Change[]): void | Promise<void>;
  /** A piece of what may be over, for retention. Changes nothing. */
  old<Of extends keyof OldRows>(of: Of, query: OldQuery): OldPage<OldRows[Of]> | Promise<OldPage<OldRows[Of]>>;
  /** What retention has done; null: nothing went yet. */
  retention(): RetentionRow | null | Promise<RetentionRow | null>;
  /** How much room the rows take, without what is free for others; null: it can't be known. */
  usedBytes(): number | null;
  /** Housekeeping in small pieces, for when there is nothing else to do. Cheap when there is nothing to keep. */
  upkeep(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** With the first config that is ever applied; a database that had one before nobody can say. Takes the instant. */
export const NOTE_INSTALL =
  "UPDATE meta SET installed_at = ? WHERE installed_at = 0 AND NOT EXISTS (SELECT 1 FROM snapshot)";

/** Asks what is due once the changes are made, and answers with what is to be changed on top. */
export type Plan = (claim: Claimant) => readonly Change[] | Promise<readonly Change[]>;

/** What of a destination is due, most urgent first, with all that a picture of it takes. Changes nothing. */
export type Claimant = (query: ClaimQuery) => Claim | Promise<Claim>;

export interface ClaimQuery {
  readonly destination: string;
  readonly limit: number;
  readonly now: Instant;
  /** By priority: of those that are due only the ones behind this place; null: all. */
  readonly after?: readonly (WorkPlace | null)[];
  /** Nothing but works whose last call may have arrived, and is to be looked for. */
  readonly lostOnly?: true;
  /** Where it says no of the lane nothing is painted: what is due comes as `waiting`, without all that a picture takes. */
  readonly mayBegin?: (lane: Lane) => boolean;
  /** Instead of what is due: what is told in this digest, to ask of each whether it may be. */
  readonly inDigest?: number;
}

/** Where a work stands among those of its priority that are due. */
export interface WorkPlace {
  readonly dueAt: Instant;
  readonly incident: number;
}

export interface Claim {
  readonly lane: Lane;
  /** By priority, then by when they fell due, then by incident. */
  readonly items: readonly ClaimedWork[];
  /** In the same order, in place of `items`: nothing may begin. */
  readonly waiting?: readonly Work[];
  /** When the next work that is not yet due will be; null: none is waiting for its time. */
  readonly nextDueAt: Instant | null;
  /** Where one was asked for. */
  readonly digest?: ClaimedDigest;
}

export interface ClaimedDigest {
  readonly state: Digest;
  /** In the order of their numbers. */
  readonly members: readonly (DigestMember & { readonly firstRaw: string })[];
}

export interface ClaimedWork {
  readonly work: Work;
  readonly incident: Incident;
  readonly moments: readonly Moment[];
  readonly firstRaw: string;
  /** Of the alert with the highest ordinal; null: there is only the first, which need not travel twice. */
  readonly newestRaw: string | null;
  readonly receipt: Receipt | null;
  /** Of all that show the incident, in order of their names; absent: only this one, or none. */
  readonly receipts?: readonly Receipt[];
  /** Of a mass event or a digest. */
  readonly mass?: MassMembers;
  /** The newest that Riposte had to say something of; absent: there are none. */
  readonly responses?: readonly Response[];
  /** The attempt whose outcome the work waits for or does not know. */
  readonly attempt: Attempt | null;
}

/** Why a database can't be used. Each message is one sentence that says what to do. */
export type StoreTrouble =
  | "locked"
  | "corrupt"
  | "newer"
  | "older_unsupported"
  | "not_ours"
  | "network_file_system"
  | "unwritable"
  | "full"
  | "missing"
  | "unreachable"
  | "denied";

/** Handed back by the functions that open a database, thrown by those of an open one. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreTrouble;

  constructor(code: StoreTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
