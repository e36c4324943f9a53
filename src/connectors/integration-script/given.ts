import type { Later } from "../../core/outcome.ts";
import type { SecretRef } from "../../ports/secrets.ts";
import { secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";
import type { IntegrationScriptConfig } from "./config.ts";

/** What a script is handed besides the alert; null: nothing is configured. */
export interface Given {
  readonly kind: "given";
  readonly apiKey: string | null;
  readonly hookUrl: string | null;
  readonly options: string | null;
}

/** Looked up for each run, since they may rotate. */
export async function readGiven(config: IntegrationScriptConfig, io: Io): Promise<Given | Later> {
  const apiKey = await read("api_key", config.api_key, io);
  if (isTrouble(apiKey)) return apiKey;
  const hookUrl = await read("hook_url", config.hook_url, io);
  if (isTrouble(hookUrl)) return hookUrl;
  const options = await read("options", config.options, io);
  if (isTrouble(options)) return options;
  return { kind: "given", apiKey, hookUrl, options };
}

async function read(
  field: "api_key" | "hook_url" | "options",
  ref: SecretRef | undefined,
  io: Io,
): Promise<string | null | Later> {
  if (ref === undefined) return null;
  const found = await io.secrets.read(ref);
  if (found.kind === "unreadable") return secretTrouble(`${field}: ${found.why}`);
  // An empty `<options>` is none.
  if (field === "options") return found.value === "" ? null : found.value;
  const value = found.value.trim();
  if (value === "") return secretTrouble(`${field}: it is empty`);
  // wazuh-integratord would part it there, and no operating system takes an argument with a NUL in it.
  if (/[\s\u0000-\u001f\u007f]/.test(value))
    return secretTrouble(`${field}: it has white space or a control character in it`);
  return value;
}

function isTrouble(value: string | null | Later): value is Later {
  return typeof value === "object" && value !== null;
}
