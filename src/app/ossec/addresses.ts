// Who else posts where a block does. Addresses are secrets, so only their digests are held against each other.
import { hash } from "node:crypto";
import { OSSEC_PREFIX } from "../../config/load.ts";
import type { Config, DestinationConfig } from "../../config/schema.ts";
import type { SecretRef, SecretValue } from "../../ports/secrets.ts";
import type { IntegrationBlock } from "../../wazuh/integration-block.ts";

export type ReadSecret = (ref: SecretRef) => SecretValue;

/** Where a destination of the config's own posts. */
export interface Poster {
  readonly destination: string;
  /** Equal for equal addresses. Null: it has none, or it can't be read now. */
  readonly address: string | null;
  /** A policy tells it of alerts. */
  readonly isTold: boolean;
}

/** The config's own destinations, without those that stand for blocks. */
export function postersOf({ destinations, policies }: Config, read: ReadSecret): readonly Poster[] {
  const told = new Set(policies.flatMap(({ terms }) => Object.values(terms.tell).flat()));
  return destinations
    .filter(({ name }) => !name.startsWith(OSSEC_PREFIX))
    .map((of) => ({ destination: of.name, address: addressOf(of, read), isTold: told.has(of.name) }));
}

/** Null: integratord's script is given no http address. */
export function addressOfBlock({ hookUrl }: IntegrationBlock): string | null {
  return digestOf(hookUrl?.value.reveal() ?? "");
}

function addressOf({ config }: DestinationConfig, read: ReadSecret): string | null {
  const { webhook, url, secret, hook_url: hookUrl } = config as Readonly<Record<string, unknown>>;
  const place = webhook ?? url ?? secret ?? hookUrl;
  if (typeof place === "string") return digestOf(place);
  if (typeof place !== "object" || place === null) return null;
  const found = read(place as SecretRef);
  return found.kind === "value" ? (digestOf(found.value) ?? digestOf(jiraUrlIn(found.value))) : null;
}

function jiraUrlIn(secret: string): string {
  try {
    const value: unknown = JSON.parse(secret);
    const url = typeof value === "object" && value !== null ? (value as Record<string, unknown>)["JIRA_URL"] : null;
    return typeof url === "string" ? url : "";
  } catch {
    return "";
  }
}

function digestOf(text: string): string | null {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) ? hash("sha256", url.href) : null;
}
