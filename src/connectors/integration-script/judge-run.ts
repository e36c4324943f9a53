import { later, unknown, type Outcome } from "../../core/outcome.ts";
import type { RunEnd } from "../../ports/processes.ts";

/** EX_TEMPFAIL of sysexits.h: nothing was done, and it is worth trying again. */
const NOTHING_DONE = 75;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Wazuh's own scripts end with these before they have sent anything. */
const STOCK: ReadonlySet<string> = new Set(["slack", "pagerduty", "shuffle"]);
const STOCK_NO_ALERT_FILE = 6;
const STOCK_BAD_JSON = 7;

/**
 * What the end of a run means. A script may have sent what it had to and failed after that, so unless it says that it
 * has done nothing a failure is unknown, and a further run a possible repeat.
 */
export function judgeRun(script: string, end: RunEnd): Outcome {
  switch (end.kind) {
    case "not_started":
      return later("script_unusable", "destination", null, end.why);
    case "exited":
      return exited(script, end.code, end.output);
    case "killed": {
      const says = `${script} was killed by ${end.signal}, and not by Riposte: out of memory, or somebody's kill`;
      return unknown("script_failed", null, withOutput(says, end.output));
    }
    case "ended_by_us":
      switch (end.why) {
        case "deadline":
          return unknown("timeout", null, withOutput(`${script} ran out of its time_limit and was ended`, end.output));
        case "flood":
          return unknown("script_failed", null, withOutput(`${script} wrote without end and was ended`, end.output));
        case "stopping":
          return unknown(
            "engine_died",
            null,
            withOutput(`${script} was ended because Riposte was stopping`, end.output),
          );
      }
  }
}

function exited(script: string, code: number, output: string): Outcome {
  const ended = `${script} ended with exit code ${code}`;
  if (code === 0) {
    const evidence = withOutput(`${script} received the alert (exit code 0)`, output);
    return { kind: "done", remote: { anchor: null, url: null }, evidence };
  }
  if (code === NOTHING_DONE)
    return later("script_failed", "work", null, withOutput(`${ended}: nothing was done, to be tried again`, output));
  if (STOCK.has(script)) {
    if (code === STOCK_NO_ALERT_FILE)
      return later("script_failed", "work", null, withOutput(`${ended}: it did not find the alert's file`, output));
    if (code === STOCK_BAD_JSON)
      return later(
        "script_unusable",
        "destination",
        null,
        withOutput(
          `${ended}: it could not read the alert or the options as JSON; look at alert_format and options`,
          output,
        ),
      );
  }
  return unknown("script_failed", null, withOutput(`${ended}${adviceOn(code)}`, output));
}

function adviceOn(code: number): string {
  if (code === NOT_FOUND) return ": something that it calls is not there";
  return code === NOT_EXECUTABLE ? ": something that it calls may not be executed" : "";
}

function withOutput(says: string, output: string): string {
  return output === "" ? says : `${says}\n${output}`;
}
