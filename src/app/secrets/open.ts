import type { Config } from "../../config/schema.ts";
import { workerFailed } from "../../observe/events.ts";
import type { Log } from "../../observe/log.ts";
import type { Scrubber } from "../../observe/scrub.ts";
import { USUAL_AWS } from "../../ports/aws-settings.ts";
import type { Clock } from "../../ports/clock.ts";
import { SecretBook } from "../../secrets/book.ts";
import { SecretKeeper, type SecretKeeperParts } from "./keeper.ts";
import { tellOfSecrets, type NoteSecret } from "./tell.ts";

export interface SecretKeeping {
  readonly secrets: SecretBook;
  readonly keptSecrets: SecretKeeper;
}

/** The secrets of a server: what everything reads them from, and who looks after them. */
export function openSecretKeeping(options: {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly scrubber: Scrubber | undefined;
  /** Asked when the first is to be proven: ways out need secrets themselves. */
  readonly outside: SecretKeeperParts["outside"];
  readonly note: NoteSecret;
}): SecretKeeping {
  const { config, clock, log, scrubber, outside, note } = options;
  const secrets = new SecretBook({
    clock,
    env: process.env,
    aws: config.aws ?? USUAL_AWS,
    learn: (value) => scrubber?.learn(value),
    tell: tellOfSecrets(log, () => keptSecrets.kept, note),
  });
  const failed = (error: unknown): void => workerFailed(log, { destination: "secrets" }, error);
  const keptSecrets = new SecretKeeper({ clock, book: secrets, outside, failed });
  return { secrets, keptSecrets };
}
