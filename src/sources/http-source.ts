import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Batch, Intake, SenderStatus, Taken } from "../ports/intake.ts";
import { HTTP_LIMITS, judgeBatch, type HttpLimits, type AlertOfFinding, type Judged } from "./http-batch.ts";
import { wordsOfHttp, type HttpEvent } from "./http-event.ts";
import type { LineJudge } from "./line-judge.ts";
import { NodesHeard } from "./nodes-heard.ts";
import type { AcceptCounted, Source, SourceStatus } from "./source.ts";
import { TailWatermark } from "./tail-watermark.ts";

export interface HttpSourceOptions {
  readonly name: string;
  /** Whose batches it takes. */
  readonly sender: string;
  readonly clock: Clock;
  readonly judge: LineJudge;
  readonly alertOfFinding?: AlertOfFinding;
  readonly accept: AcceptCounted;
  readonly observe?: (event: HttpEvent) => void;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpSource extends Source, Intake {}

/** Takes what one sender sends. There is no place to remember: what was not answered is sent again. */
export function createHttpSource(options: HttpSourceOptions): HttpSource {
  return new Sent(options);
}

/** Of a sender that says how far it has read, silence is told; after a restart too. */
interface HttpCursor {
  readonly beats: boolean;
}

class Sent implements HttpSource {
  readonly name: string;
  readonly sender: string;
  readonly #options: HttpSourceOptions;
  readonly #limits: HttpLimits;
  readonly #watermark = new TailWatermark();
  readonly #nodes = new NodesHeard();
  /** In the order in which they came. */
  readonly #underWay = new Map<Batch, Promise<Taken>>();
  #phase: "new" | "running" | "stopped" = "new";
  #beats = false;
  #heardAt: Instant | null = null;
  #lastBatch: SenderStatus["lastBatch"] = null;
  #notStored: string | null = null;
  #refused: SenderStatus["refused"] = null;

  constructor(options: HttpSourceOptions) {
    this.name = options.name;
    this.sender = options.sender;
    this.#options = options;
    this.#limits = { ...HTTP_LIMITS, ...options.limits };
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    this.#beats = readCursor(cursor).beats;
  }

  async drain(): Promise<void> {
    this.#phase = "stopped";
    await Promise.allSettled(this.#underWay.values());
  }

  async take(batch: Batch): Promise<Taken> {
    if (this.#phase !== "running") return { kind: "busy", says: "another config is being put in force" };
    // Others of this sender that are on their way may hold what is older than it has read.
    const isAlone = this.#underWay.size === 0;
    const taking = this.#take(batch, isAlone);
    this.#underWay.set(batch, taking);
    try {
      return await taking;
    } finally {
      this.#underWay.delete(batch);
    }
  }

  notRead(says: string): void {
    const now = this.#options.clock.now();
    this.#heardAt = now;
    const isNews = this.#refused?.says !== says;
    this.#refused = { since: this.#refused?.since ?? now, says };
    if (isNews) this.#options.observe?.({ kind: "batch_refused", says });
  }

  watermark(): ReturnType<Source["watermark"]> {
    return this.#watermark.value;
  }

  nodesHeard(): ReadonlyMap<string, Instant> {
    return this.#nodes.at;
  }

  status(): SourceStatus {
    const trouble = this.#notStored === null ? null : wordsOfHttp({ kind: "batch_not_stored", why: this.#notStored });
    const sender = {
      heardAt: this.#heardAt,
      lastBatch: this.#lastBatch,
      beats: this.#beats,
      refused: this.#refused,
    };
    return { state: this.#state(), trouble, behindBytes: null, sender };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    if (this.#phase === "new") return "starting";
    return this.#underWay.size === 0 ? "at_end" : "reading";
  }

  async #take(batch: Batch, isAlone: boolean): Promise<Taken> {
    const { clock, judge, alertOfFinding } = this.#options;
    this.#heardAt = clock.now();
    if (batch.readTo !== null) this.#beats = true;
    if (batch.node !== null) this.#nodes.noteOrigin(batch.node, clock.now());
    const judged = await judgeBatch(batch, {
      judge,
      alertOfFinding,
      limits: this.#limits,
      now: () => clock.now(),
      nodes: this.#nodes,
      othersTurn: () => new Promise((resolve) => clock.after(0, resolve)),
    });
    if (judged === null) {
      return { kind: "refused", says: `a batch may have ${this.#limits.lines} lines at most` };
    }
    const taken = await this.#store(batch, judged, isAlone);
    this.#tell(taken);
    return taken;
  }

  async #store(batch: Batch, { tallies, refused, lastLineAt }: Judged, isAlone: boolean): Promise<Taken> {
    const { clock, accept } = this.#options;
    const sum = { read: 0, kept: 0, duplicate: 0, ignored: 0, malformed: 0 };
    // A sender whose clock is ahead has not read further than to now.
    const notAfterNow = (at: Instant | null): Instant | null => (at === null ? null : Math.min(at, clock.now()));
    const readTo = isAlone ? notAfterNow(batch.readTo) : null;
    const linesAt = notAfterNow(lastLineAt);
    for (const [i, tally] of tallies.entries()) {
      const isLast = i === tallies.length - 1;
      const { ignored, malformed } = isLast ? batch : NONE;
      const read = tally.read + ignored + malformed;
      if (read === 0 && batch.readTo === null) continue;
      try {
        const { counts } = await accept({
          kind: "accept",
          source: this.name,
          cursor: writeCursor({ beats: this.#beats }),
          ...tally,
          read,
          ignored: tally.ignored + ignored,
          malformed: tally.malformed + malformed,
          // Of a batch that is half stored the rest is still to come.
          watermarkAt: isLast ? (readTo ?? linesAt) : null,
        });
        sum.kept += counts?.kept ?? 0;
        sum.duplicate += counts?.duplicate ?? 0;
      } catch (error) {
        return { kind: "not_stored", says: error instanceof Error ? error.message : String(error) };
      }
      sum.read += read;
      sum.ignored += tally.ignored + ignored;
      sum.malformed += tally.malformed + malformed;
    }
    // What came before it and is still under way may be older.
    const [first] = this.#underWay.keys();
    this.#watermark.noteLines(first === batch ? linesAt : null);
    if (readTo !== null) this.#watermark.noteEnd(readTo);
    this.#watermark.noteWell(clock.now());
    return { kind: "taken", ...sum, refused };
  }

  #tell(taken: Taken): void {
    const { clock, observe } = this.#options;
    if (taken.kind === "not_stored") {
      if (this.#notStored === null) observe?.({ kind: "batch_not_stored", why: taken.says });
      this.#notStored = taken.says;
    } else if (taken.kind === "taken") {
      if (taken.read > 0) this.#lastBatch = { at: clock.now(), read: taken.read, kept: taken.kept };
      if (this.#notStored !== null || this.#refused !== null) observe?.({ kind: "well" });
      this.#notStored = this.#refused = null;
    }
  }
}

const NONE = { ignored: 0, malformed: 0 };

function writeCursor({ beats }: HttpCursor): string {
  return JSON.stringify({ v: 1, beats });
}

/** What a later version wrote tells only less. */
function readCursor(text: string | null): HttpCursor {
  try {
    const { beats } = JSON.parse(text ?? "{}") as { readonly beats?: unknown };
    return { beats: beats === true };
  } catch {
    return { beats: false };
  }
}
