import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { isJsonObject, own, ownList, ownObject, ownText, type JsonObject } from "./json.ts";
import { pathWithoutQuery, type VendorAnswer, type VendorRequest } from "./vendor.ts";

/** Atlassian's published description of Cloud's REST API (OpenAPI 3.0.1) and its schema of documents, as judges of what is sent. */
export class JiraDescription {
  readonly #paths: readonly DescribedPath[];
  readonly #ajv = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    allErrors: true,
    logger: false,
  });
  readonly #compiled = new Map<JsonObject, ValidateFunction>();
  readonly #isDocument: ValidateFunction;
  readonly #components: JsonObject;

  constructor(openApi: JsonObject, documentSchema: JsonObject) {
    const plain = asJsonSchema(openApi) as JsonObject;
    this.#components = ownObject(plain, "components") ?? {};
    this.#ajv.addSchema({ $id: "jira", components: this.#components });
    // Names a draft of JSON Schema that needs nothing a later one has not.
    const { $schema: _, ...schema } = documentSchema;
    this.#isDocument = this.#ajv.compile(schema);
    this.#paths = Object.entries(ownObject(plain, "paths") ?? {})
      .filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]))
      .map(([path, operations]) => ({ path, pattern: patternOf(path), operations }))
      .sort((one, other) => placesIn(one.path) - placesIn(other.path));
  }

  /** What is wrong with a request by the description, each in a sentence. Version 2 is read as 3, except for rich text. */
  checkRequest(request: VendorRequest): readonly string[] {
    // The site's own page, which is no part of the API.
    if (pathWithoutQuery(request.path) === "/_edge/tenant_info") return [];
    const found = this.#operation(request);
    if (typeof found === "string") return [found];
    const { operation, version } = found;
    return [...this.#queryFaults(operation, request), ...this.#bodyFaults(operation, request, version)];
  }

  /** What is wrong with an answer; refusals that the description does not list are Jira's own affair. */
  checkAnswer(request: VendorRequest, answer: VendorAnswer): readonly string[] {
    const found = this.#operation(request);
    if (typeof found === "string") return [];
    const described = ownObject(ownObject(found.operation, "responses") ?? {}, String(answer.status));
    if (described === null) return answer.status < 300 ? [`${answer.status} is not an answer to this`] : [];
    const schema = ownObject(ownObject(ownObject(described, "content") ?? {}, "application/json") ?? {}, "schema");
    if (schema === null || Object.keys(schema).length === 0) return [];
    return this.#schemaFaults(schema, parse(answer.body), "answer");
  }

  checkDocument(document: unknown): readonly string[] {
    return this.#isDocument(document) ? [] : faultsOf(this.#isDocument.errors, "document").slice(0, 5);
  }

  #operation(request: VendorRequest): Operation | string {
    const given = pathWithoutQuery(request.path).replace(/^\/ex\/jira\/[^/]+/, "");
    const version = given.startsWith("/rest/api/2/") ? 2 : 3;
    const path = given.replace(/^\/rest\/api\/(2|latest)\//, "/rest/api/3/");
    const described = this.#paths.find(({ pattern }) => pattern.test(path));
    if (described === undefined) return `${given}: there is no such path`;
    const operation = ownObject(described.operations, request.method.toLowerCase());
    return operation === null ? `${request.method} ${given}: there is no such method` : { operation, version };
  }

  #queryFaults(operation: JsonObject, request: VendorRequest): string[] {
    const query = new URL(request.path, "http://jira").searchParams;
    const described = ownList(operation, "parameters").filter(
      (each) => isJsonObject(each) && own(each, "in") === "query",
    );
    const parameters = new Map(described.map((each) => [String(own(each as JsonObject, "name")), each as JsonObject]));
    const faults: string[] = [];
    for (const name of new Set(query.keys())) {
      const parameter = parameters.get(name);
      if (parameter === undefined) faults.push(`query: there is no parameter ${name}`);
      else faults.push(...this.#parameterFaults(name, ownObject(parameter, "schema") ?? {}, query.getAll(name)));
    }
    for (const [name, parameter] of parameters) {
      if (own(parameter, "required") === true && !query.has(name)) faults.push(`query: ${name} is required`);
    }
    return faults;
  }

  #parameterFaults(name: string, schema: JsonObject, given: readonly string[]): string[] {
    const isArray = own(schema, "type") === "array";
    if (!isArray && given.length > 1) return [`query: ${name} is given more than once`];
    const one = isArray ? (ownObject(schema, "items") ?? {}) : schema;
    const texts = isArray ? given.flatMap((each) => each.split(",")) : given;
    return texts.flatMap((text) => this.#schemaFaults(one, asTyped(text, own(one, "type")), `query: ${name}`));
  }

  #bodyFaults(operation: JsonObject, request: VendorRequest, version: 2 | 3): string[] {
    const described = ownObject(operation, "requestBody");
    if (described === null) return request.body === "" ? [] : ["body: none is described"];
    const content = ownObject(described, "content") ?? {};
    if (request.body === "") return own(described, "required") === true ? ["body: it is missing"] : [];
    const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "none";
    const media = ownObject(content, type);
    if (media === null) return [`body: ${type} is not described, only ${Object.keys(content).join(", ")}`];
    if (type === "multipart/form-data") {
      return request.headers["x-atlassian-token"] === "no-check" ? [] : ["X-Atlassian-Token: no-check is missing"];
    }
    const schema = ownObject(media, "schema") ?? {};
    const body = parse(request.body);
    if (body === undefined) return ["body: not JSON"];
    return [
      ...this.#schemaFaults(schema, body, "body"),
      ...this.#unknownFaults(schema, body),
      ...(version === 3 ? this.#textFaults(request, body) : []),
    ];
  }

  /** The description lets anything stand at the top of some bodies; whatever it does not name would go unheard. */
  #unknownFaults(schema: JsonObject, body: unknown): string[] {
    const name = ownText(schema, "$ref")?.split("/").at(-1);
    const bean = name === undefined ? schema : ownObject(ownObject(this.#components, "schemas") ?? {}, name);
    const properties = bean && ownObject(bean, "properties");
    if (!isJsonObject(body) || properties === null) return [];
    return Object.keys(body).flatMap((key) => {
      const property = ownObject(properties, key);
      if (property === null) return [`body: there is no ${key} in ${name ?? "it"}`];
      return own(property, "readOnly") === true ? [`body: ${key} is Jira's to set`] : [];
    });
  }

  #textFaults(request: VendorRequest, body: unknown): string[] {
    const faults: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const [n, each] of value.entries()) visit(each, `${path}[${n}]`);
      if (!isJsonObject(value)) return;
      if (own(value, "type") === "doc") {
        faults.push(...this.checkDocument(value).map((fault) => `${path}: ${fault}`));
        return;
      }
      for (const [key, each] of Object.entries(value)) visit(each, `${path}.${key}`);
    };
    visit(body, "body");
    const isComment = /\/comment(\/\d+)?$/.test(pathWithoutQuery(request.path));
    const fields = isJsonObject(body) ? ownObject(body, "fields") : null;
    const texts = [
      ...(isComment && isJsonObject(body) ? [["body.body", own(body, "body")] as const] : []),
      ...(fields === null
        ? []
        : ["description", "environment"].map((id) => [`body.fields.${id}`, own(fields, id)] as const)),
    ];
    for (const [path, text] of texts) {
      if (text !== undefined && text !== null && !isJsonObject(text)) faults.push(`${path}: not a document`);
    }
    return faults;
  }

  #schemaFaults(schema: JsonObject, value: unknown, where: string): string[] {
    if (Object.keys(schema).length === 0) return [];
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(absolute(schema) as JsonObject);
    this.#compiled.set(schema, validate);
    return validate(value) ? [] : faultsOf(validate.errors, where);
  }
}

