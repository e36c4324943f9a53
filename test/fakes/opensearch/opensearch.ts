import { Buffer } from "node:buffer";
import { isJsonObject, type JsonObject } from "../json.ts";
import { jsonAnswer, textAnswer, type Vendor, type VendorAnswer, type VendorRequest } from "../vendor.ts";
import { search, SearchError, type Document } from "./search.ts";

export const usualIndexerUser = "riposte";
export const usualIndexerPassword = "indexer-password-5d1e";

export interface FakeOpenSearchOptions {
  /** What was put in is found when so much time is over at the latest; 5 s, as Wazuh's template says. */
  readonly refreshMs?: number;
  readonly shardsAnIndex?: number;
  /** On each node, of which there is one. */
  readonly pitContextsMost?: number;
}

/** A role as the security plugin has it: what it does not allow is not allowed. */
export interface Role {
  readonly cluster_permissions: readonly string[];
  readonly index_permissions: readonly {
    readonly index_patterns: readonly string[];
    readonly allowed_actions: readonly string[];
  }[];
}

interface PointInTime {
  readonly indices: readonly string[];
  readonly documents: readonly Document[];
  /** When it goes if nobody asks. */
  expiresAt: number;
}

const EVERYTHING: Role = {
  cluster_permissions: ["*"],
  index_permissions: [{ index_patterns: ["*"], allowed_actions: ["*"] }],
};

/** An OpenSearch with the security plugin, as far as a client that reads documents sees it. */
export class FakeOpenSearch implements Vendor {
  user = usualIndexerUser;
  password = usualIndexerPassword;
  role: Role = EVERYTHING;
  /** What it says of how many there are, where it is asked; null: the truth. */
  saysTotal: number | null = null;
  /** What it counts in aggregations, of the truth. */
  counts: (truth: number) => number = (truth) => truth;
  /** Shards that do not answer. */
  failedShards = 0;
  /** Refuses whatever it is asked with these, one after the other. */
  readonly refusals: VendorAnswer[] = [];
  readonly #options: Required<FakeOpenSearchOptions>;
  readonly #indices = new Map<string, Document[]>();
  readonly #pits = new Map<string, PointInTime>();
  #serial = 0;

  constructor(options: FakeOpenSearchOptions = {}) {
    this.#options = { refreshMs: 5_000, shardsAnIndex: 3, pitContextsMost: 300, ...options };
  }

  get openPits(): number {
    return this.#pits.size;
  }

  get size(): number {
    return [...this.#indices.values()].reduce((sum, documents) => sum + documents.length, 0);
  }

  createIndex(name: string): void {
    if (!this.#indices.has(name)) this.#indices.set(name, []);
  }

  deleteIndex(name: string): void {
    this.#indices.delete(name);
  }

  /** It is there, and nobody finds it before the next refresh. */
  put(index: string, source: JsonObject, nowMs: number, id: string = `d${(this.#serial += 1)}`): void {
    this.createIndex(index);
    const { refreshMs } = this.#options;
    const visibleAt = refreshMs === 0 ? nowMs : (Math.floor(nowMs / refreshMs) + 1) * refreshMs;
    this.#indices.get(index)!.push({ index, id, source, visibleAt });
  }

  /** Documents stay; whatever was open is not any more. */
  restart(): void {
    this.#pits.clear();
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return refusal;
    const login = Buffer.from(`${this.user}:${this.password}`).toString("base64");
    if (request.headers["authorization"] !== `Basic ${login}`) {
      return textAnswer(401, "Unauthorized", { "www-authenticate": 'Basic realm="OpenSearch Security"' });
    }
    const url = new URL(request.path, "https://indexer");
    const steps = url.pathname.split("/").slice(1).map(decodeURIComponent);
    try {
      return this.#route(request.method, steps, url.searchParams, bodyOf(request.body), nowMs);
    } catch (error) {
      if (error instanceof SearchError) return errorAnswer(error.status, error.type, error.message);
      throw error;
    }
  }

  #route(
    method: string,
    steps: readonly string[],
    query: URLSearchParams,
    body: JsonObject,
    nowMs: number,
  ): VendorAnswer {
    const [first = "", second, third] = steps;
    if (method === "GET" && first === "" && second === undefined) return this.#info();
    if (first === "_plugins") return this.#authInfo();
    if (first === "_search" && second === "point_in_time" && method === "DELETE") return this.#deletePits(body);
    if (first === "_search" && second === undefined) return this.#searchPit(body, query, nowMs);
    if (second === "_search" && third === "point_in_time" && method === "POST") {
      return this.#createPit(first, query, nowMs);
    }
    if (second === "_search" && third === undefined) return this.#searchIndices(first, body, query, nowMs);
    return errorAnswer(405, "illegal_argument_exception", `Incorrect HTTP method for uri [/${steps.join("/")}]`);
  }

  #info(): VendorAnswer {
    if (!mayCluster(this.role, "cluster:monitor/main")) return this.#denied("cluster:monitor/main");
    return jsonAnswer(200, {
      name: "indexer-1",
      cluster_name: "wazuh-cluster",
      version: { distribution: "opensearch", number: "2.19.4", minimum_index_compatibility_version: "7.0.0" },
      tagline: "The OpenSearch Project: https://opensearch.org/",
    });
  }

