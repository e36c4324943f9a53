import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { SCRIPT_NAME } from "../../wazuh/script-name.ts";
import { perMs } from "../pace-ms.ts";
import { LIMIT_MOST_MS } from "./time-limit.ts";

const NO_NAME = "expected the name of a file in Wazuh's folder integrations, without a path. Example: custom-siren";
const NO_LIMIT = "expected a duration in s or m. Example: 1m";

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
