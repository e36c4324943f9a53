import type { Later } from "../../core/outcome.ts";
import { addressIn, readAddress, secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";
import type { JiraAutomationConfig } from "./config.ts";
import { PROJECT_KEY } from "./project-key.ts";

export type Access =
  | { readonly kind: "access"; readonly url: string; readonly token: string; readonly project: string | null }
  | Later;

/** Everything that a call needs and the config does not hold. Keys are named in what goes wrong, values never. */
export async function readAccess(config: JiraAutomationConfig, io: Io): Promise<Access> {
  const { secret, url, token } = config;
  const project = await readProject(config.project, io);
  if (typeof project === "object" && project !== null) return project;
  if (secret !== undefined) {
    const value = await io.secrets.read(secret);
    if (value.kind === "unreadable") return secretTrouble(`secret: ${value.why}`);
    return threeKeys(value.value, project);
  }
  if (url === undefined || token === undefined)
    return secretTrouble("`secret`, or both `url` and `token`, are missing");
  const address = await readAddress(url, "url", io);
  if (address.kind === "later") return address;
  const value = await io.secrets.read(token);
  if (value.kind === "unreadable") return secretTrouble(`token: ${value.why}`);
  return access(address.url, value.value, "token", project);
}

async function readProject(project: JiraAutomationConfig["project"], io: Io): Promise<string | null | Later> {
  if (project === undefined || typeof project === "string") return project ?? null;
  const value = await io.secrets.read(project);
  if (value.kind === "unreadable") return secretTrouble(`project: ${value.why}`);
  const key = value.value.trim();
  return PROJECT_KEY.test(key) ? key : secretTrouble("project: what is there is no project key");
}

function threeKeys(text: string, project: string | null): Access {
  const keys = objectIn(text);
  if (keys === null)
    return secretTrouble(`secret: not a JSON object with ${URL_KEY}, ${TOKEN_KEY} and ${PROJECT_NAME}`);
  for (const key of [URL_KEY, TOKEN_KEY, PROJECT_NAME]) {
    const value = keys.get(key);
    if (value === undefined) return secretTrouble(`secret: the key ${key} is missing`);
    if (typeof value !== "string" || value.trim() === "") return secretTrouble(`secret: ${key} is empty or not text`);
  }
  const address = addressIn(textOf(keys, URL_KEY), `secret: ${URL_KEY}`);
  if (address.kind === "later") return address;
  const ownProject = textOf(keys, PROJECT_NAME);
  if (!PROJECT_KEY.test(ownProject)) return secretTrouble(`secret: ${PROJECT_NAME} is no project key`);
  return access(address.url, textOf(keys, TOKEN_KEY), `secret: ${TOKEN_KEY}`, project ?? ownProject);
}

function access(url: string, token: string, field: string, project: string | null): Access {
  const clean = token.trim();
  if (!/^[\x21-\x7e]+$/.test(clean)) return secretTrouble(`${field}: empty, or with characters that no header holds`);
  return { kind: "access", url, token: clean, project };
}

function objectIn(text: string): ReadonlyMap<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    return new Map(Object.entries(value));
  } catch {
    return null;
  }
}

function textOf(keys: ReadonlyMap<string, unknown>, key: string): string {
  return String(keys.get(key)).trim();
}

const URL_KEY = "JIRA_URL";
const TOKEN_KEY = "JIRA_API_KEY";
const PROJECT_NAME = "JIRA_PROJECT_KEY";
