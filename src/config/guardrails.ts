import { z } from "zod";
import { readProtectedNetwork, type Guardrails, type ResponseLimit } from "../core/guardrails.ts";
import { RESPONSE_ACTIONS, type ResponseAction, type ResponseMode } from "../core/response.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { durationField } from "./duration.ts";
import { isMap, type Path, type Problem } from "./problem.ts";
import { QuietResponsesShape, quietResponsesOf } from "./quiet-responses.ts";
import type { RespondShape } from "./respond.ts";

const ACTIONS = RESPONSE_ACTIONS as [ResponseAction, ...ResponseAction[]];
const MODE_RULE = "expected observe (say what would be done), approve (once a person has said yes) or enforce";
const LIMIT_RULE = "expected a limit. Example: { action: disable-account, max: 3, per: 1h }";
const SHARE_RULE = "expected a share of all agents. Example: 0.5%";
const NETWORK_RULE = "expected an address or a network whose address says no more than its prefix. Example: 10.0.0.0/8";
const SLACK_RULE =
  "expected the names of people by their ids in Slack. Example: { U0123456789: ana }; or a list of ids";
const PERSON_ID = z.string().regex(/^[UW][A-Z0-9]{5,19}$/, {
  error: "expected the id of a person, as the profile in Slack shows it. Example: U0123456789",
});
const PATTERN = z.string().min(1).max(256);

/** Not an enum, which would hide what is wrong with a map of them. */
const Mode = z
  .string()
  .regex(/^(?:observe|approve|enforce)$/, { error: MODE_RULE })
  .transform((mode) => mode as ResponseMode)
  .meta({ examples: ["observe"] });
const per = durationField({ leastMs: MINUTE_MS, example: "1h" }).refine((ms) => ms <= 7 * DAY_MS, {
  error: "too long: at most 7d",
});

const Limit = z
  .strictObject(
    {
      action: z.enum(ACTIONS).optional(),
      any: z.literal(true).optional(),
      each: z.literal("target", { error: "expected target: counted for each user or address apart" }).optional(),
      max: z.int().min(1).max(400).optional(),
      share_of_agents: z
        .string({ error: SHARE_RULE })
        .regex(/^(?:\d{1,2}(?:\.\d{1,3})?|100)%$/, { error: SHARE_RULE })
        .optional(),
      per,
    },
    { error: ({ input }) => (isMap(input) ? undefined : LIMIT_RULE) },
  )
  .superRefine(({ action, any, each, max, share_of_agents: share }, context) => {
    const wrong = (key: string, message: string): void => context.addIssue({ code: "custom", path: [key], message });
    if ((action === undefined) === (any === undefined)) wrong("action", "say either action or any: true");
    if ((max === undefined) === (share === undefined)) wrong("max", "say either max or share_of_agents");
    if (each !== undefined && share !== undefined) wrong("each", "a share is counted in agents, not in targets");
  });

