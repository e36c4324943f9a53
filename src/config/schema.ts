import { z } from "zod";
import type { HushTerms, QuietHours } from "../core/hush.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Policy } from "../core/policy.ts";
import type { Keep } from "../core/retention.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { absolutePath } from "./absolute-path.ts";
import { AuditShape } from "./audit.ts";
import { Aws } from "./aws.ts";
import type { Guardrails } from "../core/guardrails.ts";
import { GuardrailsShape } from "./guardrails.ts";
import { hushKeys } from "./hush.ts";
import { HttpDoor } from "./http.ts";
import { HttpClient } from "./http-client.ts";
import type { Severity } from "../core/severity.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { AwsSettings } from "../ports/aws-settings.ts";
import type { DoorSettings } from "../ports/door-settings.ts";
import type { SecretRef } from "../ports/secrets.ts";
import type { Links } from "./destinations.ts";
import { LinksShape } from "./links.ts";
import { durationField } from "./duration.ts";
import { indexerKeys, indexerTroubles, type IndexerSourceConfig } from "./indexer-source.ts";
import { Name } from "./name.ts";
import { NOT_BUILT_YET } from "./not-built-yet.ts";
import { Use, type UsedPack } from "./packs.ts";
import { PolicyShape } from "./policies.ts";
import { isMap } from "./problem.ts";
import { KeepShape } from "./keep.ts";
import { Redact, type RedactSetting } from "./redact.ts";
import { Start, type StartConfig } from "./start.ts";
import { SecretField } from "./secret.ts";
import { Store, type StoreConfig } from "./store.ts";
import { Agents, WazuhApi, type AgentsSourceConfig, type WazuhApiConfig } from "./wazuh-api.ts";

/** A config that was read, checked and completed with the defaults. */
export interface Config {
  readonly store: StoreConfig;
  /** How much of what is over stays. */
  readonly keep: Keep;
  /** Path of the admin socket. */
  readonly socket: string;
  /** Null: no TCP port is opened. */
  readonly http: DoorSettings | null;
  readonly httpClient: WayOutSettings;
  /** Where secrets that are named by { aws: … } are; absent: as the SDK finds it. */
  readonly aws?: AwsSettings;
  /** What signs the audit's seals; absent: nothing does. */
  readonly auditKey?: SecretRef;
  /** About Riposte itself. */
  readonly health: HealthConfig;
  readonly links: Links;
  /** Null: nothing that is built needs it. */
  readonly wazuhApi: WazuhApiConfig | null;
  readonly sources: readonly SourceConfig[];
  /** Null: the blocks of no ossec.conf. */
  readonly ossecConf: OssecConfConfig | null;
  readonly destinations: readonly DestinationConfig[];
  /** What destinations are not shown of an alert that say nothing else; absent: the usual secrets. */
  readonly redact?: RedactSetting;
  /** In the order in which they are asked. */
  readonly policies: readonly Policy[];
  /** Absent: no policy responds. */
  readonly guardrails?: Guardrails;
  /** What of `policies` came from packs; they are the last. */
  readonly packs?: readonly UsedPack[];
  /** When not to tell; absent: nothing is said of it. */
  readonly hush?: HushTerms;
  /** As it is written; absent: `playbooks` beside the file. */
  readonly playbookFolder?: string;
  /** Those that policies name, as `withPlaybooks` found them. */
  readonly playbooks?: Readonly<Record<string, Playbook>>;
}

/** The file that integratord reads, and the one of the blocks that were taken over from it; null: where it usually is. */
export interface OssecConfConfig {
  readonly path: string;
  readonly takenOver: string | null;
  /** Each alert is told by itself, as integratord does, and not each rule and agent. */
  readonly onePerAlert?: true;
}

export interface HealthConfig {
  readonly tell: readonly string[];
  /** The config says whom, if only that it is nobody. */
  readonly isTellGiven?: true;
  /** Null: a quiet source is nothing to tell of. */
  readonly quietSourceMs: number | null;
  readonly heartbeat: { readonly url: SecretRef; readonly everyMs: number } | null;
}

