import { isSameUser, plainUser } from "./protected-user.ts";
import type { Sighting } from "./response.ts";
import { DAY_MS, HOUR_MS, type Instant } from "./time.ts";

/** What of an alert says who did it, and not only to whom. Attacker's text throughout. */
export interface Suspect {
  readonly kind: "failed" | "login" | "neither";
  readonly user: string | null;
  readonly address: string | null;
  /** The account on the host itself that did it, by the host's own word; null: it was done from elsewhere. */
  readonly localUser: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its agent; absent: not known. */
  readonly groups?: readonly string[];
}

export interface TakenQuestion {
  readonly user: string;
  readonly agentId: string;
  readonly suspect: Suspect;
  /** Of the suspect's address, the newest. */
  readonly sightings: readonly Sighting[];
}

export type TakenAnswer = { readonly kind: "taken" | "not_seen"; readonly says: string };

/** A login so long after the failures is another story. */
const AFTER_FAILURES_MS = HOUR_MS;
/** So long a login counts as one from an address. */
export const SHARED_WITHIN_MS = 7 * DAY_MS;
/** From so many on an address is many people's, and whoever blocks it blocks them. */
export const SHARED_BY = 3;

/**
 * Whether the account was seen to be the attacker's, and not only attacked: somebody got in as it after the failures,
 * from where they came and where it had never come from before; or it is the very account on the host that did it.
 */
export function accountTaken({ user, agentId, suspect, sightings }: TakenQuestion): TakenAnswer {
  const { address, localUser } = suspect;
  if (localUser !== null && suspect.kind === "failed") {
    if (isSameUser(localUser, user)) return { kind: "taken", says: `${localUser} did it, on the host itself` };
    return { kind: "not_seen", says: "it is the account that was attacked, and another on the host did it" };
  }
  if (address === null) return { kind: "not_seen", says: "it is not known from where it was attacked" };
  const ofUser = sightings.filter((one) => one.agentId === agentId && isSameUser(one.user, user));
  const failed = ofUser.find(({ kind }) => kind === "failed");
  const login = ofUser.find(({ kind }) => kind === "login");
  if (failed === undefined || login === undefined) {
    return { kind: "not_seen", says: "nobody was seen to get in as it: it is the account that was attacked" };
  }
  if (login.firstAt < failed.firstAt) {
    return { kind: "not_seen", says: "it has logged in from there before: the failures may be its owner's" };
  }
  if (login.firstAt - failed.lastAt > AFTER_FAILURES_MS) {
    return { kind: "not_seen", says: "the login came too long after the failures to belong to them" };
  }
  if (usersFrom(sightings, login.lastAt) >= SHARED_BY) {
    return { kind: "not_seen", says: "many log in from that address, so that the failures may be another's" };
  }
  return { kind: "taken", says: `somebody got in as it from ${address} after the failures from there` };
}

/** How many accounts have logged in from an address lately. */
export function usersFrom(sightings: readonly Sighting[], now: Instant): number {
  const lately = sightings.filter(({ kind, lastAt }) => kind === "login" && lastAt > now - SHARED_WITHIN_MS);
  return new Set(lately.map(({ user }) => user)).size;
}

/** What an alert adds to what is known of an address. */
export function sightingOf(
  { kind, user, address }: Suspect,
  agentId: string,
  at: Instant,
  known: readonly Sighting[],
): Sighting | null {
  if (kind === "neither" || user === null || address === null) return null;
  const plain = plainUser(user);
  const before = known.find((one) => one.kind === kind && one.agentId === agentId && one.user === plain);
  return {
    kind,
    address,
    agentId,
    user: plain,
    firstAt: Math.min(before?.firstAt ?? at, at),
    lastAt: Math.max(before?.lastAt ?? at, at),
  };
}