interface DescribedPath {
  readonly path: string;
  readonly pattern: RegExp;
  readonly operations: JsonObject;
}

interface Operation {
  readonly operation: JsonObject;
  readonly version: 2 | 3;
}

/** OpenAPI 3.0 says `nullable` where JSON Schema says `type: [..., "null"]`; its examples are JSON inside of strings. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (!isJsonObject(value)) return value;
  const { example: _example, examples: _examples, xml: _xml, nullable, ...rest } = value;
  const plain = Object.fromEntries(
    // What is called `example` among properties is a property.
    Object.entries(rest).map(([key, each]) => [key, key === "properties" ? eachAsSchema(each) : asJsonSchema(each)]),
  );
  if (nullable !== true) return plain;
  if (typeof plain["type"] === "string") return { ...plain, type: [plain["type"], "null"] };
  return { anyOf: [plain, { type: "null" }] };
}

function eachAsSchema(properties: unknown): unknown {
  if (!isJsonObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, asJsonSchema(each)]));
}

function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "$ref" && typeof each === "string" ? `jira${each}` : absolute(each),
    ]),
  );
}

function faultsOf(errors: readonly ErrorObject[] | null | undefined, where: string): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    const more = typeof params["additionalProperty"] === "string" ? ` (${params["additionalProperty"]})` : "";
    return `${where}${instancePath}: ${message ?? "wrong"}${more}`;
  });
}

function patternOf(path: string): RegExp {
  const source = path
    .split("/")
    .map((segment) => (segment.startsWith("{") ? "[^/]+" : segment.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")))
    .join("/");
  return new RegExp(`^${source}$`);
}

function placesIn(path: string): number {
  return path.split("{").length;
}

function asTyped(text: string, type: unknown): unknown {
  if (type === "integer" || type === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
