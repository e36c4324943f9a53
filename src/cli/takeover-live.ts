// Whether a running Riposte has noticed that blocks were moved: until it has, a restart of the manager would leave nobody who sends them.
import { setTimeout as pause } from "node:timers/promises";
import { SECOND_MS } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import { askSocket } from "../http/client.ts";
import type { Status } from "../http/status.ts";
import { whoAmI } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { ProgressLine } from "./progress-line.ts";

/** `taken`: it does with the blocks what was meant. */
export interface RunningServer {
  readonly state: "taken" | "not_running" | "not_taken";
  /** What it does now, or what is wrong and what next. */
  readonly says: string;
}

export interface Moved {
  readonly socket: string;
  /** Names of destinations that Riposte is to send from now on; after an undo, those that it is to leave alone. */
  readonly names: readonly string[];
  readonly undo: boolean;
}

/** It looks at its files every two seconds and believes what it has seen twice. */
const WAIT_MOST_MS = 20 * SECOND_MS;
const ASK_EVERY_MS = SECOND_MS / 4;

export async function askRunning(context: CliContext, { socket, names, undo }: Moved): Promise<RunningServer> {
  const ask = askSocket(socket, whoAmI(context.process.env));
  const progress = new ProgressLine(context.process.stderr);
  const beganAt = Date.now();
  try {
    for (;;) {
      const answer = await ask({ method: "GET", path: "/v1/status" });
      if (answer.kind !== "answered") {
        const state = answer.kind === "absent" ? "not_running" : "not_taken";
        return { state, says: `${socket}: ${answer.why}. ${withoutServer(undo)}` };
      }
      const status = answer.status === 200 ? (answer.body as Status) : null;
      const wrong = status === null ? `answered ${answer.status}` : whatIsLeft(status, names, undo);
      if (wrong === null) return { state: "taken", says: takenWords(names, undo) };
      const waitedMs = Date.now() - beganAt;
      if (waitedMs >= WAIT_MOST_MS)
        return { state: "not_taken", says: visible(`the running Riposte ${wrong}. ${nextWords(undo)}`) };
      progress.show(() => `waiting for the running Riposte to notice, ${Math.floor(waitedMs / SECOND_MS)} s`);
      await pause(ASK_EVERY_MS);
    }
  } finally {
    progress.end();
  }
}

/** Null: nothing is. */
export function whatIsLeft({ configFile, sent }: Status, names: readonly string[], undo: boolean): string | null {
  const isDone = (name: string): boolean =>
    sent.destinations.some((of) => of.name === name && of.type !== null && of.isShadow === undo);
  const left = names.filter((name) => !isDone(name));
  if (left.length === 0) return null;
  if (configFile === null) return "does not follow its config: start it again";
  const [refused] = configFile.refused;
  if (refused !== undefined) return `does not take its config as it is: ${refused}`;
  const why = configFile.ossec?.length ? `. It says: ${configFile.ossec.join("; ")}` : "";
  return undo ? `still sends ${left.join(", ")}${why}` : `does not send ${left.join(", ")} yet${why}`;
}

function takenWords(names: readonly string[], undo: boolean): string {
  const list = names.join(", ");
  return undo ? `the running Riposte leaves ${list} alone now` : `live now: the running Riposte sends ${list}`;
}

function withoutServer(undo: boolean): string {
  return undo
    ? "Where a Riposte runs elsewhere with these files, see with riposte status that it has stopped sending them"
    : "Start Riposte before you restart the manager, or nobody sends them in between";
}

function nextWords(undo: boolean): string {
  return undo
    ? "Until it has stopped, integratord would send them as well: see riposte status before you restart the manager"
    : "Until it does, leave the manager as it is, since integratord goes on sending them: see riposte status";
}
