import type { ChildProcess } from "node:child_process";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import { KeptOutput } from "./kept-output.ts";
import type { EndedByUs, RunEnd, RunRequest } from "./processes.ts";
import { codeOf } from "./why-not-started.ts";

/** Whoever has not gone by then hangs in the kernel, and is not waited for. */
export const KILL_TAKES_MS = SECOND_MS;
/** A program has ended and something that it left behind holds its output open: so long for what is still on the way. */
const OUTPUT_MS = 250;
const FLOOD_BYTES = 16 * 1_024 * 1_024;

/** The operating system would not start it. */
export interface Refused {
  readonly kind: "refused";
  readonly code: string;
}

interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why we had asked it to end before it did. */
  readonly byUs: EndedByUs | null;
}

export interface RunOptions extends Pick<RunRequest, "deadlineMs" | "hide"> {
  /** How long it may tidy up once it was asked to end, before it is killed. */
  readonly tidyMs: number;
}

/** One program that was started, until nothing is left of it that concerns us. */
export class Run {
  readonly ended: Promise<RunEnd | Refused>;
  /** It has ended, and what it left behind has let go of its output or was ended as well. */
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #tidyMs: number;
  readonly #output: KeptOutput;
  readonly #end: (end: RunEnd | Refused) => void;
  readonly #leave: () => void;
  #exit: Exit | null = null;
  #endedByUs: EndedByUs | null = null;
  #killed = false;
  #cancelDeadline: () => void;
  #cancelOutput: () => void = () => {};

  constructor(child: ChildProcess, clock: Clock, options: RunOptions) {
    const { deadlineMs, hide, tidyMs } = options;
    const ended = Promise.withResolvers<RunEnd | Refused>();
    const gone = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.gone = gone.promise;
    this.#end = ended.resolve;
    this.#leave = gone.resolve;
    this.#child = child;
    this.#clock = clock;
    this.#tidyMs = tidyMs;
    this.#output = new KeptOutput(hide);
    this.#cancelDeadline = clock.after(deadlineMs, () => this.end("deadline"));
    // Where no pipe could be made there are none.
    for (const pipe of [child.stdout, child.stderr]) {
      pipe?.on("data", (chunk: Buffer) => this.#read(chunk));
      pipe?.on("error", () => {});
    }
    child.on("error", (error) => {
      // A signal that did not get through is an error as well.
      if (child.pid !== undefined) return;
      this.#end({ kind: "refused", code: codeOf(error) });
      this.#finish();
    });
    child.on("exit", (code, signal) => {
      this.#exit = { code, signal, byUs: this.#endedByUs };
      this.#cancelOutput = clock.after(OUTPUT_MS, () => this.#settle());
    });
    child.on("close", () => {
      this.#settle();
      // Who was ended is ended with all that it started; who ended by itself may leave others behind.
      if (this.#endedByUs === null || this.#killed || !this.#signal(0)) this.#finish();
    });
  }

  /** It has ended, and others that it started have not. */
  get hasLeftSome(): boolean {
    return this.#exit !== null && this.#endedByUs === null;
  }

  /** With all that it started and that did not leave its session. */
  end(why: EndedByUs): void {
    if (this.#endedByUs !== null) return;
    this.#endedByUs = why;
    this.#cancelDeadline();
    this.#signal("SIGTERM");
    this.#cancelDeadline = this.#clock.after(this.#tidyMs, () => {
      this.#signal("SIGKILL");
      this.#killed = true;
      if (this.#exit !== null) return this.#finish();
      this.#cancelDeadline = this.#clock.after(KILL_TAKES_MS, () => this.#finish());
    });
  }

  #read(chunk: Buffer): void {
    this.#output.push(chunk);
    if (this.#output.bytes <= FLOOD_BYTES) return;
    // Whatever more there is stays in the pipe.
    for (const pipe of [this.#child.stdout, this.#child.stderr]) pipe?.pause();
    this.end("flood");
  }

  /** What came of it is said once; what is called again changes nothing. */
  #settle(): void {
    this.#cancelOutput();
    const output = this.#output.text();
    const { code, signal, byUs } = this.#exit ?? { code: null, signal: null, byUs: this.#endedByUs };
    if (byUs !== null) this.#end({ kind: "ended_by_us", why: byUs, output });
    else if (code === null) this.#end({ kind: "killed", signal: signal ?? "no signal", output });
    else this.#end({ kind: "exited", code, output });
  }

  #finish(): void {
    this.#settle();
    this.#cancelDeadline();
    for (const pipe of [this.#child.stdout, this.#child.stderr]) pipe?.destroy();
    this.#leave();
  }

  /** Whether there was anybody to get it. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      // Once it has ended and something has its number, that is somebody else, and so may be the group.
      if (this.#exit !== null && isThere(pid)) return false;
      process.kill(-pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