  #authInfo(): VendorAnswer {
    const roles = ["own_index", "riposte"];
    return jsonAnswer(200, { user: `User [name=${this.user}]`, user_name: this.user, backend_roles: [], roles });
  }

  #createPit(pattern: string, query: URLSearchParams, nowMs: number): VendorAnswer {
    const keepAliveMs = millisecondsOf(query.get("keep_alive"));
    const indices = this.#resolve(pattern, query);
    this.#mayRead(indices, "indices:data/read/point_in_time/create", pattern);
    this.#expire(nowMs);
    // The real one stumbles over none at all.
    if (indices.length === 0)
      throw new SearchError(400, "illegal_argument_exception", "groupSize must be greater than 0");
    const contexts = [...this.#pits.values()].reduce((sum, pit) => sum + pit.indices.length, indices.length);
    const most = this.#options.pitContextsMost;
    if (contexts * this.#options.shardsAnIndex > most) {
      const reason = `Trying to create too many Point In Time contexts. Must be less than or equal to: [${most}]. This limit can be set by changing the [search.max_open_pit_context] setting.`;
      throw new SearchError(429, "rejected_execution_exception", reason);
    }
    const id = Buffer.from(`pit ${(this.#serial += 1)}`).toString("base64url");
    this.#pits.set(id, { indices, documents: this.#visible(indices, nowMs), expiresAt: nowMs + keepAliveMs });
    return jsonAnswer(200, { pit_id: id, _shards: this.#shards(indices), creation_time: nowMs });
  }

  #deletePits(body: JsonObject): VendorAnswer {
    const asked = Array.isArray(body["pit_id"]) ? body["pit_id"] : [body["pit_id"] ?? ""];
    const pits = asked.map((id) => {
      const pit = this.#pits.get(String(id));
      if (pit !== undefined) this.#mayRead(pit.indices, "indices:data/read/point_in_time/delete", "");
      return { successful: this.#pits.delete(String(id)), pit_id: id };
    });
    return jsonAnswer(200, { pits });
  }

  #searchPit(body: JsonObject, query: URLSearchParams, nowMs: number): VendorAnswer {
    const { pit: asked, ...rest } = body;
    if (!isJsonObject(asked)) throw new SearchError(400, "illegal_argument_exception", "no index is named");
    this.#expire(nowMs);
    const pit = this.#pits.get(String(asked["id"]));
    if (pit === undefined) {
      throw new SearchError(404, "search_context_missing_exception", "No search context found for id [1]");
    }
    this.#mayRead(pit.indices, "indices:data/read/search", "");
    if (typeof asked["keep_alive"] === "string") pit.expiresAt = nowMs + millisecondsOf(asked["keep_alive"]);
    return this.#found(pit.indices, pit.documents, rest, query, { pit_id: String(asked["id"]) });
  }

  #searchIndices(pattern: string, body: JsonObject, query: URLSearchParams, nowMs: number): VendorAnswer {
    const indices = this.#resolve(pattern, query);
    this.#mayRead(indices, "indices:data/read/search", pattern);
    return this.#found(indices, this.#visible(indices, nowMs), body, query, {});
  }

  #found(
    indices: readonly string[],
    documents: readonly Document[],
    body: JsonObject,
    query: URLSearchParams,
    more: JsonObject,
  ): VendorAnswer {
    if (this.failedShards > 0 && query.get("allow_partial_search_results") === "false") {
      throw new SearchError(503, "search_phase_execution_exception", "Search rejected due to missing shards");
    }
    const { hits, total, aggregations } = search(documents, body, this.counts);
    return jsonAnswer(200, {
      ...more,
      took: 3,
      timed_out: false,
      _shards: this.#shards(indices),
      hits: {
        ...(body["track_total_hits"] !== false && {
          total: { value: this.saysTotal ?? Math.min(total, 10_000), relation: "eq" },
        }),
        max_score: null,
        hits,
      },
      ...(aggregations !== null && { aggregations }),
    });
  }

  #shards(indices: readonly string[]): JsonObject {
    const total = indices.length * this.#options.shardsAnIndex;
    return { total, successful: total - this.failedShards, skipped: 0, failed: this.failedShards };
  }

  #expire(nowMs: number): void {
    for (const [id, { expiresAt }] of this.#pits) if (expiresAt <= nowMs) this.#pits.delete(id);
  }

  #visible(indices: readonly string[], nowMs: number): readonly Document[] {
    return indices.flatMap((name) => this.#indices.get(name)!.filter(({ visibleAt }) => visibleAt <= nowMs));
  }

  #resolve(patterns: string, query: URLSearchParams): readonly string[] {
    const found = patterns.split(",").flatMap((pattern) => {
      const matching = [...this.#indices.keys()].filter((name) => matches(pattern, name));
      if (matching.length === 0 && !pattern.includes("*") && query.get("ignore_unavailable") !== "true")
        throw new SearchError(404, "index_not_found_exception", `no such index [${pattern}]`);
      return matching;
    });
    return [...new Set(found)].toSorted();
  }

  #mayRead(indices: readonly string[], action: string, pattern: string): void {
    const names = indices.length === 0 ? [pattern].filter((name) => name !== "") : indices;
    const may = (name: string): boolean =>
      this.role.index_permissions.some(
        ({ index_patterns: patterns, allowed_actions: actions }) =>
          patterns.some((each) => matches(each, name)) && actions.some((each) => matches(each, action)),
      );
    if (!names.every(may)) throw new SearchError(403, "security_exception", sayDenied(action, this.user));
  }

  #denied(action: string): VendorAnswer {
    return errorAnswer(403, "security_exception", sayDenied(action, this.user));
  }
}

