import { SECOND_MS, type Instant } from "../../src/core/time.ts";
import type { Processes, RunEnd, RunRequest } from "../../src/ports/processes.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { Caller } from "./sim-net.ts";
import type { SimTime } from "./sim-time.ts";

export const SCRIPT_RUNS = [
  "well",
  "nothing done",
  "failed before it sent",
  "sent and failed",
  "killed",
  "ran out of time",
  "wrote without end",
  "not started",
  "outlived Riposte",
] as const;

/** One run of the script, as the machine saw it. */
export interface ScriptRun {
  readonly mark: string;
  readonly isLabelled: boolean;
  readonly beganAt: Instant;
  endedAt: Instant | null;
  /** What it is for has happened. */
  hasSent: boolean;
  /** Runs of the same life that had begun and not ended, this one among them. */
  readonly inFlight: number;
}

/** So much longer than a run may take, its end does not come. */
const LONGEST_MS = 7 * SECOND_MS;
const WELL = 0.6;

/** A machine on which a script of the team's is run, and what becomes of that; it goes on when Riposte has died. */
export class SimScripts {
  readonly runs: ScriptRun[] = [];
  /** Whether something goes wrong. */
  isTroubled = false;
  /** It can't be started at all, as when it was made anew without being executable. */
  isUnusable = false;
  readonly #time: SimTime;
  readonly #chance: Chance;
  readonly #reach: (what: string) => void;
  readonly #inFlight = new WeakMap<Caller, number>();

  constructor(time: SimTime, chance: Chance, reach: (what: string) => void) {
    this.#time = time;
    this.#chance = chance;
    this.#reach = reach;
  }

  processesFor(life: Caller): Processes {
    return {
      whyNot: () => Promise.resolve(null),
      run: (request) =>
        new Promise((resolve) => {
          life.reach("before_step");
          if (!life.alive) return;
          this.#run(request, life, (end) => {
            if (!life.alive) return;
            life.reach("after_step");
            if (life.alive) resolve(end);
          });
        }),
    };
  }

  #run(request: RunRequest, life: Caller, end: (ended: RunEnd) => void): void {
    const kind = this.#kindOfRun();
    if (kind === "not started") {
      this.#reach(`script ${kind}`);
      this.#time.after(5, () => end({ kind: "not_started", why: "it is not executable; chmod it" }));
      return;
    }
    const inFlight = (this.#inFlight.get(life) ?? 0) + 1;
    this.#inFlight.set(life, inFlight);
    const { RIPOSTE_MARK: mark = "", RIPOSTE_POSSIBLE_REPEAT: label } = request.environment;
    const run: ScriptRun = {
      mark,
      isLabelled: label === "true",
      beganAt: this.#time.now,
      endedAt: null,
      hasSent: false,
      inFlight,
    };
    this.runs.push(run);
    const takesMs = kind === "ran out of time" ? request.deadlineMs : between(this.#chance, 20, LONGEST_MS);
    const sends = kind === "well" || kind === "sent and failed" || (sentPerhaps(kind) && this.#chance() < 0.5);
    if (sends) this.#time.after(takesMs * this.#chance(), () => (run.hasSent = true));
    this.#time.after(takesMs, () => {
      run.endedAt = this.#time.now;
      this.#inFlight.set(life, this.#inFlight.get(life)! - 1);
      this.#reach(`script ${life.alive ? kind : "outlived Riposte"}`);
      end(endOf(kind));
    });
  }

  #kindOfRun(): Exclude<(typeof SCRIPT_RUNS)[number], "outlived Riposte"> {
    if (this.isUnusable) return "not started";
    if (!this.isTroubled || this.#chance() < WELL) return "well";
    return pick(this.#chance, [
      "nothing done",
      "nothing done",
      "failed before it sent",
      "sent and failed",
      "killed",
      "ran out of time",
      "wrote without end",
      "not started",
    ] as const);
  }
}

function sentPerhaps(kind: (typeof SCRIPT_RUNS)[number]): boolean {
  return kind === "killed" || kind === "ran out of time" || kind === "wrote without end";
}

const TRACEBACK = "Traceback (most recent call last):\n  <!channel> \u202e requests.exceptions.ConnectionError";

function endOf(kind: Exclude<(typeof SCRIPT_RUNS)[number], "outlived Riposte" | "not started">): RunEnd {
  switch (kind) {
    case "well":
      return { kind: "exited", code: 0, output: "" };
    case "nothing done":
      return { kind: "exited", code: 75, output: "try again later" };
    case "failed before it sent":
    case "sent and failed":
      return { kind: "exited", code: 1, output: TRACEBACK };
    case "killed":
      return { kind: "killed", signal: "SIGKILL", output: TRACEBACK };
    case "ran out of time":
      return { kind: "ended_by_us", why: "deadline", output: "" };
    case "wrote without end":
      return { kind: "ended_by_us", why: "flood", output: "and again\n".repeat(100) };
  }
}
