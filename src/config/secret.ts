import { z } from "zod";
import type { SecretRef } from "../ports/secrets.ts";

/** What AWS takes for a name, or an ARN. */
const AWS_NAME =
  /^(?:[A-Za-z0-9/_+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519})$/;

/**
 * A field of a config that holds a secret: never its value, only where that is to be had. Which fields of a schema
 * are such ones is known from the mark.
 */
export const SecretField: z.ZodType<SecretRef, SecretRef> = z
  .union(
    [
      z.strictObject({
        file: z.string().regex(/^\/./, { error: "expected an absolute path. Example: /etc/riposte/slack-webhook" }),
      }),
      z.strictObject({
        env: z.string().regex(/^[A-Za-z_]\w{0,127}$/, {
          error: "expected the name of an environment variable. Example: SLACK_WEBHOOK",
        }),
      }),
      z.strictObject({
        aws: z.string().regex(AWS_NAME, { error: `expected a secret's name or ARN. Example: wazuh/jira-api-key` }),
        key: z
          .string()
          .regex(/^[\x21-\x7e]{1,256}$/, { error: "expected a key of the secret's JSON. Example: JIRA_API_KEY" })
          .optional(),
        stage: z
          .string()
          .regex(/^[\x21-\x7e]{1,256}$/, { error: "expected a staging label. Example: AWSCURRENT" })
          .optional(),
      }),
    ],
    { error: ({ input }) => secretTrouble(input) },
  )
  .meta({ "x-secret": true, examples: [{ file: "/etc/riposte/slack-webhook" }] });

const REMEDY = "{ file: /etc/riposte/NAME }, { env: NAME } or { aws: NAME }";

/** What stands there may be the secret itself, so no word of it is repeated. */
function secretTrouble(input: unknown): string {
  if (input === undefined || input === null) return `is missing: say where the secret is, ${REMEDY}`;
  if (typeof input !== "object") {
    return `a secret itself does not belong in this file. Put it where only Riposte can read it and write ${REMEDY} here; whoever has seen this file knows it, so get a new one`;
  }
  if (Array.isArray(input)) return `expected ${REMEDY}`;
  const places = ["file", "env", "aws"].filter((place) => place in input);
  if (places.length > 1) return `either ${places.join(" or ")}, not ${places.length === 2 ? "both" : "all"}`;
  if (("key" in input || "stage" in input) && !("aws" in input))
    return "key and stage are for a secret from AWS, which has a name: { aws: NAME, key: KEY }";
  return `expected ${REMEDY}`;
}

/** The secret fields of a schema: `webhook`, `headers.*`, `targets[].token`. */
export function listSecretFields(schema: z.ZodType): readonly string[] {
  return [...new Set(secretsIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), ""))];
}

function secretsIn(node: unknown, path: string): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const { properties, additionalProperties, items, ...rest } = node as Readonly<Record<string, unknown>>;
  if (rest["x-secret"] === true) return [path];
  return [
    ...Object.entries(properties ?? {}).flatMap(([name, of]) => secretsIn(of, path === "" ? name : `${path}.${name}`)),
    ...secretsIn(additionalProperties, path === "" ? "*" : `${path}.*`),
    ...secretsIn(items, `${path}[]`),
    ...["anyOf", "oneOf", "allOf"].flatMap((of) => {
      const branches = rest[of];
      return Array.isArray(branches) ? branches.flatMap((branch) => secretsIn(branch, path)) : [];
    }),
  ];
}
