import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { Rows } from "./rows.ts";

export interface Asked {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}
export type Answered = { readonly rows: readonly unknown[] } | { readonly error: string };

const ANSWER_MS = 30_000;
const LOOK_EVERY_MS = 20;

/**
 * The inspector's view of a PostgreSQL database. A thread asks while this one waits: the checks look at an instant,
 * and nothing of the simulation may go on meanwhile.
 */
export class PostgresRows implements Rows {
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(connection: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#thread = new Worker(new URL("postgres-rows-thread.ts", import.meta.url), {
      workerData: { connection, port: port2, answers: this.#answers },
      transferList: [port2],
    });
    this.#thread.unref();
  }

  all<Row>(sql: string, ...values: (string | number)[]): readonly Row[] {
    const before = Atomics.load(this.#answers, 0);
    this.#port.postMessage({ sql: numbered(sql), values } satisfies Asked);
    const answered = this.#answer(sql, before);
    if ("error" in answered) throw new Error(`${answered.error}: ${sql}`);
    return answered.rows as readonly Row[];
  }

  /** Woken need not mean that the message is there already: it is looked for until it is. */
  #answer(sql: string, before: number): Answered {
    const endAt = performance.now() + ANSWER_MS;
    while (performance.now() < endAt) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: Answered } | undefined;
      if (received !== undefined) return received.message;
      Atomics.wait(this.#answers, 0, before, LOOK_EVERY_MS);
    }
    throw new Error(`no answer to ${sql}`);
  }

  count(sql: string, ...values: (string | number)[]): number {
    return this.all<{ n: number }>(sql, ...values)[0]?.n ?? 0;
  }

  /** It stays: each question sees what is committed then. */
  close(): void {}

  async end(): Promise<void> {
    this.#port.close();
    await this.#thread.terminate();
  }
}

/** SQLite's `?` and `?1` as PostgreSQL's `$1`. */
function numbered(sql: string): string {
  let last = 0;
  return sql.replaceAll(/\?(\d?)/g, (_, number: string) => `$${number === "" ? (last += 1) : number}`);
}
