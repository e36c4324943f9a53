import type { Log, LogLevel, Say } from "./log.ts";
import { prettyLine } from "./pretty.ts";

export interface PlainLogOptions {
  readonly level: Exclude<LogLevel, "silent">;
  readonly pretty: boolean;
  readonly scrub: (line: string) => string;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

const ORDER = ["debug", "info", "warn", "error", "fatal"] as const;

/** The lines of `createLog` without pino, which takes 8 MB: for the forwarder, which says little. */
export function createPlainLog(options: PlainLogOptions, always: object = {}): Log {
  const { level, pretty, scrub, write, now } = options;
  const say =
    (of: (typeof ORDER)[number]): Say =>
    (fields, sentence) => {
      if (ORDER.indexOf(of) < ORDER.indexOf(level)) return;
      const time = new Date(now()).toISOString();
      const line = scrub(`${JSON.stringify({ level: of, time, ...always, ...fields, msg: sentence }, plain)}\n`);
      write(pretty ? prettyLine(line) : line);
    };
  return {
    debug: say("debug"),
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    fatal: say("fatal"),
    child: (fields) => createPlainLog(options, { ...always, ...fields }),
  };
}

/** An error has nothing of its own that JSON would show. */
function plain(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { type: value.name, message: value.message, stack: value.stack };
}
