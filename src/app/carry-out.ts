import type { Config } from "../config/schema.ts";
import { Actuator } from "../engine/actuator.ts";
import type { WriterDoor } from "../engine/door.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import { handsOf } from "./hands.ts";
import type { WazuhApiKeeper } from "./wazuh-api-keeper.ts";

export interface CarryingOut {
  readonly door: Pick<WriterDoor, "submit">;
  readonly clock: Clock;
  readonly apis: WazuhApiKeeper;
  /** The one in force. */
  readonly config: () => Config;
  readonly log: Log;
}

/** Carries out responses by the config in force, and those of earlier ones to their end. */
export function carryOut({ door, clock, apis, config, log }: CarryingOut): Actuator {
  return new Actuator({
    door,
    clock,
    hands: () => handsOf(config(), apis),
    responds: () => config().guardrails !== undefined,
    failed: (error) => log.warn({ err: error }, "a response could not be carried on and will be tried again"),
  });
}
