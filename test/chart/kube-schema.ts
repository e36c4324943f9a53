// Kubernetes' own description of its objects, and the External Secrets Operator's of its own, closed: a field that they
// don't know is an error here, while a cluster would drop it without a word.
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./helm.ts";

type Schema = Readonly<Record<string, unknown>>;

const PREFIX = "#/definitions/";
const INT_OR_STRING = { anyOf: [{ type: "integer" }, { type: "string" }] };
const QUANTITY = { anyOf: [{ type: "number" }, { type: "string" }] };

export interface KubeSchemas {
  /** What is wrong with each object; of kinds that are described nowhere only the name is returned. */
  findings(objects: readonly KubeObject[]): string[];
}

export function readKubeSchemas(swaggerFile: string, esoFile: string): KubeSchemas {
  const { definitions } = JSON.parse(readFileSync(swaggerFile, "utf8")) as { definitions: Record<string, Schema> };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "kube", definitions: closeAll(definitions) });
  const byKind = new Map<string, string>();
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = (definition["x-kubernetes-group-version-kind"] ?? []) as readonly Record<
      "group" | "version" | "kind",
      string
    >[];
    const [only] = kinds;
    if (kinds.length !== 1 || only === undefined) continue;
    byKind.set(`${only.group === "" ? "" : `${only.group}/`}${only.version} ${only.kind}`, name);
  }
  const compiled = new Map<string, ValidateFunction>();
  for (const [kind, schema] of esoKinds(esoFile)) compiled.set(kind, ajv.compile(closed(schema)));
  return {
    findings(objects) {
      return objects.flatMap((object) => {
        const kind = `${object.apiVersion} ${object.kind}`;
        const definition = byKind.get(kind);
        let validate = compiled.get(kind);
        if (validate === undefined && definition !== undefined) {
          validate = ajv.compile({ $ref: `kube${PREFIX}${definition}` });
          compiled.set(kind, validate);
        }
        if (validate === undefined) return [`no description of ${kind}`];
        const isRight: boolean = validate(object);
        if (isRight) return [];
        return (validate.errors ?? []).map(
          ({ instancePath, message, params }) =>
            `${object.kind} ${object.metadata.name}${instancePath}: ${message} ${JSON.stringify(params)}`,
        );
      });
    },
  };
}

/** A container, volume or the like: a part that has a description of its own. */
export function readKubePart(swaggerFile: string, definition: string): (value: unknown) => string[] {
  const { definitions } = JSON.parse(readFileSync(swaggerFile, "utf8")) as { definitions: Record<string, Schema> };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "kube", definitions: closeAll(definitions) });
  const validate = ajv.compile({ $ref: `kube${PREFIX}${definition}` });
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function closeAll(definitions: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      if (name.endsWith(".IntOrString")) return [name, INT_OR_STRING];
      if (name.endsWith(".Quantity")) return [name, QUANTITY];
      return [name, closed(definition)];
    }),
  );
}

function closed(schema: Schema): Schema {
  const close = (_key: string, value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const map = value as Record<string, unknown>;
    const isClosed = typeof map["properties"] === "object" && map["additionalProperties"] === undefined;
    return isClosed && map["x-kubernetes-preserve-unknown-fields"] !== true
      ? { ...map, additionalProperties: false }
      : map;
  };
  return JSON.parse(JSON.stringify(schema), close) as Schema;
}

function* esoKinds(file: string): Generator<readonly [string, Schema]> {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    const crd = document.toJS() as { spec: { group: string; names: { kind: string }; versions: EsoVersion[] } };
    for (const { name, schema } of crd.spec.versions) {
      const { properties, ...rest } = schema.openAPIV3Schema;
      // A CRD leaves its metadata to Kubernetes.
      const withMetadata = {
        ...rest,
        properties: { ...properties, metadata: { type: "object", additionalProperties: true } },
      };
      yield [`${crd.spec.group}/${name} ${crd.spec.names.kind}`, withMetadata];
    }
  }
}

interface EsoVersion {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: Schema & { readonly properties: Record<string, Schema> } };
}
