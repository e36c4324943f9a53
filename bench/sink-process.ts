import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { scriptPath, watched } from "./children.ts";
import type { SinkAsk, SinkBehaviour, SinkState } from "./sink.ts";

export interface SinkSetup {
  /** What stands before an alert's id in a call; as our webhook writes it, if not said. */
  readonly idKey?: string;
  /** Some clients take only an answer with JSON in it. */
  readonly answer?: string;
}

/** The sink's process. */
export class SinkProcess {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, (answer: unknown) => void>();
  #asks = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    child.on("message", ({ n, answer }: { readonly n: number; readonly answer: unknown }) => {
      this.#asked.get(n)?.(answer);
      this.#asked.delete(n);
    });
    this.pid = child.pid ?? 0;
    this.url = `http://127.0.0.1:${port}/alerts`;
  }

  static async start({ idKey = '"group":{"id":"', answer }: SinkSetup = {}): Promise<SinkProcess> {
    const args = answer === undefined ? [idKey] : [idKey, answer];
    const child = watched(fork(scriptPath("sink.ts"), args, { execArgv: [] }));
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return new SinkProcess(child, port);
  }

  state(): Promise<SinkState> {
    return this.#ask({ kind: "state" });
  }

  forget(): Promise<SinkState> {
    return this.#ask({ kind: "forget" });
  }

  /** From the next call on, until told otherwise. */
  behave(behaviour: SinkBehaviour): Promise<SinkState> {
    return this.#ask({ kind: "behave", behaviour });
  }

  /** When one alert came first; null: it has not. */
  arrivalOf(id: string): Promise<number | null> {
    return this.#ask({ kind: "arrival", id });
  }

  /** When each alert came first, by its id and the machine's clock. */
  async arrivals(): Promise<ReadonlyMap<string, number>> {
    return new Map(await this.#ask<[string, number][]>({ kind: "arrivals" }));
  }

  /** Resolves when so many different alerts have come, and fails when that takes too long. */
  async arrived(alerts: number, withinMs: number): Promise<SinkState> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no ${alerts} alerts within ${withinMs / 1000} s`)), withinMs);
    try {
      return await Promise.race([this.#ask<SinkState>({ kind: "await", alerts }), late.promise]);
    } catch (error) {
      const { alerts: came, calls } = await this.state();
      throw new Error(`of ${alerts} alerts ${came} came, in ${calls} calls`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.#child.disconnect();
  }

  #ask<Answer>(ask: SinkAsk): Promise<Answer> {
    const n = (this.#asks += 1);
    const answered = Promise.withResolvers<Answer>();
    this.#asked.set(n, (answer) => answered.resolve(answer as Answer));
    this.#child.send({ n, ask });
    return answered.promise;
  }
}

/** A clock that all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
