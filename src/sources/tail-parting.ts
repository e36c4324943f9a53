import { join } from "node:path";
import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { folderOf, type ShortName } from "./tail-folder.ts";
import { isDiskError } from "./disk-error.ts";
import { following, type Following } from "./tail-following.ts";
import { freshStat } from "./tail-fresh.ts";
import type { FileIdentity } from "./tail-identity.ts";
import type { NotOpened } from "./tail-open.ts";

export interface PartingOptions {
  readonly name: ShortName;
  readonly clock: Clock;
  /** A file that the short name has left is read once more after so long: its writer may have held something back. */
  readonly leaveMs: number;
  /** It is time to read once more. */
  readonly again: () => void;
}

/** So long the short name may lead nowhere before it counts: at each rotation it does for an instant. */
const ABSENT_FOR_MS = 5 * SECOND_MS;

/** Whether the short name still leads to the file that is read, and when to leave that file for the next one. */
export class Parting {
  readonly #options: PartingOptions;
  #isUnsure = true;
  #checkedAt: Instant = 0;
  #isLeft = false;
  #leftEndAt: Instant | null = null;
  #absent: { readonly since: Instant; readonly event: NotOpened } | null = null;
  #cancelAgain: () => void = () => {};

  constructor(options: PartingOptions) {
    this.#options = options;
  }

  /** The short name leads to another file by now. */
  get isLeft(): boolean {
    return this.#isLeft;
  }
  /** When it was last looked where the name leads. */
  get checkedAt(): Instant {
    return this.#checkedAt;
  }
  /** It has led nowhere for longer than a rotation takes. */
  get absence(): NotOpened | null {
    const absent = this.#absent;
    return absent !== null && this.#options.clock.now() - absent.since >= ABSENT_FOR_MS ? absent.event : null;
  }

  /** Names may have changed. */
  look(): void {
    this.#isUnsure = true;
  }

  /** Another file is read from now on. */
  begin(): void {
    this.#isUnsure = true;
    this.#isLeft = false;
    this.#leftEndAt = null;
  }

  /** The name came back, or is told apart from its file by a file system that numbers the two differently. */
  stay(): void {
    this.#isLeft = false;
    this.#leftEndAt = null;
  }

  /** Looks where the name leads if that is in doubt; whether it was. */
  check(identity: FileIdentity): boolean {
    if (!this.#isUnsure) return false;
    this.#isUnsure = false;
    const { name, clock } = this.#options;
    this.#checkedAt = clock.now();
    const stat = freshStat(name.files, name.path);
    if ("kind" in stat) {
      const { path } = name;
      const event: NotOpened =
        stat.kind === "missing" ? { kind: "missing", path } : { kind: "unreadable", path, why: stat.why };
      // A clock that was set back begins anew, instead of having come from the future.
      this.#absent = { since: Math.min(this.#absent?.since ?? Infinity, clock.now()), event };
      return true;
    }
    this.#absent = null;
    this.#isLeft = stat.inode !== identity.inode;
    if (!this.#isLeft) this.#leftEndAt = null;
    return true;
  }

  /** At the end of a file that is left: what to read next; null while it is too early to say. */
  next(identity: FileIdentity): Following | null {
    const next = following(this.#options.name, identity.dated);
    if (next === null) return null;
    // Once another file has come and gone, the writer of this one is long done with it.
    return this.#hasLingered(next.isCurrent ? this.#options.leaveMs : 0, identity) ? next : null;
  }

  /** What waits in the files after this one; null where the disk won't say. */
  bytesAfter(identity: FileIdentity): number | null {
    if (!this.#isLeft) return 0;
    try {
      return following(this.#options.name, identity.dated)?.bytes ?? 0;
    } catch (error) {
      if (isDiskError(error)) return null;
      throw error;
    }
  }

  stop(): void {
    this.#cancelAgain();
  }

  /** At least one more read is made after the last look at how large the file is. */
  #hasLingered(lingerMs: number, { dated }: FileIdentity): boolean {
    const { name, clock, again } = this.#options;
    const isNew = this.#leftEndAt === null;
    this.#leftEndAt = Math.min(this.#leftEndAt ?? Infinity, clock.now());
    if (isNew && dated !== null) freshStat(name.files, join(folderOf(name), dated));
    const waitMs = this.#leftEndAt + lingerMs - clock.now();
    if (!isNew && waitMs <= 0) return true;
    this.#cancelAgain();
    this.#cancelAgain = clock.after(Math.max(0, waitMs), again);
    return false;
  }
}