function sayDenied(action: string, user: string): string {
  return `no permissions for [${action}] and User [name=${user}, backend_roles=[], requestedTenant=null]`;
}

/** As OpenSearch says what went wrong: once for all shards, and once for what it began with. */
export function errorAnswer(status: number, type: string, reason: string): VendorAnswer {
  const cause = { type, reason };
  const isOfShards = ["search_context_missing_exception", "rejected_execution_exception"].includes(type);
  const error = isOfShards
    ? { root_cause: [cause], type: "search_phase_execution_exception", reason: "all shards failed", grouped: true }
    : { root_cause: [cause], ...cause };
  return jsonAnswer(status, { error, status });
}

function mayCluster({ cluster_permissions: allowed }: Role, action: string): boolean {
  return allowed.some((pattern) => matches(pattern, action));
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

function bodyOf(text: string): JsonObject {
  if (text === "") return {};
  const parsed = JSON.parse(text);
  if (!isJsonObject(parsed)) throw new SearchError(400, "parsing_exception", "Expected [START_OBJECT]");
  return parsed;
}

function millisecondsOf(text: string | null): number {
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(text ?? "") ?? [];
  if (count === undefined)
    throw new SearchError(400, "action_request_validation_exception", "keep alive not specified");
  return Number(count) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as "ms"];
}
