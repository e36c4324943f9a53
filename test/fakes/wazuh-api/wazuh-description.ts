import { Ajv, type ValidateFunction } from "ajv";
import { isJsonObject, own, ownList, ownObject, ownText, type JsonObject } from "../json.ts";
import { pathWithoutQuery, type VendorAnswer, type VendorRequest } from "../vendor.ts";

/** Wazuh's published description of its API (OpenAPI 3.0) as judge of what is asked and answered. */
export class WazuhDescription {
  readonly #openApi: JsonObject;
  readonly #ajv = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
  });
  readonly #compiled = new Map<JsonObject, ValidateFunction>();

  constructor(openApi: JsonObject) {
    this.#openApi = withoutNullable(openApi) as JsonObject;
    this.#ajv.addSchema({ $id: "wazuh", components: ownObject(this.#openApi, "components") ?? {} });
  }

  checkRequest(request: VendorRequest): readonly string[] {
    const operation = this.#operation(request);
    if (typeof operation === "string") return [operation];
    const described = new Map(
      ownList(operation, "parameters")
        .map((each) => this.#resolved(each))
        .filter((each) => own(each, "in") === "query")
        .map((each) => [ownText(each, "name") ?? "", each]),
    );
    const query = new URL(request.path, "https://wazuh").searchParams;
    const faults: string[] = this.#bodyFaults(operation, request.body);
    for (const [name, text] of query) {
      const parameter = described.get(name);
      if (parameter === undefined) faults.push(`there is no parameter ${name}`);
      else faults.push(...this.#valueFaults(ownObject(parameter, "schema") ?? {}, text, `query ${name}`));
    }
    for (const [name, parameter] of described) {
      if (own(parameter, "required") === true && !query.has(name)) faults.push(`the parameter ${name} is missing`);
    }
    return faults;
  }

  checkAnswer(request: VendorRequest, answer: VendorAnswer): readonly string[] {
    const operation = this.#operation(request);
    if (typeof operation === "string") return [];
    const described = ownObject(ownObject(operation, "responses") ?? {}, String(answer.status));
    if (described === null) return [`${answer.status} is not described`];
    const content = ownObject(this.#resolved(described), "content") ?? {};
    const schema = ownObject(ownObject(content, "application/json") ?? {}, "schema");
    return schema === null ? [] : this.#schemaFaults(schema, JSON.parse(answer.body), "answer");
  }

  /** Also of what it does not name: the API refuses that, whatever its description says. */
  #bodyFaults(operation: JsonObject, body: string): string[] {
    const described = ownObject(operation, "requestBody");
    if (described === null) return body === "" ? [] : ["a body is sent where none is described"];
    if (body === "") return ["the body is missing"];
    const content = ownObject(described, "content") ?? {};
    const schema = ownObject(ownObject(content, "application/json") ?? {}, "schema") ?? {};
    const value: unknown = JSON.parse(body);
    const known = Object.keys(ownObject(this.#resolved(schema), "properties") ?? {});
    const odd = Object.keys(isJsonObject(value) ? value : {}).filter((key) => !known.includes(key));
    return [...this.#schemaFaults(schema, value, "body"), ...odd.map((key) => `body: there is no ${key}`)];
  }

  #operation(request: VendorRequest): JsonObject | string {
    const path = pathWithoutQuery(request.path);
    const paths = ownObject(this.#openApi, "paths") ?? {};
    const described = ownObject(paths, path) ?? ownObject(paths, templateOf(Object.keys(paths), path) ?? "");
    if (described === null) return `${path}: there is no such path`;
    return ownObject(described, request.method.toLowerCase()) ?? `${request.method} ${path}: there is no such method`;
  }

  #resolved(value: unknown): JsonObject {
    if (!isJsonObject(value)) throw new Error("the description has something there that is no object");
    const reference = ownText(value, "$ref");
    if (reference === null) return value;
    const steps = reference.replace("#/", "").split("/");
    return this.#resolved(steps.reduce((at, step) => ownObject(at, step) ?? {}, this.#openApi));
  }

  /** Lists are given with commas between. */
  #valueFaults(schema: JsonObject, text: string, where: string): string[] {
    const plain = this.#resolved(schema);
    if (own(plain, "type") === "array") {
      const items = ownObject(plain, "items") ?? {};
      return text.split(",").flatMap((each) => this.#valueFaults(items, each, where));
    }
    const value = own(plain, "type") === "integer" && /^-?\d+$/.test(text) ? Number(text) : text;
    return this.#schemaFaults(plain, value, where);
  }

  #schemaFaults(schema: JsonObject, value: unknown, where: string): string[] {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(absolute(schema) as JsonObject);
    this.#compiled.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath}: ${message ?? "wrong"}`);
  }
}

/** `/syscollector/003/users` is one of `/syscollector/{agent_id}/users`. */
function templateOf(templates: readonly string[], path: string): string | undefined {
  const steps = path.split("/");
  return templates.find((template) => {
    const wanted = template.split("/");
    return wanted.length === steps.length && wanted.every((step, i) => step === steps[i] || /^\{\w+\}$/.test(step));
  });
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type; examples are no schema. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (!isJsonObject(value)) return value;
  const { example: _example, nullable, ...rest } = value;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, withoutNullable(each)]));
  if (nullable !== true) return plain;
  return { anyOf: [plain, { type: "null" }] };
}

function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "$ref" && typeof each === "string" ? `wazuh${each}` : absolute(each),
    ]),
  );
}
