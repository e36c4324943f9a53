import type { AcceptInput } from "../core/input.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { DurableFolder } from "../ports/durable-folder.ts";
import type { Files } from "../ports/files.ts";
import type { LightHttp } from "../ports/light-http.ts";
import type { Random } from "../ports/random.ts";
import type { SecretValue } from "../ports/secrets.ts";
import type { Unpack } from "../ports/unpack.ts";
import type { Source } from "../sources/source.ts";
import { createTail } from "../sources/tail.ts";
import { wordsOf, type TailEvent } from "../sources/tail-event.ts";
import { firstCursor } from "../sources/tail-first-place.ts";
import { TAIL_LIMITS, type TailLimits } from "../sources/tail-options.ts";
import { Aside, type WhyAside } from "./aside.ts";
import { createCarrier } from "./carrier.ts";
import { Delivery, NotSentError } from "./delivery.ts";
import { FilterKeeper } from "./filter-keeper.ts";
import { keepPlace } from "./kept-place.ts";
import { openServer, type Server } from "./server.ts";
import type { ForwardSettings } from "./settings.ts";
import { Trouble } from "./trouble.ts";

export interface ForwarderOptions {
  readonly settings: ForwardSettings;
  readonly version: string;
  readonly folder: DurableFolder;
  /** The place that was kept last; null: it never ran. */
  readonly cursor: string | null;
  readonly files: Files;
  readonly unpack: Unpack;
  readonly http: LightHttp;
  readonly token: (() => Promise<SecretValue>) | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits?: Partial<TailLimits>;
}

/** Shorter than the five seconds for which most servers keep a connection that nothing comes over. */
const BEAT_EVERY_MS = 3 * SECOND_MS;
/** How long an answer that is under way is waited for when it is to stop. */
const STOP_WITHIN_MS = 10 * SECOND_MS;

