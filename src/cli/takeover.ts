import type { ReadConfig } from "../app/read-config.ts";
import type { TakeoverReport } from "../app/ossec/takeover.ts";
import type { TakeoverRefusal } from "../app/ossec/takeover-files.ts";
import { visible } from "../core/visible.ts";
import { findConfig, mistakesIn, noConfig, sayWarnings } from "./config-file.ts";
import { confirm } from "./confirm.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { print } from "./print.ts";
import { askRunning, type RunningServer } from "./takeover-live.ts";
import { paintFor, type Paint } from "./terminal.ts";
import { counted } from "./words.ts";

export interface TakeoverFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly undo: boolean;
}

/** What was to be done, and whether it was. */
export interface TakeoverDone extends TakeoverReport {
  readonly undo: boolean;
  readonly done: boolean;
  /** What the running Riposte does with them now; null: nothing was done yet. */
  readonly running: RunningServer | null;
}

const CODES: Readonly<Record<TakeoverRefusal["code"], ExitCode>> = {
  config: EXIT.config,
  other_file: EXIT.usage,
  unreadable: EXIT.noInput,
  not_accepted: EXIT.badData,
  nothing: EXIT.no,
  unsafe: EXIT.no,
  changed: EXIT.tryAgain,
  full: EXIT.tryAgain,
  not_permitted: EXIT.notPermitted,
  unwritable: EXIT.cantCreate,
};

export async function takeover(this: CliContext, flags: TakeoverFlags, named?: string): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const { readConfig } = await import("../app/read-config.ts");
  const read = readConfig(configPath);
  if (read.kind !== "loaded") throw new CommandError(EXIT.config, mistakesIn(read));
  const { prepareTakeover, prepareUndo } = await import("../app/ossec/takeover.ts");
  const { config, ossec } = read;
  const prepare = flags.undo ? prepareUndo : prepareTakeover;
  const prepared = prepare({ config, configPath, ossec, named: named ?? null, now: Date.now() });
  if (prepared.kind === "refused") throw refusal(prepared);
  const { report } = prepared;
  sayWarnings(this, read);
  const { undo } = flags;
  const planned = { ...report, undo, done: false, running: null };
  if (flags.dryRun) {
    print(this, flags, planned, renderTakeover);
    return;
  }
  if (!flags.json) this.process.stdout.write(renderDiff(report, paintFor(this.process.stdout, this.process.env)));
  if (!flags.yes && !(await confirm(questionOf(planned)))) throw new CommandError(EXIT.no, "nothing was changed");
  const failure = prepared.carryOut();
  if (failure !== null) throw refusal(failure);
  const running = await askRunning(this, {
    socket: config.socket,
    names: movedNames(readConfig(configPath), undo),
    undo,
  });
  print(this, flags, { ...planned, done: true, running }, renderDone);
  if (running.state !== "taken") throw new CommandError(EXIT.unavailable, running.says);
}

/** As they are called now, where they are now. */
function movedNames(read: ReadConfig, undo: boolean): readonly string[] {
  const blocks = read.kind === "loaded" ? (read.ossec?.blocks ?? []) : [];
  return blocks.filter(({ state }) => state === (undo ? "shadow" : "live")).map(({ name }) => name);
}

function refusal({ code, why }: TakeoverRefusal): CommandError {
  return new CommandError(CODES[code], why.split("\n").map(visible).join("\n"));
}

function questionOf({ undo, blocks, ossecConf, takenOver }: TakeoverDone): string {
  const [from, to] = undo ? [takenOver, ossecConf] : [ossecConf, takenOver];
  return visible(`move ${counted(blocks.length, "block")} from ${from} to ${to}?`);
}

export function renderTakeover(report: TakeoverDone, paint: Paint): string {
  return `${renderDiff(report, paint)}${renderDone(report, paint)}`;
}

function renderDiff({ diff }: TakeoverReport, paint: Paint): string {
  const colours = { "-": "red", "+": "green", "@": "dim" } as const;
  return diff
    .map((line) => {
      const colour = /^(?:---|\+\+\+) /.test(line) ? "bold" : colours[line.charAt(0) as "-"];
      return `${colour === undefined ? visible(line) : paint(colour, visible(line))}\n`;
    })
    .join("");
}

function renderDone(report: TakeoverDone, paint: Paint): string {
  const { undo, done, blocks, left, ossecConf, takenOver, copy, restart, running } = report;
  const names = blocks.map(({ name, line }) => `${name} (line ${line})`).join(", ");
  const [from, to] = undo ? [takenOver, ossecConf] : [ossecConf, takenOver];
  const moved = `${counted(blocks.length, "block")} ${done ? (blocks.length === 1 ? "was" : "were") : "would be"} moved from ${from} to ${to}: ${names}`;
  const stay = left.map(({ name, line }) => `${name} (line ${line})`).join(", ");
  const lines = [
    paint("bold", visible(moved)),
    ...(undo || left.length === 0 ? [] : [visible(`integratord keeps ${stay}; riposte check says why`)]),
    ...(done && !undo ? [visible(`the file as it was: ${copy}. riposte takeover --undo puts it back`)] : []),
    ...(running?.state === "taken" ? [visible(running.says), nextStep(undo, restart)] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function nextStep(undo: boolean, restart: string): string {
  const now = undo
    ? "integratord sends them from its next start on"
    : "integratord sends them as well until it is started again";
  return `next: ${visible(restart)}  (${now})`;
}
