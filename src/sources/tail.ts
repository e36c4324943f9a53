import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept, Source, SourceStatus } from "./source.ts";
import { BEFORE_ANY_FILE, cursorText, parseCursor, type TailCursor } from "./tail-cursor.ts";
import type { TailEvent } from "./tail-event.ts";
import { TailFile } from "./tail-file.ts";
import { Handover } from "./tail-handover.ts";
import { Lines, type LineLimits } from "./tail-lines.ts";
import { firstPlace, following, openFile, resumedPlace, type Opened } from "./tail-place.ts";
import { Stretch, type StretchLimits } from "./tail-stretch.ts";
import { Troubles } from "./tail-troubles.ts";
import { Wakeups, type WakeupLimits } from "./tail-wakeups.ts";

export interface TailOptions {
  readonly name: string;
  /** The short name that Wazuh moves from file to file, `…/alerts/alerts.json`. */
  readonly path: string;
  /** Where to begin in a file that is there when a source runs for the first time. */
  readonly start: "end" | "beginning";
  readonly files: Files;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly judge: LineJudge;
  readonly observe?: (event: TailEvent) => void;
  readonly limits?: Partial<TailLimits>;
}

export interface TailLimits extends LineLimits, StretchLimits, WakeupLimits {
  /** Progress without anything to keep is stored this often, or when `inputBytes` of it have come together. */
  readonly progressMs: number;
  /** A file that the short name has left is read once more after so long: its writer may have held something back. */
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
  busyLookMs: 250,
  idleLookMs: SECOND_MS,
  progressMs: SECOND_MS,
  leaveMs: 250,
};

/** So long the short name may lead nowhere before anybody is told: at each rotation it does for an instant. */
const ABSENT_FOR_MS = 5 * SECOND_MS;

/** Follows Wazuh's alerts.json from file to file. */
export function createTail(options: TailOptions): Source {
  return new Tail(options);
}

class Tail implements Source {
  readonly name: string;
  readonly #options: TailOptions;
  readonly #limits: TailLimits;
  readonly #lines: Lines;
  readonly #stretch: Stretch;
  readonly #handover: Handover;
  readonly #wakeups: Wakeups;
  readonly #troubles: Troubles;

  #phase: "new" | "running" | "stopped" = "new";
  #file: TailFile | null = null;
  /** Where to go on while no file is open; null: it never ran. */
  #resumeAt: TailCursor | null = null;
  #cancelTurn: (() => void) | null = null;
  /** The last turn left complete lines in the buffer, or filled it. */
  #linesLeft = false;
  #mayBeMore = false;
  #atEnd = false;
  /** The short name may lead elsewhere by now. */
  #namesUnsure = true;
  /** It does. */
  #isLeft = false;
  #leftEndAt: Instant | null = null;
  #cancelLeave: (() => void) | null = null;
  #absentSinceAt: Instant | null = null;
  #waitedAtEnd: ReturnType<Source["watermark"]> = null;