export type SourceConfig =
  | { readonly from: "file"; readonly name: string; readonly path: string; readonly start: StartConfig }
  | {
      readonly from: "spool";
      readonly name: string;
      readonly path: string;
      /** Whose files are taken beside root's and our own; null: those of the directory's owner. */
      readonly owner: number | null;
    }
  | IndexerSourceConfig
  /** What one sender sends over HTTP: there is one for each token that may send. */
  | { readonly from: "http"; readonly name: string; readonly sender: string }
  /** Watches which agents the Wazuh API calls disconnected. */
  | AgentsSourceConfig;

export interface DestinationConfig {
  readonly name: string;
  /** The `type` of its connector. */
  readonly type: string;
  /** What the connector's schema made of the rest. */
  readonly config: unknown;
  /** What it is not shown of an alert, where it says so itself. */
  readonly redact?: RedactSetting;
  /** Shown, and never sent: integratord sends it. */
  readonly shadow?: true;
  /** Of one that is shadow, and not because integratord sends it: who posts to its address. */
  readonly yieldsTo?: string;
  readonly minSeverity?: Severity;
  /** Null: it has none, whatever goes for others. */
  readonly quietHours?: QuietHours | null;
}

const ALERTS = "/var/ossec/logs/alerts/alerts.json";
const OSSEC_CONF = "/var/ossec/etc/ossec.conf";
const TAKEN_OVER = "/etc/riposte/integrations.ossec.conf";
const SOCKET = "/run/riposte/riposte.sock";

/** The kernel's limit for the path of a Unix socket, less the closing zero (unix(7)). */
const SOCKET_PATH_BYTES = 107;

/** What is wrong with the admin socket's path; null where nothing is. */
export function socketTrouble(path: string): string | null {
  if (new TextEncoder().encode(path).length <= SOCKET_PATH_BYTES) return null;
  return `too long for a Unix socket: at most ${SOCKET_PATH_BYTES} bytes. Example: socket: ${SOCKET}`;
}

const alertsKeys = {
  from: z.enum(["file", "spool", "indexer", "http"]).optional(),
  path: absolutePath(ALERTS).optional(),
  start: Start.optional(),
  owner: z
    .int()
    .min(0)
    .optional()
    .meta({ examples: [999] }),
  ...indexerKeys,
};

/** Told whatever else is wrong with the source. */
const needsPath = [
  (source: Partial<Placed>): boolean => source.from === "http" || source.from === "indexer" || "path" in source,
  {
    path: ["path"],
    error: `is missing. Example: ${ALERTS}`,
    when: ({ value }: { readonly value: unknown }): boolean => isMap(value),
  },
] as const satisfies Parameters<z.ZodType<Placed>["refine"]>;

/** A file that Wazuh writes, a directory into which `custom-jira` and `custom-riposte` put alerts, or who sends them. */
const AlertsSource = z
  .strictObject({ name: Name, ...alertsKeys })
  .superRefine(foreignKeys)
  .refine(...needsPath);
/** One that stands alone needs no name. */
const OnlySource = z
  .strictObject({ name: Name.optional(), ...alertsKeys })
  .superRefine(foreignKeys)
  .refine(...needsPath);

type Placed = Omit<z.output<z.ZodObject<typeof alertsKeys>>, "name">;

function foreignKeys(placed: Placed, context: z.RefinementCtx): void {
  const { from = "file", path, start, owner } = placed;
  const complain = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
  if (from === "indexer") {
    for (const [key, says] of indexerTroubles(placed)) complain(key, says);
    for (const key of ["path", "owner"] as const) {
      if (placed[key] !== undefined) complain(key, "not for an indexer, which has a url");
    }
    return;
  }
  if (from === "http") {
    if (path !== undefined) complain("path", "not for what is sent over HTTP: where that is to, http.listen says");
    if (start !== undefined) complain("start", "not for what is sent over HTTP: the sender says where it begins");
  }
  if (from === "spool" && start !== undefined)
    complain("start", "not for a spool: whatever lies in it is taken, the oldest first");
  if (from === "file" && owner !== undefined) complain("owner", "for a spool only: from: spool");
  for (const key of Object.keys(indexerKeys) as (keyof typeof indexerKeys)[]) {
    if (placed[key] !== undefined) complain(key, "for an indexer only: from: indexer");
  }
}

