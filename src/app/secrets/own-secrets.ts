import { overhear } from "../../observe/scrub.ts";
import type { AwsSettings } from "../../ports/aws-settings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { openSecrets } from "../../secrets/read.ts";
import { overheard } from "../overheard.ts";

/** The secrets of a command that ends by itself, as this user can read them. */
export function openOwnSecrets(clock: Pick<Clock, "now">, aws: AwsSettings | undefined): Secrets {
  return overhear(openSecrets(clock, process.env, aws), overheard);
}
