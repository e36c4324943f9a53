import { z } from "zod";
import type { SecretRef } from "../ports/secrets.ts";

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
    ],
    { error: ({ input }) => secretTrouble(input) },
  )
  .meta({ "x-secret": true, examples: [{ file: "/etc/riposte/slack-webhook" }] });

const REMEDY = "{ file: /etc/riposte/NAME } or { env: NAME }";

/** What stands there may be the secret itself, so no word of it is repeated. */
function secretTrouble(input: unknown): string {
  if (input === undefined || input === null) return `is missing: say where the secret is, ${REMEDY}`;
  if (typeof input !== "object") {
    return `a secret itself does not belong in this file. Put it where only Riposte can read it and write ${REMEDY} here; whoever has seen this file knows it, so get a new one`;
  }
  if (Array.isArray(input)) return `expected ${REMEDY}`;
  if ("aws" in input) return `secrets from AWS are not built yet in this version. Use ${REMEDY}`;
  if ("file" in input && "env" in input) return "either file or env, not both";
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