/** `guardrails`. */
export const GuardrailsShape = z.strictObject({
  mode: z
    .union(
      [
        Mode,
        z.strictObject({
          default: Mode.default("observe"),
          ...Object.fromEntries(ACTIONS.map((action) => [action, Mode.optional()])),
        } as { default: z.ZodDefault<typeof Mode> } & Record<ResponseAction, z.ZodOptional<typeof Mode>>),
      ],
      { error: ({ input }) => (isMap(input) ? undefined : MODE_RULE) },
    )
    .default("observe")
    .meta({ description: "observe, approve or enforce; or a map of it by action, with default for the others." }),
  protect: z
    .strictObject({
      users: z.array(PATTERN).max(500).optional(),
      groups: z.array(PATTERN).max(500).optional(),
      agents: z.array(PATTERN).max(500).optional(),
      networks: z
        .array(z.string().refine((text) => readProtectedNetwork(text) !== null, { error: NETWORK_RULE }))
        .max(500)
        .optional(),
    })
    .optional()
    .meta({ description: "Never touched, beside what is protected from the start." }),
  limits: z.array(Limit).max(50).optional().meta({
    description: "How much may be done in what time; a limit of one's own takes the place of the one for the same.",
  }),
  approvers: z
    .strictObject({
      people: z.array(z.string().min(1).max(64)).max(200).optional(),
      slack: z
        .union([z.record(PERSON_ID, z.string().min(1).max(64)), z.array(PERSON_ID).max(200)], { error: SLACK_RULE })
        .optional()
        .meta({ description: "Who may approve in Slack: names by ids. The same name is the same person everywhere." }),
      four_eyes: z.array(z.enum(ACTIONS)).optional(),
    })
    .optional()
    .meta({
      description: "Who may approve, by the names of their tokens or at the admin socket; what takes two of them.",
    }),
  approve_within: durationField({ leastMs: MINUTE_MS, example: "30m" })
    .default(30 * MINUTE_MS)
    .meta({ description: "An approval that was not given by then is a no." }),
  quiet_hours: QuietResponsesShape.optional(),
  commands: z
    .array(
      z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, {
        error: "expected the name of a command in ar.conf without its time",
      }),
    )
    .max(64)
    .optional()
    .meta({ description: "Commands of ar.conf that run-command and isolate-host may run." }),
});
export type GuardrailsShape = z.infer<typeof GuardrailsShape>;

/** From the start, whatever the config says. */
const PROTECTED = {
  users: [
    "root",
    "Administrator",
    "Guest",
    "krbtgt",
    "DefaultAccount",
    "WDAGUtilityAccount",
    "wazuh*",
    "ossec*",
    "*$",
    "uid:0",
  ],
  groups: ["root", "sudo", "wheel", "admin", "Administrators", "Domain Admins", "Enterprise Admins", "Schema Admins"],
  agents: ["000", "label:riposte=never"],
} as const;

const LIMITS: readonly ResponseLimit[] = [
  { kind: "count", action: "disable-account", each: null, max: 3, perMs: HOUR_MS },
  { kind: "count", action: "disable-account", each: "target", max: 1, perMs: DAY_MS },
  { kind: "count", action: "block-ip", each: null, max: 30, perMs: HOUR_MS },
  { kind: "count", action: "isolate-host", each: null, max: 1, perMs: HOUR_MS },
  { kind: "share", action: null, share: 0.005, perMs: HOUR_MS },
];

export function guardrailsOf(shape: GuardrailsShape | undefined, hasApi: boolean): Guardrails {
  const { mode = "observe", protect = {}, limits = [], approvers = {}, commands = [] } = shape ?? {};
  const { users = [], groups = [], agents = [], networks = [] } = protect;
  const own = limits.map(limitOf);
  const quietHours = quietResponsesOf(shape?.quiet_hours);
  const isReplaced = (limit: ResponseLimit): boolean => own.some((one) => keyOfLimit(one) === keyOfLimit(limit));
  const { default: usual, ...byAction } = typeof mode === "string" ? { default: mode } : mode;
  const slack = slackApprovers(approvers.slack);
  return {
    modes: Object.fromEntries(
      RESPONSE_ACTIONS.map((action) => [
        action,
        (byAction as Partial<Record<ResponseAction, ResponseMode>>)[action] ?? usual,
      ]),
    ) as Record<ResponseAction, ResponseMode>,
    protect: {
      users: [...PROTECTED.users, ...users],
      groups: [...PROTECTED.groups, ...groups],
      agents: [...PROTECTED.agents, ...agents],
      networks,
    },
    limits: [...own, ...LIMITS.filter((limit) => !isReplaced(limit))],
    approvers: [...new Set([...(approvers.people ?? []), ...Object.values(slack)])],
    ...(Object.keys(slack).length > 0 && { slack }),
    fourEyes: approvers.four_eyes ?? ["isolate-host"],
    approveWithinMs: shape?.approve_within ?? 30 * MINUTE_MS,
    ...(quietHours.length > 0 && { quietHours }),
    commands,
    hasApi,
  };
}