const Wazuh = z
  .strictObject({
    alerts: z
      .union([absolutePath(ALERTS), z.array(AlertsSource).min(1), OnlySource], {
        error: ({ input }) =>
          isMap(input) &&
          typeof input["from"] === "string" &&
          !["file", "spool", "indexer", "http"].includes(input["from"])
            ? `sources other than files, spools, indexers and HTTP are ${NOT_BUILT_YET}. Example: ${ALERTS}`
            : undefined,
      })
      .meta({
        description:
          "The path of alerts.json, a spool ({ from: spool, path: /var/ossec/queue/riposte }), an indexer ({ from: indexer, url, user, password }), what is sent over HTTP ({ from: http }), or a list of such with names.",
      }),
    start: Start.default("end").meta({
      description:
        "Where to begin when a source was never read before: at the end or the beginning of the file, or with the first alert at or after a time.",
    }),
    api: WazuhApi.optional().meta({ description: "The Wazuh manager's API." }),
    agents: Agents.optional().meta({
      description: "Watch for lost agents over the API as well, as a source named agents. Needs api.",
    }),
  })
  .superRefine(({ api, agents }, context) => {
    if (agents === undefined || api !== undefined) return;
    const message =
      "needs wazuh.api, which says where to ask. Example: { url: https://wazuh-master:55000, user: riposte, password: { file: /etc/riposte/wazuh-api } }";
    context.addIssue({ code: "custom", path: ["agents"], message });
  })
  .meta({ examples: [{ alerts: ALERTS }] });

const OssecConf = z
  .union(
    [
      absolutePath(OSSEC_CONF),
      z.strictObject({
        path: absolutePath(OSSEC_CONF),
        taken_over: absolutePath(TAKEN_OVER).optional(),
        one_per_alert: z.boolean().default(false),
      }),
    ],
    {
      error: ({ input }) =>
        typeof input === "string" || isMap(input) ? undefined : `expected a path. Example: ${OSSEC_CONF}`,
    },
  )
  .meta({
    description:
      "Wazuh's ossec.conf, whose <integration> blocks become policies and destinations; or a map with its path and, as taken_over, that of the blocks that `riposte takeover` moved, and one_per_alert where each alert is to be told by itself.",
  });

const Health = z.strictObject({
  /** Who hears of Riposte itself; without it all destinations but those that act on Wazuh's alerts alone. */
  tell: z.array(z.string()).optional(),
  quiet_source: z
    .union([durationField({ leastMs: MINUTE_MS, example: "2h" }), z.literal("never")])
    .default(2 * HOUR_MS),
  heartbeat: z
    .strictObject({
      url: SecretField,
      every: durationField({ leastMs: 10 * SECOND_MS, example: "1m" }).default(MINUTE_MS),
    })
    .optional(),
});

/** The file as a whole. Destinations are checked against their connectors' schemas, conditions by their own grammar. */
export const ConfigShape = z.strictObject({
  store: Store,
  keep: KeepShape,
  socket: absolutePath(SOCKET).optional().meta({ description: "The admin socket; beside the database if not said." }),
  http: HttpDoor.optional(),
  http_client: HttpClient.optional().meta({ description: "How everything that Riposte calls is reached." }),
  aws: Aws.optional(),
  links: LinksShape.optional(),
  health: Health.optional(),
  respond_wait: durationField({ leastMs: 0, example: "15s" })
    .default(15 * SECOND_MS)
    .meta({
      description:
        "How long the first message and ticket of a policy with expect_action or respond wait for what the response did; 0s: not at all.",
    }),
  wazuh: Wazuh,
  ossec_conf: OssecConf.optional(),
  destinations: z.record(z.string(), z.unknown()).optional(),
  redact: Redact.optional(),
  playbooks: absolutePath("/etc/riposte/playbooks")
    .optional()
    .meta({ description: "The folder of the playbooks that policies name; `playbooks` beside this file if not said." }),
  audit: AuditShape.optional(),
  guardrails: GuardrailsShape.optional().meta({ description: "What responses must keep to." }),
  policies: z.array(PolicyShape).optional(),
  use: Use.optional().meta({
    description: "Policies that come with Riposte, asked behind your own: starter, whole or with skip and change.",
    examples: [["starter"]],
  }),
  ...hushKeys,
});
export type ConfigShape = z.infer<typeof ConfigShape>;
