import type { Config } from "../config/schema.ts";
import { DatabaseLost } from "../engine/writer-client.ts";
import { bug } from "../observe/events.ts";
import { createLog, type LogLevel } from "../observe/log.ts";
import { overheard } from "./overheard.ts";
import type { OssecPart } from "./read-config.ts";
import { startApp, type App, type StartFailure } from "../app.ts";

export interface ServeOptions {
  readonly config: Config;
  /** The file that is followed while it runs. */
  readonly configPath: string;
  /** What the config was read from; null: not from that file. */
  readonly configText: string | null;
  /** What came of the blocks of `ossec_conf`. */
  readonly ossec: OssecPart | null;
  readonly level: LogLevel;
  /** Log lines for people rather than for machines. */
  readonly pretty: boolean;
  readonly started?: (app: App) => void;
  /** Resolves with why, once the process is to end. */
  readonly askedToStop: () => Promise<string>;
  /** From now on whoever asks for the config to be read again is heard. */
  readonly askedToReload: (reload: () => void) => void;
  /** From now on what nobody caught is told to this. */
  readonly tellBugsTo: (tell: (error: unknown) => void) => void;
  /** Ends the process where it stands: nothing can be written any more. */
  readonly giveUp: (why: "bug" | "database_lost") => void;
}

/** Runs until it is asked to stop, or says why it can't start. */
export async function serveConfig(options: ServeOptions): Promise<StartFailure | null> {
  const { config, configPath, configText, ossec, level, pretty } = options;
  const log = createLog({ level, pretty, scrub: overheard.scrub });
  options.tellBugsTo((error) => bug(log, error));
  // Asked for before it starts: whoever stops it then is heard as soon as it runs.
  const asked = options.askedToStop();
  const hasBeenAsked = new AbortController();
  asked.then(
    () => hasBeenAsked.abort(),
    () => hasBeenAsked.abort(),
  );
  const { signal } = hasBeenAsked;
  const died = (error: Error): void => options.giveUp(error instanceof DatabaseLost ? "database_lost" : "bug");
  const app = await startApp({ config, configPath, configText, ossec, log, scrubber: overheard, died, signal });
  if (!("stop" in app)) return signal.aborted ? null : app;
  options.askedToReload(() => void app.reload());
  options.started?.(app);
  await app.stop(await asked);
  return null;
}