/** A tail whose Writer is a server elsewhere: what `accept` hands over counts as stored once that has answered. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #server: Server;
  readonly #filter: FilterKeeper;
  readonly #aside: Aside;
  readonly #trouble: Trouble;
  readonly #delivery: Delivery;
  readonly #tail: Source;
  /** Batches and heartbeats go one after the other, over one connection. */
  #isSending = false;
  #isBeating = false;
  #isStopping = false;
  #beating: Promise<void> = Promise.resolve();
  #cancelBeat: () => void = () => {};
  #placeNotKept: string | null = null;
  /** The place that the disk did not take; null: it has the newest. */
  #unkept: string | null = null;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    const { settings, version, folder, files, unpack, http, token, clock, random, log, limits } = options;
    this.#server = openServer({ http, to: settings.to, token, node: settings.node, version });
    this.#filter = new FilterKeeper(folder, (error) => this.#notKept(error));
    this.#aside = new Aside(folder, (why, says) => log.error({ why, says }, "a line was put aside and not sent"));
    this.#trouble = new Trouble({ log, clock, reading: () => this.#reading() });
    this.#delivery = new Delivery({
      server: this.#server,
      filter: this.#filter,
      aside: this.#aside,
      trouble: this.#trouble,
      clock,
      random,
      compress: settings.compress,
      refused: (lines) => log.warn({ lines: lines.length, first: lines[0] }, "the server could not read some lines"),
    });
    this.#tail = createTail({
      name: "alerts",
      path: settings.alerts,
      start: settings.start,
      files,
      unpack,
      clock,
      judge: createCarrier(() => this.#filter.refuse),
      accept: (stretch) => this.#accept(stretch),
      observe: (event) => this.#tellOfTail(event),
      ...(limits !== undefined && { limits }),
    });
  }

  /** Resolves once it reads: with the server's filter, or without the server the one that was kept. */
  async start(): Promise<void> {
    const cursor = this.#options.cursor ?? this.#firstPlace();
    const asked = await this.#filter.ask(this.#server);
    if (this.#isStopping) return;
    if (typeof asked === "object") this.#trouble.begin(asked);
    this.#trouble.start();
    this.#tail.start(cursor);
    this.#beatLater();
  }

  /** Ends in bounded time. What the server has not answered for is read again by the next life. */
  async stop(): Promise<void> {
    const { clock, http } = this.#options;
    this.#isStopping = true;
    this.#cancelBeat();
    this.#delivery.stop();
    const cancel = clock.after(STOP_WITHIN_MS, () => http.close());
    await this.#tail.drain();
    cancel();
    http.close();
    await this.#beating;
    // By now there may be room for it, and what is kept now is not sent again.
    if (this.#unkept !== null) this.#keepPlace(this.#unkept);
    this.#trouble.stop();
  }

  /** For whoever watches: what is wrong, and how far behind it is. */
  status(): { readonly server: string | null; readonly source: ReturnType<Source["status"]> } {
    return { server: this.#trouble.says, source: this.#tail.status() };
  }

  /** Kept before the server is asked for anything: a life that ends while it waits for that has begun all the same. */
  #firstPlace(): string | null {
    const { files, settings, limits } = this.#options;
    const { alerts: path, start } = settings;
    const cursor = firstCursor({ files, path, start }, limits?.lineBytes ?? TAIL_LIMITS.lineBytes);
    if (cursor !== null) this.#keepPlace(cursor);
    return cursor;
  }

  async #accept(stretch: AcceptInput): Promise<void> {
    try {
      await this.#send(stretch);
    } catch (error) {
      // The tail reads it again and goes on: somebody must hear of it here.
      if (!(error instanceof NotSentError))
        this.#options.log.error({ err: textOf(error) }, "a bug: what was read is read again");
      throw error;
    }
    for (const { why, raw } of stretch.quarantine) this.#putAside(why, raw);
    this.#keepPlace(stretch.cursor);
  }

  async #send(stretch: AcceptInput): Promise<void> {
    // Asked before anything else: the answer is of this moment.
    const isAtEnd = this.#tail.status().state === "at_end";
    const { read, ignored, malformed, alerts, watermarkAt } = stretch;
    // A place with nothing before it needs no answer; and the first one must last even while the server is away.
    if (read === 0) return;
    this.#isSending = true;
    try {
      await this.#beating;
      const readTo = isAtEnd && watermarkAt !== null ? new Date(watermarkAt).toISOString() : null;
      const lines = alerts.map((alert) => alert.raw);
      await this.#delivery.send({ lines, refusals: { ignored, malformed }, readTo });
    } finally {
      this.#isSending = false;
    }
  }

  /** An alert is not held back for a disk that is full: then more is sent again after the next start. */
  #keepPlace(cursor: string): void {
    this.#unkept = cursor;
    try {
      keepPlace(this.#options.folder, this.#options.settings.alerts, cursor);
      if (this.#placeNotKept !== null) this.#options.log.info({}, "the place is kept again");
      this.#placeNotKept = this.#unkept = null;
    } catch (error) {
      this.#notKept(error);
    }
  }

  #notKept(error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const isNews = this.#placeNotKept !== code;
    this.#placeNotKept = code;
    const says = "the state folder takes no writes; alerts go on, and after a restart some are sent again";
    if (isNews) this.#options.log.error({ code, folder: this.#options.settings.state }, says);
  }

  #putAside(why: WhyAside, line: string): void {
    try {
      this.#aside.put(this.#options.clock.now(), why, "not sent", line);
    } catch (error) {
      this.#notKept(error);
    }
  }

  #beatLater(): void {
    this.#cancelBeat = this.#options.clock.after(BEAT_EVERY_MS, () => {
      if (!this.#isSending && !this.#isBeating) this.#beating = this.#beat();
      this.#beatLater();
    });
  }

  async #beat(): Promise<void> {
    if (this.#unkept !== null) this.#keepPlace(this.#unkept);
    // Whoever has not come to the end says nothing of how far he is: that is in the alerts that he sends.
    const isAtEnd = this.#tail.status().state === "at_end";
    const readTo = this.#tail.watermark()?.at ?? 0;
    if (!isAtEnd || readTo === 0) return;
    this.#isBeating = true;
    try {
      await this.#delivery.beat(new Date(readTo).toISOString());
    } finally {
      this.#isBeating = false;
    }
  }

  #reading(): { readonly trouble: string | null; readonly behindBytes: number | null } {
    const { trouble, behindBytes } = this.#tail.status();
    return { trouble: trouble ?? this.#placeNotKept, behindBytes };
  }

  #tellOfTail(event: TailEvent): void {
    const { log } = this.#options;
    switch (event.kind) {
      case "opened":
        return log.info({ path: event.path, offsetBytes: event.offsetBytes }, "reading");
      case "well":
        return log.info({}, "the alerts can be read again");
      case "not_accepted":
        return log.debug({ why: event.why }, "what was not sent is read again");
      case "missing":
      case "unreadable":
      case "truncated":
      case "gap":
      case "damaged":
      case "cursor_unreadable":
        return log.error({ state: event.kind, trouble: wordsOf(event) }, "something is wrong with the alerts");
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
