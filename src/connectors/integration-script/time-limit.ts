import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { perMs } from "../pace-ms.ts";
import type { IntegrationScriptConfig } from "./config.ts";

const USUAL_LIMIT_MS = MINUTE_MS;
export const LIMIT_MOST_MS = 10 * MINUTE_MS;
/** More than the script is told that it has, so that it can still say how it ended. */
const BEYOND_TIMEOUT_MS = 30 * SECOND_MS;

export function timeLimitMs({ time_limit: limit, timeout }: IntegrationScriptConfig): number {
  if (limit !== undefined) return perMs({ per: limit });
  return Math.min(LIMIT_MOST_MS, Math.max(USUAL_LIMIT_MS, timeout * SECOND_MS + BEYOND_TIMEOUT_MS));
}
