import { z } from "zod";
import type { Connectors } from "./destinations.ts";
import { DestinationHush } from "./hush.ts";
import { NAME_PATTERN } from "./name.ts";
import { Redact } from "./redact.ts";
import { ConfigShape } from "./schema.ts";
import { listSecretFields } from "./secret.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a config, for editors and the reference page. */
export function configJsonSchema(connectors: Connectors): JsonSchema {
  const { $schema, properties, ...rest } = inputSchema(ConfigShape);
  const kinds = connectors.map(({ type, schema }) => destinationSchema(type, schema));
  const destinations = {
    type: "object",
    propertyNames: { pattern: NAME_PATTERN },
    additionalProperties: { anyOf: kinds.map(({ schema }) => schema) },
  };
  const ownDefs = kinds.map(({ defs }) => defs);
  return {
    $schema,
    title: "riposte.yaml",
    ...rest,
    properties: { ...(properties as JsonSchema), destinations },
    // Who names an ossec.conf or a pack needs no policies of his own.
    anyOf: [
      { type: "object", required: ["use"], properties: { use: { type: "array", minItems: 1, items: {} } } },
      { type: "object", required: ["ossec_conf"], properties: { ossec_conf: { type: ["string", "object"] } } },
      { type: "object", required: ["policies"], properties: { policies: { type: "array", minItems: 1, items: {} } } },
    ],
    $defs: Object.assign({ condition: CONDITION, test: TEST, value: VALUE }, ...ownDefs) as JsonSchema,
  };
}

/** Every secret field of a config: the type of destination and the path within it. */
export function configSecretFields(
  connectors: Connectors,
): readonly { readonly type: string; readonly path: string }[] {
  return connectors.flatMap(({ type, schema }) => listSecretFields(schema).map((path) => ({ type, path })));
}

function inputSchema(schema: z.ZodType): JsonSchema {
  return { ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) };
}

/** What the connector's schema refers to moves to the top, under names that no other connector uses. */
function destinationSchema(
  type: string,
  schema: z.ZodType,
): { readonly schema: JsonSchema; readonly defs: JsonSchema } {
  const text = JSON.stringify(inputSchema(schema)).replaceAll('"#/$defs/', `"#/$defs/${type}-`);
  const { $schema: _own, $defs, properties, required, ...rest } = JSON.parse(text) as Readonly<Record<string, object>>;
  return {
    schema: {
      ...rest,
      properties: { type: { const: type }, redact: REDACT, ...properties, ...HUSH },
      required: ["type", ...((required as readonly string[] | undefined) ?? [])],
    },
    defs: Object.fromEntries(Object.entries($defs ?? {}).map(([name, of]) => [`${type}-${name}`, of])),
  };
}

/** What every destination may say beside what is its connector's own. */
const HUSH = inputSchema(DestinationHush)["properties"] as JsonSchema;
const { $schema: _draft, ...REDACT } = inputSchema(Redact);

const CONDITION = {
  description: "Fields of the alert and what they should be. Several keys are `and`.",
  type: "object",
  properties: {
    all: { type: "array", minItems: 1, items: { $ref: "#/$defs/condition" } },
    any: { type: "array", minItems: 1, items: { $ref: "#/$defs/condition" } },
    not: { $ref: "#/$defs/condition" },
  },
  additionalProperties: { $ref: "#/$defs/test" },
};

const TEST = {
  description: 'A value, a list of values (any of them), a comparison (">= 10"), a glob ("web-*") or a /regex/.',
  anyOf: [{ $ref: "#/$defs/value" }, { type: "array", minItems: 1, items: { $ref: "#/$defs/value" } }],
};

const VALUE = { type: ["string", "number", "boolean"] };
