import { z } from "zod";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { SecretRef } from "../ports/secrets.ts";
import { absolutePath } from "./absolute-path.ts";
import { durationField } from "./duration.ts";
import { SecretField } from "./secret.ts";
import type { StartConfig } from "./start.ts";
import { fingerprintField, withColons } from "./wazuh-api.ts";

/** A Wazuh indexer whose alerts are read. */
export interface IndexerSourceConfig {
  readonly from: "indexer";
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  readonly ca: string | null;
  /** In capital hex with colons. */
  readonly fingerprint: string | null;
  readonly index: string;
  readonly wazuh: 4 | 5;
  readonly start: StartConfig;
  readonly overlapMs: number;
  readonly lateMs: number;
}

const URL_EXAMPLE = "https://wazuh-indexer:9200";
const INDEX_OF = { 4: "wazuh-alerts-4.x-*", 5: "wazuh-findings-v5-*" } as const;
const INDEX_FORM = /^[a-z0-9.*][a-z0-9._*-]{0,127}$/;
const EXAMPLE =
  "{ from: indexer, url: https://wazuh-indexer:9200, user: riposte, password: { file: /etc/riposte/indexer } }";

/** What is wrong with the address; null where nothing is. A word of it is not repeated: a password may be in it. */
function addressTrouble(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return `not a URL. Example: ${URL_EXAMPLE}`;
  if (url.username !== "" || url.password !== "")
    return `a login does not belong in the address. Write it as user and password. Example: ${URL_EXAMPLE}`;
  if (url.protocol !== "https:") return `expected https: a password goes there. Example: ${URL_EXAMPLE}`;
  if (url.search !== "" || url.hash !== "") return `expected the address alone. Example: ${URL_EXAMPLE}`;
  return null;
}

/** Keys of a source with `from: indexer`, beside those of other sources. */
export const indexerKeys = {
  url: z
    .string()
    .superRefine((text, context) => {
      const message = addressTrouble(text);
      if (message !== null) context.addIssue({ code: "custom", message });
    })
    .optional()
    .meta({ description: "The indexer, of a cluster any of its nodes.", examples: [URL_EXAMPLE] }),
  user: z
    .string()
    .regex(/^[^:\u0000-\u001f\u007f]{1,64}$/, { error: "expected a user of the indexer. Example: riposte" })
    .optional()
    .meta({ description: "A user with the role of deploy/wazuh/indexer.", examples: ["riposte"] }),
  password: SecretField.optional(),
  ca: absolutePath("/etc/riposte/indexer-ca.pem")
    .optional()
    .meta({ description: "PEM file with the indexer's certificate, or the CA that it is from." }),
  fingerprint: fingerprintField(
    "expected the SHA-256 of the indexer's certificate, 64 hex digits: openssl x509 -noout -fingerprint -sha256 -in /etc/wazuh-indexer/certs/indexer.pem",
  )
    .optional()
    .meta({ description: "Instead of ca: the SHA-256 of the indexer's own certificate, whatever name it is for." }),
  index: z
    .string()
    .regex(INDEX_FORM, { error: `expected the name of indices, with * for any part. Example: ${INDEX_OF[4]}` })
    .optional()
    .meta({ description: `Which indices; ${INDEX_OF[4]} if not said, or ${INDEX_OF[5]} with wazuh: 5.` }),
  wazuh: z
    .union([z.literal(4), z.literal(5)], { error: "expected 4 or 5" })
    .optional()
    .meta({ description: "5 for findings of Wazuh 5, which is experimental; 4 if not said." }),
  overlap: durationField({ leastMs: 5 * SECOND_MS, example: "20s" })
    .refine((ms) => ms <= 10 * MINUTE_MS, { error: "too long: at most 10m, since every hold waits for it" })
    .optional()
    .meta({
      description: "Alerts that come so late are nothing special: holds and timers wait so long for them. 20s.",
    }),
  late: durationField({ leastMs: 10 * MINUTE_MS, example: "24h" })
    .refine((ms) => ms <= 168 * HOUR_MS, { error: "too long: at most 168h" })
    .optional()
    .meta({
      description: "Alerts that come later than overlap are still found when they are no older than this. 24h.",
    }),
};

type Written = { readonly [Key in keyof typeof indexerKeys]?: z.output<(typeof indexerKeys)[Key]> | undefined };

/** What is wrong with the keys of one that is to read an indexer, by key. */
export function indexerTroubles(written: Written): readonly (readonly [key: string, says: string])[] {
  const missing = (["url", "user", "password"] as const).filter((key) => written[key] === undefined);
  const both = written.ca !== undefined && written.fingerprint !== undefined;
  return [
    ...missing.map((key) => [key, `is missing. Example: ${EXAMPLE}`] as const),
    ...(both ? [["fingerprint", BOTH] as const] : []),
  ];
}

const BOTH = "either ca or fingerprint, not both: the fingerprint alone says who answers";

/** Of keys that `indexerTroubles` has nothing against. */
export function indexerSourceOf(written: Written, name: string, start: StartConfig): IndexerSourceConfig {
  const { url, user, password, ca = null, fingerprint, overlap, late } = written;
  if (url === undefined || user === undefined || password === undefined) throw new Error("checked before");
  const wazuh = written.wazuh ?? (written.index?.startsWith(FINDINGS) === true ? 5 : 4);
  return {
    from: "indexer",
    name,
    url: url.replace(/\/+$/, ""),
    user,
    password,
    ca,
    fingerprint: fingerprint === undefined ? null : withColons(fingerprint),
    index: written.index ?? INDEX_OF[wazuh],
    wazuh,
    start,
    overlapMs: overlap ?? 20 * SECOND_MS,
    lateMs: late ?? 24 * HOUR_MS,
  };
}

const FINDINGS = "wazuh-findings-";
