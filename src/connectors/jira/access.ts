import type { Later } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import { secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";
import type { JiraConfig } from "./config.ts";
import { siteOf, siteTrouble } from "./site.ts";

/** Everything that a call needs: where the site is, and as whom. */
export interface Access {
  readonly kind: "access";
  /** Without a slash at the end. People open tickets below it. */
  readonly site: string;
  readonly authorization: string;
  /** A token with an e-mail address, as Cloud takes it; a token alone is Data Center's. */
  readonly isBasic: boolean;
  /** What Jira said, fit for a person to read: cut, and without anything that is secret. */
  quote(text: string): string;
}

const QUOTE_CHARS = 200;

export async function readAccess(config: JiraConfig, io: Io): Promise<Access | Later> {
  const site = await readSite(config, io);
  if (typeof site !== "string") return site;
  const secret = await io.secrets.read(config.token);
  if (secret.kind === "unreadable") return secretTrouble(`token: ${secret.why}`);
  const token = secret.value.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) return secretTrouble("token: empty, or with characters that no header holds");
  const { email } = config;
  const credentials = email === undefined ? token : Buffer.from(`${email}:${token}`, "utf8").toString("base64");
  return {
    kind: "access",
    site,
    authorization: `${email === undefined ? "Bearer" : "Basic"} ${credentials}`,
    isBasic: email !== undefined,
    quote: (text) => withoutSecrets(text, [token, credentials]),
  };
}

async function readSite({ url }: JiraConfig, io: Io): Promise<string | Later> {
  if (typeof url === "string") return siteOf(url);
  const secret = await io.secrets.read(url);
  if (secret.kind === "unreadable") return secretTrouble(`url: ${secret.why}`);
  const why = siteTrouble(secret.value.trim());
  return why === null ? siteOf(secret.value) : secretTrouble(`url: ${why}`);
}

/** Some proxies repeat what they were sent, the header with the token too. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const lower = text.toLowerCase();
  const isSaid = secrets.some((secret) => lower.includes(secret.toLowerCase()));
  return isSaid ? "[not shown: it repeats the token]" : cutPlainLine(text, QUOTE_CHARS);
}
