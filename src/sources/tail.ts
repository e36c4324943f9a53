import type { Instant } from "../core/time.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept, Source, SourceStatus } from "./source.ts";
import { BEFORE_ANY_FILE, cursorText, parseCursor, type TailCursor } from "./tail-cursor.ts";
import { wordsOf, type TailEvent } from "./tail-event.ts";
import { beginsWith, HEAD_BYTES, readHead } from "./tail-identity.ts";
import { Lines } from "./tail-lines.ts";
import { firstPlace, following, openFile, resumedPlace, type NotOpened, type Opened } from "./tail-place.ts";
import { Stretch } from "./tail-stretch.ts";
import { Wakeups } from "./tail-wakeups.ts";

export interface TailOptions {
  readonly name: string;
  /** The short name that Wazuh moves from file to file, `…/alerts/alerts.json`. */
  readonly path: string;
  /** Where to begin when there is no cursor. A file that comes into being later is read from its beginning. */
  readonly start: "end" | "beginning";
  readonly files: Files;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly judge: LineJudge;
  readonly observe?: (event: TailEvent) => void;
  readonly limits?: Partial<TailLimits>;
}

export interface TailLimits {
  readonly chunkBytes: number;
  readonly lineBytes: number;
  readonly parsedATurn: number;
  readonly alerts: number;
  readonly alertBytes: number;
  readonly inputBytes: number;
  /** Progress without anything to keep is stored this often, or when `inputBytes` of it have come together. */
  readonly progressMs: number;
  readonly busyLookMs: number;
  readonly idleLookMs: number;
  /** A file that the short name has just left is read once more after this long: its writer may have held some back. */
  readonly leaveMs: number;
}

const MIB = 1_024 * 1_024;

export const TAIL_LIMITS: TailLimits = {
  chunkBytes: MIB,
  lineBytes: 4 * MIB,
  parsedATurn: 256,
  alerts: 1_000,
  alertBytes: MIB,
  inputBytes: 8 * MIB,
  progressMs: SECOND_MS,
  busyLookMs: 250,
  idleLookMs: SECOND_MS,
  leaveMs: 250,
};

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30 * SECOND_MS;
/** So long a short name may lead nowhere before anybody is told: at every rotation it does for an instant. */
const ABSENT_FOR_MS = 5 * SECOND_MS;
/** What can't be mended any more stays in the status for this long. */
const NOTED_FOR_MS = HOUR_MS;

/** Follows Wazuh's alerts.json from file to file, never further than what was stored. */
export function createTail(options: TailOptions): Source {
  return new Tail(options);
}

class Tail implements Source {
  readonly name: string;
  readonly #options: TailOptions;
  readonly #limits: TailLimits;
  readonly #lines: Lines;
  readonly #stretch: Stretch;
  readonly #wakeups: Wakeups;

  #phase: "new" | "running" | "stopped" = "new";
  #file: Opened | null = null;
  /** Where to open while there is no file; null: it never ran. */
  #resumeAt: TailCursor | null = null;
  /** Where to go back to when something is not accepted. */
  #stored: TailCursor | null = null;

  #cancelTurn: (() => void) | null = null;
  #cancelProgress: (() => void) | null = null;
  #cancelLeave: (() => void) | null = null;
  /** The taker stopped amid the buffer; the last read filled it. */
  #linesLeft = false;
  #moreToRead = false;
  #atEnd = false;
  /** The short name may lead elsewhere; it does. */
  #namesUnsure = true;
  #left = false;
  #leftEndAt: Instant | null = null;
  #absentSinceAt: Instant | null = null;

  /** One stretch at a time is with the Writer: a later one must not be stored past one that failed. */
  #handing = false;
  #handed: Promise<void> = Promise.resolve();
  #handedAt: Instant = 0;
  #mustStore = false;
  #retryAt: Instant = 0;
  #retryMs = FIRST_RETRY_MS;

  #watermark: { readonly at: Instant; readonly reportedAt: Instant } | null = null;
  #trouble: TailEvent | null = null;
  #refusal: TailEvent | null = null;
  #noted: { readonly event: TailEvent; readonly at: Instant } | null = null;

  constructor(options: TailOptions) {
    this.name = options.name;
    this.#options = options;
    this.#limits = { ...TAIL_LIMITS, ...options.limits };
    this.#lines = new Lines(this.#limits);
    this.#stretch = new Stretch(options.judge, this.#limits);
    this.#wakeups = new Wakeups({
      files: options.files,
      clock: options.clock,
      path: options.path,
      limits: this.#limits,
      grown: () => this.#soon(),
      look: () => {
        this.#namesUnsure = true;
        this.#soon();
      },
    });
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    if (cursor !== null) {
      this.#resumeAt = parseCursor(cursor);
      if (this.#resumeAt === null) this.#note({ kind: "cursor_unreadable", path: this.#options.path });
      this.#resumeAt ??= BEFORE_ANY_FILE;
      this.#stored = this.#resumeAt;
    }
    this.#handedAt = this.#now();
    this.#wakeups.start();
    this.#soon();
  }

  async drain(): Promise<void> {
    this.#phase = "stopped";
    this.#wakeups.stop();
    for (const cancel of [this.#cancelTurn, this.#cancelProgress, this.#cancelLeave]) cancel?.();
    await this.#handed;
    if (this.#mustStore || this.#stretch.hasProgress) {
      if (this.#retryAt <= this.#now()) this.#hand();
      await this.#handed;
    }
    this.#closeFile();
  }

  watermark(): { readonly at: Instant; readonly reportedAt: Instant } | null {
    const isAllIn = this.#atEnd && !this.#left && !this.#handing && !this.#stretch.hasContent;
    if (isAllIn && this.#phase === "running") this.#watermark = { at: this.#now(), reportedAt: this.#now() };
    return this.#watermark;
  }
}
