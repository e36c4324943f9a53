import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { whyUnusable } from "../address.ts";
import { Pace } from "../pace.ts";
import { siteTrouble } from "./site.ts";
import { templateTrouble } from "./template.ts";

const NO_SITE =
  "expected the address of the Jira site, or { file: … } where it is a secret. Example: https://example.atlassian.net";

/** An address that may stand in the config for all to read. */
const OpenSite = z
  .string()
  .superRefine((url, context) => {
    const why = siteTrouble(url);
    if (why !== null) context.addIssue({ code: "custom", message: why });
  })
  .meta({ examples: ["https://example.atlassian.net"] });

const Gateway = z.union(
  [
    z.boolean(),
    z.string().superRefine((url, context) => {
      const why = whyUnusable(url);
      if (why !== null) context.addIssue({ code: "custom", message: why });
    }),
  ],
  { error: () => "expected true, false, or the address of Atlassian's gateway. Example: https://api.atlassian.com" },
);

/** Jira refuses a label with a space in it, and would the whole ticket with it. */
const Label = z
  .string()
  .regex(/^[^\s\p{Cc}\p{Cf}]{1,255}$/u, "a label has no spaces and at most 255 characters. Example: wazuh");

const IdOrName = z.string().trim().min(1).max(255);

/** A value for a field: text in which `{{ agent.name }}` is filled in, or what the field takes, as Jira's REST API says. */
const FieldValue = z.json().superRefine((value, context) => {
  const why = templateTrouble(value);
  if (why !== null) context.addIssue({ code: "custom", message: why });
});

const Fields = z.record(IdOrName, FieldValue).superRefine((fields, context) => {
  for (const name of Object.keys(fields)) {
    const own = OWN_FIELDS.get(name.toLowerCase());
    if (own !== undefined) context.addIssue({ code: "custom", path: [name], message: own });
  }
});

/** What has a place of its own in the config, or is written by Riposte. */
const OWN_FIELDS: ReadonlyMap<string, string> = new Map([
  ["project", "not here: `project` has a key of its own"],
  ["issuetype", "not here: write `issue_type: Task` beside `project`"],
  ["issue type", "not here: write `issue_type: Task` beside `project`"],
  ["summary", "not here: Riposte writes it"],
  ["description", "not here: Riposte writes it"],
  ["labels", "not here: write `labels: [wazuh]` beside `project`"],
  ["priority", "not here: write `priority: { critical: Highest }` beside `project`"],
]);

const Resolve = z.strictObject({
  transition: IdOrName,
  resolution: IdOrName.optional(),
  fields: z.record(IdOrName, z.json()).optional(),
});

const Reopen = z.strictObject({
  transition: IdOrName,
  fields: z.record(IdOrName, z.json()).optional(),
});

/** `resolve: Done` is short for `resolve: { transition: Done }`. */
function orName<Shape extends { readonly transition: string }>(shape: z.ZodType<Shape>, example: string) {
  return z
    .union([IdOrName, shape])
    .transform((value): Shape | { readonly transition: string } =>
      typeof value === "string" ? { transition: value } : value,
    )
    .meta({ examples: [example] });
}

export const JiraConfig = z
  .strictObject({
    url: z.union([OpenSite, SecretField], {
      error: ({ input }) => (typeof input === "string" || typeof input === "object" ? undefined : NO_SITE),
    }),
    /** Whose token it is. Cloud wants it; Data Center's personal access tokens stand alone. */
    email: z
      .string()
      .regex(/^[\x21-\x39\x3b-\x7e]+@[\x21-\x39\x3b-\x7e]+$/, "not an e-mail address. Example: riposte@example.com")
      .optional(),
    token: SecretField,
    deployment: z.enum(["cloud", "data_center"]).optional(),
    /** For tokens with scopes, which the site itself does not take. */
    gateway: Gateway.default(false),
    cloud_id: z
      .string()
      .regex(/^[0-9A-Za-z-]{1,64}$/, "expected the site's id, as https://…/_edge/tenant_info gives it")
      .optional(),
    project: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, "expected a project key, such as SEC"),
    issue_type: IdOrName.default("Task"),
    fields: Fields.default({}),
    /** The alerts as Wazuh wrote them, as a file beside the ticket. */
    attach: z.boolean().default(true),
    labels: z.array(Label).max(20).default([]),
    priority: z
      .strictObject({
        low: IdOrName.optional(),
        medium: IdOrName.optional(),
        high: IdOrName.optional(),
        critical: IdOrName.optional(),
      })
      .default({}),
    resolve: orName(Resolve, "Done").optional(),
    reopen: orName(Reopen, "To Do").optional(),
    /** What people closed with one of these resolutions stays closed. */
    respect: z.array(IdOrName).default(["Won't Fix", "Won't Do", "False Positive", "Duplicate"]),
    /** Where people look at Wazuh; the ticket links there. */
    wazuh_dashboard: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ examples: ["https://wazuh.example"] }),
    pace: Pace.default({ max: 5, per: "1s" }),
    /** So many new tickets in each such time; one more lists the rest. */
    budget: Pace.optional(),
  })
  .superRefine(({ email, deployment, gateway, cloud_id }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (deployment === "cloud" && email === undefined)
      complain("email", "is missing: Jira Cloud takes a token together with the e-mail address of its owner");
    if (deployment === "data_center" && email !== undefined)
      complain("email", "not for Data Center: a personal access token stands alone");
    if (deployment === "data_center" && gateway !== false) complain("gateway", "only Jira Cloud has one");
    if (gateway !== false && email === undefined)
      complain("email", "is missing: the gateway takes a token together with the e-mail address of its owner");
    if (cloud_id !== undefined && gateway === false)
      complain("cloud_id", "only with `gateway: true`: the site itself needs no id");
  });
export type JiraConfig = z.infer<typeof JiraConfig>;
