import type { Instant } from "../core/time.ts";
import type { Source, SourceStatus } from "./source.ts";
import { isDiskError } from "./disk-error.ts";
import { BEFORE_ANY_FILE, cursorText, parseCursor, type PlaceInFile, type TailCursor } from "./tail-cursor.ts";
import type { TailFile } from "./tail-file.ts";
import { firstPlace, placeBeforeAny } from "./tail-first-place.ts";
import { openFollowing } from "./tail-following.ts";
import { Handover } from "./tail-handover.ts";
import { TAIL_LIMITS, type TailLimits, type TailOptions } from "./tail-options.ts";
import { Lines } from "./tail-lines.ts";
import type { Opened } from "./tail-open.ts";
import { fileToRead } from "./tail-packed.ts";
import { Parting } from "./tail-parting.ts";
import { isSameRenumbered, resumedPlace } from "./tail-place.ts";
import { Stretch } from "./tail-stretch.ts";
import { Troubles } from "./tail-troubles.ts";
import { Wakeups } from "./tail-wakeups.ts";
import { HELD_BACK_MS, TailWatermark } from "./tail-watermark.ts";

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
  readonly #parting: Parting;
  readonly #troubles: Troubles;
  readonly #watermark = new TailWatermark();
  readonly nodesHeard = (): ReadonlyMap<string, Instant> => this.#stretch.nodes.at;

  #phase: "new" | "running" | "stopped" = "new";
  #file: TailFile | null = null;
  /** Where to go on while no file is open; null: it never ran. */
  #resumeAt: TailCursor | null = null;
  #cancelTurn: (() => void) | null = null;
  /** The last turn left complete lines in the buffer, or filled it. */
  #linesLeft = false;
  #mayBeMore = false;
  #atEnd = false;
  /** Opened, and not yet read from: a disk may allow the one and refuse the other. */
  #isUnproven = false;
  #readAt: Instant = 0;

  constructor(options: TailOptions) {
    const { name, files, clock, path, accept, judge, observe = () => {} } = options;
    this.name = name;
    this.#options = options;
    const limits = (this.#limits = { ...TAIL_LIMITS, ...options.limits });
    this.#lines = new Lines(limits);
    this.#stretch = new Stretch(judge, limits);
    this.#troubles = new Troubles(observe, clock);
    const [grown, look] = [() => this.#soon(), () => this.#look()];
    this.#parting = new Parting({ name: { files, path }, clock, leaveMs: limits.leaveMs, again: grown });
    this.#wakeups = new Wakeups({ files, clock, path, limits, grown, look });
    this.#handover = new Handover({
      source: name,
      clock,
      accept,
      progressMs: limits.progressMs,
      readUpTo: () => this.#readUpTo(),
      accepted: (upTo) => this.#accepted(upTo),
      ready: () => this.#ready(),
      refused: (error, retryInMs) => this.#refused(error, retryInMs),
    });
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    if (cursor !== null) {
      const stored = parseCursor(cursor);
      if (stored === null) this.#troubles.note({ kind: "cursor_unreadable", path: this.#options.path });
      this.#handover.beginAt((this.#resumeAt = stored ?? BEFORE_ANY_FILE));
    }
    this.#wakeups.start();
    this.#soon();
  }

  async drain(): Promise<void> {
    const wasRunning = this.#phase === "running";
    this.#phase = "stopped";
    this.#wakeups.stop();
    this.#cancelTurn?.();
    this.#parting.stop();
    if (wasRunning && this.#resumeAt !== null) await this.#handover.close(this.#stretch, () => this.#cursor());
    this.#closeFile();
  }

  watermark(): ReturnType<Source["watermark"]> {
    // What is read and not yet stored may hold the very alert that a timer must see first.
    const endSeenAt = this.#handover.isOut || this.#stretch.hasContent ? null : this.#endSeenAt();
    if (endSeenAt !== null) this.#watermark.noteEnd(endSeenAt);
    this.#noteWell();
    return this.#watermark.value;
  }

  status(): SourceStatus {
    return { state: this.#state(), trouble: this.#troubles.words(), behindBytes: this.#behindBytes() };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    if (this.#troubles.absence !== null) return this.#troubles.absence;
    if (this.#phase === "new" || this.#resumeAt === null) return "starting";
    return this.#isAtEnd() ? "at_end" : "reading";
  }

  #isAtEnd(): boolean {
    return this.#phase === "running" && this.#file !== null && this.#atEnd && !this.#parting.isLeft;
  }

  /** What was written after that read, or elsewhere once the name had moved on, has not been seen. */
  #endSeenAt(): Instant | null {
    return this.#isAtEnd() ? Math.min(this.#readAt, this.#parting.checkedAt) - HELD_BACK_MS : null;
  }

  #noteWell(): void {
    const { absence, isRefused } = this.#troubles;
    const goesOn = absence === null && this.#parting.absence === null && (this.#file !== null || isRefused);
    if (this.#phase === "running" && (goesOn || this.#isAtEnd())) this.#watermark.noteWell(this.#options.clock.now());
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
    if (this.#atEnd) this.#checkName(file);
    this.#handover.offer(this.#stretch, () => this.#cursor());
    if (!this.#atEnd && (this.#linesLeft || !file.waits)) this.#soon();
    if (this.#atEnd && this.#parting.isLeft) this.#touching(() => this.#leave(file));
  }

  /** The disk's own refusals end in the status, and the place is opened again later. Bugs go on to whoever catches them. */
  #touching<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!isDiskError(error)) throw error;
      const path = error.path ?? this.#file?.path ?? this.#options.path;
      this.#troubles.absent({ kind: "unreadable", path, why: error.code });
      if (this.#file !== null) this.#resumeAt = this.#cursor();
      this.#closeFile();
      return null;
    }
  }

  #openPlace(): TailFile | null {
    const before = this.#resumeAt;
    const { lineBytes } = this.#limits;
    const place = before === null ? firstPlace(this.#options, lineBytes) : resumedPlace(this.#options, before);
    if (place.kind !== "place") {
      this.#troubles.absent(place);
      if (before === null && place.kind === "missing") this.#beginAt(placeBeforeAny(this.#options.start));
      return null;
    }
    for (const note of place.notes) this.#troubles.note(note);
    this.#stretch.passOverUntil(place.fromAt);
    const file = this.#follow(place.opened, place);
    if (before === null) this.#beginAt(this.#cursor());
    else if (cursorText(before) !== cursorText(this.#cursor())) this.#handover.mustStore();
    return file;
  }

  #beginAt(cursor: TailCursor): void {
    this.#resumeAt = cursor;
    this.#handover.beginAt(cursor);
    this.#handover.mustStore();
    this.#handover.offer(this.#stretch, () => cursor);
  }

  #follow(opened: Opened, { offsetBytes, skipping, mark }: PlaceInFile): TailFile {
    const file = fileToRead(opened, this.#options.unpack, () => this.#soon());
    this.#file = file;
    this.#lines.reset(offsetBytes, skipping, mark);
    this.#linesLeft = this.#mayBeMore = this.#atEnd = false;
    this.#isUnproven = true;
    this.#parting.begin();
    this.#wakeups.follow(opened.path);
    this.#options.observe?.({ kind: "opened", path: opened.path, offsetBytes });
    return file;
  }

  /** True, unless it threw. */
  #read(file: TailFile): true {
    const lines = this.#lines;
    if (file.isWrittenAnew(lines)) {
      this.#troubles.note({ kind: "truncated", path: file.path });
      file.knowHead();
      lines.reset(0, false);
      this.#handover.mustStore();
    }
    const before = lines.readAtBytes;
    this.#readAt = this.#options.clock.now();
    this.#mayBeMore = file.fill(lines);
    const why = file.damage();
    if (why !== null) this.#troubles.note({ kind: "damaged", path: file.path, why });
    if (lines.readAtBytes > before) this.#wakeups.noteGrowth();
    if (this.#isUnproven) this.#troubles.present();
    this.#isUnproven = false;
    return true;
  }

  #checkName(file: TailFile): void {
    const parting = this.#parting;
    if (!parting.check(file.identity) || parting.isLeft) return;
    this.#troubles.absent(parting.absence);
  }

  /** Goes on to the next file once the last bytes of this one can be trusted to be there. */
  #leave(file: TailFile): void {
    const next = this.#parting.next(file.identity);
    if (next === null) return;
    const opened = openFollowing(this.#options, next);
    if (opened.kind === "unreadable") this.#troubles.absent(opened);
    if (opened.kind !== "opened") return;
    if (opened.identity.inode === file.identity.inode) {
      opened.handle.close();
      return this.#parting.stay();
    }
    const place = isSameRenumbered(opened, this.#cursor()) ? this.#cursor() : BEFORE_ANY_FILE;
    if (place === BEFORE_ANY_FILE) this.#stretch.takeRest(this.#lines, this.#options.clock.now());
    file.close();
    this.#follow(opened, place);
    this.#handover.mustStore();
    this.#handover.offer(this.#stretch, () => this.#cursor());
    this.#soon();
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
    this.#parting.look();
    this.#soon();
  }

  #ready(): void {
    if (this.#phase !== "running") return;
    this.#handover.offer(this.#stretch, () => this.#cursor());
    if (this.#file === null || !this.#atEnd) this.#soon();
  }

  #accepted(upTo: Instant | null): void {
    this.#watermark.noteLines(upTo);
    this.#noteWell();
    this.#troubles.accepted();
  }

  #refused(error: unknown, retryInMs: number): void {
    this.#stretch.forget();
    this.#closeFile();
    this.#resumeAt = this.#handover.safe;
    const why = error instanceof Error ? error.message : String(error);
    this.#troubles.refused({ kind: "not_accepted", why, retryInMs });
  }

  #readUpTo(): Instant | null {
    const { lastLineAt } = this.#stretch;
    return this.#endSeenAt() ?? (lastLineAt === null ? null : Math.min(lastLineAt, this.#readAt));
  }

  #cursor(): TailCursor {
    if (this.#file === null) return this.#resumeAt ?? BEFORE_ANY_FILE;
    const { offsetBytes, skipping, mark } = this.#lines;
    return { file: this.#file.identity, offsetBytes, skipping, mark, fromAt: this.#stretch.fromAt };
  }

  #behindBytes(): number | null {
    const here = this.#file?.bytesAfter(this.#lines.offsetBytes) ?? null;
    const after = this.#file === null ? null : this.#parting.bytesAfter(this.#file.identity);
    return here === null || after === null ? null : Math.max(0, here + this.#stretch.inputBytes) + after;
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = null;
    this.#atEnd = false;
  }
}
