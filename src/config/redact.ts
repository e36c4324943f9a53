import { z } from "zod";
import { USUAL_REDACTION, type RedactTerms } from "../core/redact.ts";
import { isMap } from "./problem.ts";

/** As it is said in the file: what is not shown, or that all is. */
export type RedactSetting = RedactTerms | "off";

const RULE = "expected off, or a map with names and fields. Example: redact: { fields: [data.srcuser] }";
/** Without them nobody could say which alert it is. */
const NEEDED = ["timestamp", "rule", "rule.id", "rule.level", "rule.groups", "id"];

const Field = z
  .string({ error: "expected the name of a field. Example: data.srcuser" })
  .regex(/^[\w@-]+(?:\.[\w@-]+){0,15}$/, { error: "expected the name of a field. Example: data.srcuser" })
  .transform((path) => (path.startsWith("raw.") ? path.slice("raw.".length) : path))
  .refine((path) => !NEEDED.includes(path), {
    error: "every alert is known by this field, so it can't be left out",
  });

const SecretName = z
  .string({ error: "expected a name, of which the value is a secret. Example: employee_pin" })
  .regex(/^[A-Za-z0-9][\w-]{2,63}$/, {
    error: "expected a name of 3 to 64 letters, digits, _ and -. Example: employee_pin",
  });

/** `redact`, for all destinations or one. */
export const Redact = z
  .union(
    [
      z.literal("off"),
      z.strictObject({
        secrets: z.boolean().default(USUAL_REDACTION.secrets).meta({
          description: "Passwords, tokens and keys, by the names and forms that they usually have.",
        }),
        names: z
          .array(SecretName)
          .max(50)
          .default([])
          .meta({
            description: "More names whose values are secrets, in texts and as keys.",
            examples: [["employee_pin"]],
          }),
        fields: z
          .array(Field)
          .max(50)
          .default([])
          .meta({
            description: "Fields that are left out whole, and their values wherever else they stand in the alert.",
            examples: [["data.srcuser", "agent.ip"]],
          }),
      }),
    ],
    { error: ({ input }) => (input === "off" || isMap(input) ? undefined : RULE) },
  )
  .meta({
    description:
      "What of an alert is not shown: the usual secrets if nothing is said, off for all of it to be shown, or a map.",
  });
