import { DatabaseLost, type WriterThreadOptions } from "../engine/writer-client.ts";
import { bug, connectorFailed, databaseLost } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Clock } from "../ports/clock.ts";
import { damped } from "./damped.ts";

/** What goes wrong in the Writer's thread, for the log and the metrics; `died` as well. */
export function tellOfWriter(
  log: Log,
  metrics: Pick<Metrics, "workerFailed">,
  clock: Clock,
  died: (error: Error) => void,
): Pick<WriterThreadOptions, "failedToDraw" | "troubled" | "died"> {
  return {
    failedToDraw: ({ destination, incident, error }) => {
      metrics.workerFailed(destination);
      connectorFailed(log, { destination, incident, error });
    },
    troubled: damped(clock, (message) =>
      log.warn({ message }, "planning or housekeeping failed and will be tried again"),
    ),
    died: (error) => {
      if (error instanceof DatabaseLost) databaseLost(log, error);
      else bug(log, error);
      died(error);
    },
  };
}
