import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { SCRIPT_NAME } from "../../wazuh/script-name.ts";
import { perMs } from "../pace.ts";

const NO_NAME = "expected the name of a file in Wazuh's folder integrations, without a path. Example: custom-siren";
const NO_LIMIT = "expected a duration in s or m. Example: 1m";

const USUAL_LIMIT_MS = MINUTE_MS;
const LIMIT_MOST_MS = 10 * MINUTE_MS;
/** More than the script is told that it has, so that it can still say how it ended. */
const BEYOND_TIMEOUT_MS = 30 * SECOND_MS;
const INT_MOST = 2 ** 31 - 1;
const LOG_BYTES = { least: 165, most: 1_024 };

export const IntegrationScriptConfig = z.strictObject({
  script: z.string({ error: NO_NAME }).regex(SCRIPT_NAME, NO_NAME),
  wazuh_home: z.string().regex(/^\/./, "expected an absolute path. Example: /var/ossec").default("/var/ossec"),
  hook_url: SecretField.optional(),
  api_key: SecretField.optional(),
  /** What stands in `<options>`. */
  options: SecretField.optional(),
  alert_format: z.enum(["json", "text"]).default("json"),
  max_log: z.int().min(LOG_BYTES.least).max(LOG_BYTES.most).default(LOG_BYTES.least),
  /** Handed over as argument 6, and nothing else. */
  timeout: z.int().min(0).max(INT_MOST).default(10),
  retries: z.int().min(0).max(INT_MOST).default(3),
  time_limit: z
    .string({ error: NO_LIMIT })
    .regex(/^[1-9]\d{0,3}[sm]$/, { error: NO_LIMIT, abort: true })
    .refine((limit) => perMs({ per: limit }) <= LIMIT_MOST_MS, "too long: at most 10m")
    .optional(),
  concurrency: z.int().min(1).max(64).default(4),
  debug: z.boolean().default(false),
});
export type IntegrationScriptConfig = z.infer<typeof IntegrationScriptConfig>;

export function timeLimitMs({ time_limit: limit, timeout }: IntegrationScriptConfig): number {
  if (limit !== undefined) return perMs({ per: limit });
  return Math.min(LIMIT_MOST_MS, Math.max(USUAL_LIMIT_MS, timeout * SECOND_MS + BEYOND_TIMEOUT_MS));
}
