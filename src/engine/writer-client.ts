import { Worker as Thread } from "node:worker_threads";
import type { Input, Result } from "../core/input.ts";
import { Slots } from "../core/slots.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Perform, Setup, WriterDoor } from "./door.ts";
import type { CommittedNews, FromWriter, ToWriter, WriterThreadData } from "./wire.ts";

export interface WriterThreadOptions {
  /** A file that calls `runWriterThread`. */
  readonly entry: URL;
  readonly data: WriterThreadData;
  readonly told: (news: CommittedNews) => void;
  readonly failedToDraw: (about: { destination: string; incident: number; error: string }) => void;
  readonly troubled: (message: string) => void;
  /** The thread is gone and with it every hope of a commit: end the process and let it be started again. */
  readonly died: (error: Error) => void;
  readonly clock: Clock;
}

/** A thread that has not let go of the database by then is ended where it stands. */
const CLOSE_WITHIN_MS = 5 * SECOND_MS;

/** The way to the database is lost: whoever starts the process again finds out whether it is back. */
export class DatabaseLost extends Error {
  override readonly name = "DatabaseLost";
}

/** Why the database could not be opened; `code` is the store's own. */
export interface NotOpened {
  readonly code: string;
  readonly message: string;
}

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void };

/** Starts the Writer's thread and waits until the database is open, or says why it isn't. */
export async function startWriterThread(options: WriterThreadOptions): Promise<WriterDoor | NotOpened> {
  const thread = new Thread(options.entry, { workerData: options.data, name: "writer" });
  const client = new WriterClient(thread, options);
  return client.opened;
}

class WriterClient implements WriterDoor {
  readonly opened: Promise<WriterDoor | NotOpened>;
  readonly #thread: Thread;
  readonly #clock: Clock;
  readonly #waiting = new Slots<Waiting>();
  #perform: Perform = () => {};
  #outbox: ToWriter[] = [];
  #closing = false;
  /** Why nothing is answered any more. */
  #ended: Error | null = null;

  constructor(thread: Thread, options: WriterThreadOptions) {
    this.#thread = thread;
    this.#clock = options.clock;
    this.opened = new Promise((resolve, reject) => {
      const end = (error: Error): void => {
        // After an error comes the exit as well.
        if (this.#ended !== null) return;
        this.#ended = error;
        reject(error);
        for (const { reject: fail } of this.#waiting.all()) fail(error);
        if (!this.#closing) options.died(error);
      };
      thread.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
      thread.on("exit", (code) => end(new Error(`the Writer's thread ended with ${code}`)));
      thread.on("message", (messages: readonly FromWriter[]) => {
        for (const message of messages) {
          switch (message.kind) {
            case "opened":
              resolve(this);
              break;
            case "not_opened":
              this.#closing = true;
              resolve({ code: message.code, message: message.message });
              thread.terminate().catch(end);
              break;
            case "answered":
              this.#waiting.take(message.id)?.resolve(message.value as never);
              break;
            case "failed":
              this.#waiting.take(message.id)?.reject(new Error(message.message));
              break;
            case "perform":
              this.#perform(message.jobs);
              break;
            case "told":
              options.told(message.news);
              break;
            case "lost":
              end(new DatabaseLost(message.message));
              break;
            case "failed_to_draw":
              options.failedToDraw(message);
              break;
            case "troubled":
              options.troubled(message.message);
              break;
          }
        }
      });
    });
  }

  submit(input: Input): Promise<Result> {
    return this.#ask((id) => ({ kind: "submit", id, input }));
  }
  follow(setup: Setup): Promise<void> {
    return this.#ask((id) => ({ kind: "follow", id, setup }));
  }
  work(perform: Perform): Promise<void> {
    this.#perform = perform;
    return this.#ask((id) => ({ kind: "work", id }));
  }
  rest(): Promise<void> {
    return this.#ask((id) => ({ kind: "rest", id }));
  }
  check(): Promise<void> {
    return this.#ask((id) => ({ kind: "check", id }));
  }
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#ended !== null) return;
    const cancel = this.#clock.after(CLOSE_WITHIN_MS, () => void this.#thread.terminate());
    try {
      await this.#ask<null>((id) => ({ kind: "close", id }));
    } finally {
      cancel();
      await this.#thread.terminate();
    }
  }

  #ask<Value>(request: (id: number) => ToWriter): Promise<Value> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise<Value>((resolve, reject) => {
      const id = this.#waiting.put({ resolve: resolve as Waiting["resolve"], reject });
      // What is asked in the same turn of the event loop travels together: a message costs more than what is in it.
      if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
      this.#outbox.push(request(id));
    });
  }

  #flush(): void {
    const requests = this.#outbox;
    this.#outbox = [];
    this.#thread.postMessage(requests);
  }
}
