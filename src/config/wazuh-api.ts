import { z } from "zod";
import { AGENT_FACTS, type AgentFact } from "../core/agent-facts.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { SecretRef } from "../ports/secrets.ts";
import { absolutePath } from "./absolute-path.ts";
import { durationField } from "./duration.ts";
import { SecretField } from "./secret.ts";

/** How the Wazuh manager's API is reached. */
export interface WazuhApiConfig {
  /** Without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  readonly ca: string | null;
  /** In capital hex with colons. */
  readonly fingerprint: string | null;
}

const URL_EXAMPLE = "https://wazuh-master:55000";
const FINGERPRINT = /^(?:[0-9A-Fa-f]{2}:?){32}$/;
const FINGERPRINT_RULE =
  "expected the SHA-256 of the API's certificate, 64 hex digits: openssl x509 -noout -fingerprint -sha256 -in /var/ossec/api/configuration/ssl/server.crt";

/** The SHA-256 of a certificate, as openssl prints it. */
export function fingerprintField(rule: string) {
  return z.string().regex(FINGERPRINT, { error: rule });
}

/** What is wrong with the address; null where nothing is. A word of it is not repeated: a password may be in it. */
function addressTrouble(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return `not a URL. Example: ${URL_EXAMPLE}`;
  if (url.username !== "" || url.password !== "")
    return `a login does not belong in the address. Write it as user and password. Example: ${URL_EXAMPLE}`;
  if (url.protocol !== "https:") return `expected https: a password and a token go there. Example: ${URL_EXAMPLE}`;
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return `expected the address alone, with nothing behind the port. Example: ${URL_EXAMPLE}`;
  return null;
}

/** `wazuh.api`. */
export const WazuhApi = z
  .strictObject({
    url: z
      .string()
      .superRefine((text, context) => {
        const message = addressTrouble(text);
        if (message !== null) context.addIssue({ code: "custom", message });
      })
      .meta({ description: "The manager's API; of a cluster, the master's.", examples: [URL_EXAMPLE] }),
    user: z
      .string()
      .regex(/^[^:\u0000-\u001f\u007f]{1,64}$/, { error: "expected a user of the Wazuh API. Example: riposte" })
      .meta({ description: "A user of the API that may read agents (agent:read).", examples: ["riposte"] }),
    password: SecretField,
    ca: absolutePath("/etc/riposte/wazuh-ca.pem")
      .optional()
      .meta({ description: "PEM file with the API's certificate, or the CA that it is from." }),
    fingerprint: fingerprintField(FINGERPRINT_RULE)
      .optional()
      .meta({ description: "Instead of ca: the SHA-256 of the API's own certificate, whatever name it is for." }),
  })
  .superRefine(({ ca, fingerprint }, context) => {
    if (ca === undefined || fingerprint === undefined) return;
    const message = "either ca or fingerprint, not both: the fingerprint alone says who answers";
    context.addIssue({ code: "custom", path: ["fingerprint"], message });
  })
  .meta({ examples: [{ url: URL_EXAMPLE, user: "riposte", password: { file: "/etc/riposte/wazuh-api" } }] });
export type WazuhApi = z.infer<typeof WazuhApi>;

export interface AgentsSourceConfig {
  readonly from: "agents";
  readonly name: string;
  readonly everyMs: number;
  /** What else is asked of them. */
  readonly enrich: readonly AgentFact[];
}

const FACT_RULE = "expected group, os, labels or node";
const FACTS_RULE = `expected a list of them. Example: [${AGENT_FACTS.join(", ")}]`;

/** `wazuh.agents`. */
export const Agents = z.strictObject({
  every: durationField({ leastMs: 10 * SECOND_MS, example: "60s" })
    .refine((ms) => ms <= 60 * MINUTE_MS, { error: "too long: at most 60m, or a lost agent is noticed too late" })
    .default(MINUTE_MS)
    .meta({ description: "How often the API is asked which agents are disconnected." }),
  enrich: z
    .array(z.enum(AGENT_FACTS, { error: FACT_RULE }), { error: FACTS_RULE })
    .refine((facts) => new Set(facts).size === facts.length, { error: "names the same twice" })
    .default([])
    .meta({
      description:
        "What else is asked of agents and can be used of them: group, os, labels, node, as agent.group, agent.os.platform, agent.labels.NAME and agent.node.",
      examples: [[...AGENT_FACTS]],
    }),
});

export function wazuhApiOf({ url, user, password, ca, fingerprint }: WazuhApi): WazuhApiConfig {
  return {
    url: new URL(url).origin,
    user,
    password,
    ca: ca ?? null,
    fingerprint: fingerprint === undefined ? null : withColons(fingerprint),
  };
}

export function withColons(fingerprint: string): string {
  return (fingerprint.toUpperCase().match(/[0-9A-F]{2}/g) ?? []).join(":");
}