/** Who has no name here is called by the id, which nobody's token can be. */
export function slackApprovers(written: SlackApprovers | undefined = {}): Readonly<Record<string, string>> {
  return Array.isArray(written) ? Object.fromEntries(written.map((id) => [id, `slack:${id}`])) : written;
}

type SlackApprovers = NonNullable<NonNullable<GuardrailsShape["approvers"]>["slack"]>;

function limitOf({ action, each, max, share_of_agents: share, per: perMs }: z.infer<typeof Limit>): ResponseLimit {
  if (share !== undefined) {
    return { kind: "share", action: action ?? null, share: Number(share.slice(0, -1)) / 100, perMs };
  }
  return { kind: "count", action: action ?? null, each: each ?? null, max: max ?? 1, perMs };
}

function keyOfLimit(limit: ResponseLimit): string {
  return JSON.stringify([limit.kind, limit.action, limit.kind === "count" ? limit.each : null]);
}

interface Around {
  readonly hasApi: boolean;
  /** What the policies' responses do, and by which command. */
  readonly responds: readonly {
    readonly action: ResponseAction;
    readonly command: string | null;
    readonly path: Path;
  }[];
}

/** Mistakes that show only beside the rest of the config. */
function guardrailProblems(shape: GuardrailsShape | undefined, { hasApi, responds }: Around): readonly Problem[] {
  const rails = guardrailsOf(shape, hasApi);
  const problems: Problem[] = [];
  const doing = responds.filter(({ action }) => rails.modes[action] !== "observe");
  if (doing.length > 0 && !hasApi) {
    const says = "anything else than observe needs wazuh.api, over which orders are sent";
    problems.push({ path: ["guardrails", "mode"], at: "value", says });
  }
  const asksByNight = rails.quietHours?.some(({ does }) => does === "ask") === true;
  const asks = doing.filter(
    ({ action }) => rails.modes[action] === "approve" || asksByNight || rails.fourEyes.includes(action),
  );
  const needed = asks.some(({ action }) => rails.fourEyes.includes(action)) ? 2 : 1;
  if (asks.length > 0 && new Set(rails.approvers).size < needed) {
    const says = `nobody could approve: name ${needed === 2 ? "two people at least, for what takes four eyes," : "those who may"} in guardrails.approvers.people`;
    problems.push({ path: ["guardrails", "mode"], at: "value", says });
  }
  if (needed === 2 && Array.isArray(shape?.approvers?.slack) && (shape?.approvers?.people ?? []).length > 0) {
    const says = "with ids alone one person could be two, here and among people: name them, as in { U0123456789: ana }";
    problems.push({ path: ["guardrails", "approvers", "slack"], at: "value", says });
  }
  for (const { command, path } of responds) {
    if (command === null || rails.commands.includes(command)) continue;
    const says = `guardrails.commands does not name it, so it is never run. Add it there`;
    problems.push({ path: [...path, "command"], at: "value", says });
  }
  return problems;
}

/** What of the file's shape the guardrails look at. */
interface Whole {
  readonly guardrails?: GuardrailsShape | undefined;
  readonly policies?: readonly { readonly respond?: RespondShape | undefined }[] | undefined;
  readonly wazuh: { readonly api?: unknown };
}

/** Nothing where no policy responds. */
export function guardrailsIn({ guardrails, policies = [], wazuh }: Whole): { readonly guardrails?: Guardrails } {
  const responds = policies.some(({ respond }) => respond !== undefined);
  return responds ? { guardrails: guardrailsOf(guardrails, wazuh.api !== undefined) } : {};
}

export function responseProblems({ guardrails, policies = [], wazuh }: Whole): readonly Problem[] {
  const responds = policies.flatMap(({ respond }, i) => {
    const path = ["policies", i, "respond"];
    if (respond === undefined) return [];
    if (!Array.isArray(respond)) return [{ action: respond.do, command: respond.command ?? null, path }];
    return respond.map((one, n) => ({ action: one.do, command: one.command ?? null, path: [...path, n] }));
  });
  return guardrailProblems(guardrails, { hasApi: wazuh.api !== undefined, responds });
}
