import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { scriptPath, watched } from "./children.ts";
import type { SinkAsk, SinkState } from "./sink.ts";

/** The sink's process, one question at a time. */
export class SinkProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/alerts`;
  }

  static async start(): Promise<SinkProcess> {
    const child = watched(fork(scriptPath("sink.ts"), { execArgv: [] }));
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return new SinkProcess(child, port);
  }

  state(): Promise<SinkState> {
    return this.#ask({ kind: "state" });
  }

  forget(): Promise<SinkState> {
    return this.#ask({ kind: "forget" });
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

  async #ask<Answer>(ask: SinkAsk): Promise<Answer> {
    const answered = once(this.#child, "message");
    this.#child.send(ask);
    const [answer] = (await answered) as [Answer];
    return answer;
  }
}

/** A clock that all processes of the machine share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