  constructor(options: TailOptions) {
    const { name, files, clock, path, accept, judge, observe = () => {} } = options;
    this.name = name;
    this.#options = options;
    this.#limits = { ...TAIL_LIMITS, ...options.limits };
    const { progressMs } = this.#limits;
    this.#lines = new Lines(this.#limits);
    this.#stretch = new Stretch(judge, this.#limits);
    this.#troubles = new Troubles(observe, clock);
    this.#wakeups = new Wakeups({
      files,
      clock,
      path,
      limits: this.#limits,
      grown: () => this.#soon(),
      look: () => this.#look(),
    });
    this.#handover = new Handover({
      source: name,
      clock,
      accept,
      progressMs,
      readUpTo: () => this.#readUpTo(),
      ready: () => this.#ready(),
      refused: (error, retryInMs) => this.#refused(error, retryInMs),
    });
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    if (cursor !== null) {
      this.#resumeAt = parseCursor(cursor);
      if (this.#resumeAt === null) this.#troubles.note({ kind: "cursor_unreadable", path: this.#options.path });
      this.#resumeAt ??= BEFORE_ANY_FILE;
      this.#handover.beginAt(this.#resumeAt);
    }
    this.#wakeups.start();
    this.#soon();
  }

  async drain(): Promise<void> {
    const wasRunning = this.#phase === "running";
    this.#phase = "stopped";
    this.#wakeups.stop();
    this.#cancelTurn?.();
    this.#cancelLeave?.();
    if (wasRunning && this.#resumeAt !== null) await this.#handover.close(this.#stretch, () => this.#cursor());
    this.#closeFile();
  }

  watermark(): ReturnType<Source["watermark"]> {
    // What is read and not yet stored may hold the very alert that a timer must see first.
    const isAllStored = this.#isAtEnd() && !this.#handover.isOut && !this.#stretch.hasContent;
    const now = this.#options.clock.now();
    if (isAllStored) this.#waitedAtEnd = { at: now, reportedAt: now };
    const stored = this.#handover.watermark;
    if (this.#waitedAtEnd === null || stored === null) return this.#waitedAtEnd ?? stored;
    return stored.reportedAt > this.#waitedAtEnd.reportedAt ? stored : this.#waitedAtEnd;
  }

  status(): SourceStatus {
    return { state: this.#state(), trouble: this.#troubles.words(), behindBytes: this.#behindBytes() };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    const { absence } = this.#troubles;
    if (absence !== null) return absence;
    if (this.#phase === "new" || this.#resumeAt === null) return "starting";
    return this.#isAtEnd() ? "at_end" : "reading";
  }

  #isAtEnd(): boolean {
    return this.#phase === "running" && this.#file !== null && this.#atEnd && !this.#isLeft;
  }

  /** One bounded stretch of work: read once, take what a turn may take, hand over what there is. */
  #turn(): void {
    if (this.#phase !== "running" || this.#handover.isHeldBack) return;
    if (this.#handover.isOut && this.#stretch.isFull) {
      this.#atEnd = false;
      this.#mayBeMore = true;
      return;
    }
    const file = this.#touching(() => this.#file ?? this.#openPlace());
    if (file === null || !(this.#linesLeft || this.#touching(() => this.#read(file)))) return;
    this.#linesLeft = !this.#stretch.take(this.#lines, this.#options.clock.now());
    this.#atEnd = !this.#linesLeft && !this.#mayBeMore;
    if (this.#atEnd && this.#namesUnsure) this.#checkNames(file);
    this.#handover.offer(this.#stretch, this.#cursor());
    if (!this.#atEnd) this.#soon();
    else if (this.#isLeft) this.#touching(() => this.#leave(file));
  }

  /** The disk's own refusals end in the status, and the place is opened again later. Bugs go on to whoever catches them. */
  #touching<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const path = this.#file?.path ?? this.#options.path;
      this.#resumeAt = this.#file === null ? this.#resumeAt : this.#cursor();
      this.#closeFile();
      this.#troubles.absent({ kind: "unreadable", path, why: error.code });
      return null;
    }
  }

  #openPlace(): TailFile | null {
    const { start } = this.#options;
    const isFirst = this.#resumeAt === null;
    const place =
      this.#resumeAt === null
        ? firstPlace(this.#options, start, this.#limits.lineBytes)
        : resumedPlace(this.#options, this.#resumeAt);
    if (place.kind !== "place") {
      this.#troubles.absent(place);
      if (isFirst && place.kind === "missing") this.#beginAt(BEFORE_ANY_FILE);
      return null;
    }
    for (const note of place.notes) this.#troubles.note(note);
    const file = this.#follow(place.opened, place.offsetBytes, place.skipping);
    if (isFirst) this.#beginAt(this.#cursor());
    else if (cursorText(this.#cursor()) !== cursorText(this.#resumeAt ?? BEFORE_ANY_FILE)) this.#handover.mustStore();
    return file;
  }

  #beginAt(cursor: TailCursor): void {
    this.#resumeAt = cursor;
    this.#handover.beginAt(cursor);
    this.#handover.mustStore();
    this.#handover.offer(this.#stretch, cursor);
  }

  #follow(opened: Opened, offsetBytes: number, skipping: boolean): TailFile {
    const file = new TailFile(opened);
    this.#file = file;
    this.#lines.reset(offsetBytes, skipping);
    this.#linesLeft = this.#mayBeMore = this.#atEnd = this.#isLeft = false;
    this.#leftEndAt = null;
    this.#namesUnsure = true;
    this.#wakeups.follow(opened.path);
    this.#troubles.present();
    this.#options.observe?.({ kind: "opened", path: opened.path, offsetBytes });
    return file;
  }

  /** True, unless it threw. */
  #read(file: TailFile): true {
    const lines = this.#lines;
    if (file.isWrittenAnew(lines.readAtBytes)) {
      this.#troubles.note({ kind: "truncated", path: file.path });
      file.knowHead();
      lines.reset(0, false);
      this.#handover.mustStore();
    }
    const before = lines.readAtBytes;
    this.#mayBeMore = file.fill(lines);
    if (lines.readAtBytes > before) this.#wakeups.noteGrowth();
    return true;
  }

  #checkNames(file: TailFile): void {
    this.#namesUnsure = false;
    const { files, path, clock } = this.#options;
    const stat = files.stat(path);
    if (stat === null) {
      this.#absentSinceAt ??= clock.now();
      if (clock.now() - this.#absentSinceAt >= ABSENT_FOR_MS) this.#troubles.absent({ kind: "missing", path });
      return;
    }
    this.#absentSinceAt = null;
    this.#isLeft = stat.inode !== file.identity.inode;
    if (this.#isLeft) return;
    this.#leftEndAt = null;
    this.#troubles.present();
  }

  /** Goes on to the next file once the last bytes of this one can be trusted to be there. */
  #leave(file: TailFile): void {
    const next = following(this.#options, file.identity.dated);
    // When another file has come and gone since, the writer of this one is long done with it.
    if (next === null || (next.isCurrent && !this.#hasLingered())) return;
    const opened = openFile(this.#options, next.path, next.dated);
    if (opened.kind !== "opened") {
      if (opened.kind === "unreadable") this.#troubles.absent(opened);
      return;
    }
    this.#stretch.takeRest(this.#lines, this.#options.clock.now());
    for (const path of next.packed) this.#troubles.note({ kind: "gap", path, how: "packed" });
    file.close();
    this.#follow(opened, 0, false);
    this.#handover.mustStore();
    this.#handover.offer(this.#stretch, this.#cursor());
    this.#soon();
  }

  #hasLingered(): boolean {
    const { clock } = this.#options;
    this.#leftEndAt ??= clock.now();
    const waitMs = this.#leftEndAt + this.#limits.leaveMs - clock.now();
    if (waitMs <= 0) return true;
    this.#cancelLeave?.();
    this.#cancelLeave = clock.after(waitMs, () => this.#soon());
    return false;
  }

  /** Many wake-ups make one turn: what the operating system tells in one go is answered in one go. */
  #soon(): void {
    if (this.#phase !== "running") return;
    this.#cancelTurn ??= this.#options.clock.after(0, () => {
      this.#cancelTurn = null;
      this.#turn();
    });
  }

  #look(): void {
    this.#namesUnsure = true;
    this.#soon();
  }

  #ready(): void {
    if (this.#phase !== "running") return;
    if (!this.#handover.isOut && !this.#handover.isHeldBack) this.#troubles.accepted();
    this.#handover.offer(this.#stretch, this.#cursor());
    if (this.#file === null || !this.#atEnd) this.#soon();
  }

  #refused(error: unknown, retryInMs: number): void {
    this.#stretch.clear();
    this.#closeFile();
    this.#resumeAt = this.#handover.safe;
    const why = error instanceof Error ? error.message : String(error);
    this.#troubles.refused({ kind: "not_accepted", why, retryInMs });
  }

  #readUpTo(): Instant | null {
    const now = this.#options.clock.now();
    if (this.#isAtEnd()) return now;
    const { lastLineAt } = this.#stretch;
    return lastLineAt === null ? null : Math.min(lastLineAt, now);
  }

  #cursor(): TailCursor {
    if (this.#file === null) return this.#resumeAt ?? BEFORE_ANY_FILE;
    const { offsetBytes, skipping } = this.#lines;
    return { file: this.#file.identity, offsetBytes, skipping };
  }

  #behindBytes(): number | null {
    if (this.#file === null) return null;
    try {
      const here = this.#file.sizeBytes() - this.#lines.offsetBytes + this.#stretch.inputBytes;
      const later = this.#isLeft ? (following(this.#options, this.#file.identity.dated)?.bytes ?? 0) : 0;
      return Math.max(0, here) + later;
    } catch {
      return null;
    }
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = null;
    this.#atEnd = false;
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && "syscall" in error && typeof error.code === "string";
}
