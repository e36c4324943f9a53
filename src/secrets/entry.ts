import { MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import { placeOfSecret, secretValue, type SecretRef, type SecretValue } from "../ports/secrets.ts";

/**
 * How a new value comes into use. `probe`: its destination is asked first. `trial`: at once, and the one before comes
 * back if it is refused. `plain`: at once, and what is gone is gone: it says who may come in here.
 */
export type Mode = "probe" | "trial" | "plain";

export interface Found {
  readonly value: string;
  readonly version?: string | undefined;
  readonly madeAt?: Instant | undefined;
}

/** Another value than the one in use. */
export interface Other extends Found {
  /** `before`: it was in use, and the new one has yet to go through. */
  readonly why: "unproven" | "refused" | "before";
  /** Why it is not in use; null: nobody has been asked yet. */
  readonly says: string | null;
  readonly tries: number;
  /** It was refused when it was used, so that no probe has anything to say about it. */
  readonly byUse: boolean;
  readonly since: Instant;
  readonly proveAt: Instant;
}

/** What may be said of a secret. */
export interface SecretState {
  readonly ref: SecretRef;
  readonly isReadable: boolean;
  readonly version: string | null;
  /** Since when the value in use is what it is: by its keeper, or else since it was first seen. */
  readonly madeAt: Instant | null;
  readonly readAt: Instant | null;
  /** Null: it is looked at no more. */
  readonly nextAt: Instant | null;
  /** Why it could not be read when it was looked at last. */
  readonly trouble: string | null;
  readonly troubledSince: Instant | null;
  /** The place could not be asked, which may pass by itself. */
  readonly isAway: boolean;
  /** A newer value is there and not in use: why. */
  readonly refused: string | null;
  /** Since when nobody could say whether the newer value is right; null: it is refused, or there is none. */
  readonly untriedSince: Instant | null;
}

const FIRST_AGAIN_MS = 10 * SECOND_MS;
const LONGEST_AGAIN_MS = 5 * MINUTE_MS;

/** What is known of one secret: the value in use, and at most one other. */
export class Entry {
  readonly ref: SecretRef;
  readonly key: string;
  mode: Mode = "trial";
  inUse: Found | null = null;
  other: Other | null = null;
  trouble: string | null = null;
  failures = 0;
  looking: Promise<void> | null = null;
  lookedAt: Instant | null = null;
  nextAt: Instant;
  #isAway = false;
  #troubledSince: Instant | null = null;
  #readAt: Instant | null = null;

  constructor(ref: SecretRef, key: string, now: Instant) {
    this.ref = ref;
    this.key = key;
    this.nextAt = now;
  }

  isDue(now: Instant): boolean {
    // The environment stays what it was when the process started.
    if ("env" in this.ref && this.inUse !== null) return false;
    // A clock that was set back must not hold it for as long as it was set back.
    return now >= this.nextAt || (this.lookedAt !== null && now < this.lookedAt);
  }

  answer(): SecretValue {
    const isOver = this.mode === "plain" && this.trouble !== null && !this.#isAway;
    if (this.inUse !== null && !isOver) return secretValue(this.inUse.value, this.inUse);
    const why = this.trouble ?? `${placeOfSecret(this.ref)} has not been read yet`;
    return this.#isAway ? { kind: "unreadable", why, isAway: true } : { kind: "unreadable", why };
  }

  troubled(why: string, isAway: boolean, now: Instant): void {
    this.#troubledSince = Math.min(this.#troubledSince ?? now, now);
    this.trouble = why;
    this.#isAway = isAway;
    this.failures += 1;
  }

  /** What was found in its place; true: it is in use now in the place of another. */
  take(found: Found, now: Instant): boolean {
    this.trouble = null;
    this.#troubledSince = null;
    this.failures = 0;
    this.#readAt = now;
    const dated = { value: found.value, version: found.version, madeAt: found.madeAt ?? now };
    if (this.inUse === null) {
      this.inUse = dated;
      return false;
    }
    if (this.inUse.value === found.value) {
      this.inUse = { ...dated, madeAt: found.madeAt ?? this.inUse.madeAt };
      // What was newer is not there any more; what was before may still be needed.
      if (this.other !== null && this.other.why !== "before") this.other = null;
      return false;
    }
    if (this.mode === "probe") {
      const isKnown = this.other?.value === found.value && this.other.why !== "before";
      if (!isKnown)
        this.other = { ...dated, why: "unproven", says: null, tries: 0, byUse: false, since: now, proveAt: now };
      return false;
    }
    // Refused before, and still the same.
    if (this.mode === "trial" && this.other?.why === "refused" && this.other.value === found.value) return false;
    this.other =
      this.mode === "plain"
        ? null
        : { ...this.inUse, why: "before", says: null, tries: 0, byUse: false, since: now, proveAt: now };
    this.inUse = dated;
    return true;
  }

  /** The other takes the place of the one in use, which becomes the other. Null: there is none. */
  takeOther(now: Instant): Found | null {
    const { inUse, other } = this;
    if (other === null || inUse === null) return null;
    this.inUse = { value: other.value, version: other.version, madeAt: other.madeAt };
    const isBack = other.why === "before";
    const says = isBack ? "the new value was refused when it was used. Put the right one there" : null;
    const why = isBack ? "refused" : "before";
    this.other = { ...inUse, why, says, tries: 0, byUse: isBack, since: now, proveAt: now + FIRST_AGAIN_MS };
    return this.inUse;
  }

  /** A call went through with what is in use: the one before is not needed any more. */
  proveByUse(): void {
    if (this.other?.why === "before") this.other = null;
  }

  /** True: this was not known. */
  putOffOther(now: Instant, says: string, isRefused: boolean): boolean {
    if (this.other === null) return false;
    const isNews = this.other.says !== says;
    const tries = this.other.tries + 1;
    const waitMs = Math.min(LONGEST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** Math.min(tries - 1, 10));
    this.other = { ...this.other, why: isRefused ? "refused" : "unproven", says, tries, proveAt: now + waitMs };
    return isNews;
  }

  state(): SecretState {
    const { ref, inUse, other, trouble } = this;
    return {
      ref,
      isReadable: this.answer().kind === "value",
      version: inUse?.version ?? null,
      madeAt: inUse?.madeAt ?? null,
      readAt: this.#readAt,
      nextAt: "env" in ref && inUse !== null ? null : this.nextAt,
      trouble,
      troubledSince: this.#troubledSince,
      isAway: trouble !== null && this.#isAway,
      refused: other === null || other.why === "before" ? null : other.says,
      untriedSince: other?.why === "unproven" ? other.since : null,
    };
  }
}
