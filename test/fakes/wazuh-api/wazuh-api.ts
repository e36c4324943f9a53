import { Buffer } from "node:buffer";
import { jsonAnswer, pathWithoutQuery, type Vendor, type VendorAnswer, type VendorRequest } from "../vendor.ts";
import { answerToOrder, answerToRestart, type FakeOrder } from "./active-response.ts";
import { agentJson, managerItself, selected, type FakeAgent } from "./fake-agent.ts";
import { summaryOf, usersOf } from "./inventory.ts";

export const usualUser = "riposte";
export const usualPassword = "wazuh-api-password-9f2c";

export interface FakeWazuhApiOptions {
  /** 900 s if not said. */
  readonly tokenLifeMs?: number;
  /** Of all clients together. */
  readonly callsAMinute?: number;
  readonly loginsBeforeBlock?: number;
}

const MINUTE_MS = 60_000;
const BLOCK_MS = 300_000;

/** The API of a Wazuh 4 manager, as far as a client that watches agents sees it, with its bad habits. */
export class FakeWazuhApi implements Vendor {
  readonly hostName = "wazuh-master";
  readonly agents = new Map<string, FakeAgent>();
  /** Those that our user may not see; null: it may see all. */
  hidden: ReadonlySet<string> | null = null;
  /** Whether its role has agent:read at all. */
  mayReadAgents = true;
  /** Null: it runs without a cluster. */
  nodes: readonly { readonly name: string; readonly ip: string }[] | null = null;
  mayReadCluster = true;
  /** Names of `ar.conf`, with their times. */
  arConf: ReadonlySet<string> = new Set([
    "firewall-drop0",
    "firewall-drop600",
    "disable-account3600",
    "riposte-disable-account0",
    "riposte-block-ip0",
  ]);
  mayRespond = true;
  /** False: agents are too old to be asked for their labels. */
  saysLabels = true;
  /** What reached agents, in order. */
  readonly orders: FakeOrder[] = [];
  /** Called as an order reaches its agent. */
  onOrder: (order: FakeOrder) => void = () => {};
  user = usualUser;
  password = usualPassword;
  logins = 0;
  readonly #options: Required<FakeWazuhApiOptions>;
  readonly #tokens = new Map<string, { readonly until: number }>();
  #window = { startsAt: 0, calls: 0 };
  #failedLogins = 0;
  #blockedUntil = 0;

  constructor(options: FakeWazuhApiOptions = {}) {
    this.#options = { tokenLifeMs: 900_000, callsAMinute: 300, loginsBeforeBlock: 50, ...options };
  }

  /** Registers an agent that is connected. */
  add(id: string, name: string, at: number): FakeAgent {
    const agent: FakeAgent = {
      id,
      name,
      ip: `192.0.2.${(Number(id) % 250) + 1}`,
      status: "active",
      statusCode: 0,
      dateAddAt: at,
      lastKeepAliveAt: at,
      disconnectedAt: null,
    };
    this.agents.set(id, agent);
    return agent;
  }

  /** No keepalive came since `lastKeepAliveAt`, and at `at` the manager noticed. */
  lose(id: string, at: number, lastKeepAliveAt: number = at): void {
    Object.assign(this.#known(id), { status: "disconnected", statusCode: 4, disconnectedAt: at, lastKeepAliveAt });
  }

  stopGracefully(id: string, at: number): void {
    Object.assign(this.#known(id), {
      status: "disconnected",
      statusCode: 3,
      disconnectedAt: at,
      lastKeepAliveAt: at,
    });
  }

  bringBack(id: string, at: number): void {
    Object.assign(this.#known(id), { status: "active", statusCode: 0, disconnectedAt: null, lastKeepAliveAt: at });
  }

  /** The manager begins anew: it has heard of nobody yet. */
  restartManager(at: number): void {
    for (const agent of this.agents.values()) {
      if (agent.status === "active")
        Object.assign(agent, { status: "disconnected", statusCode: 5, disconnectedAt: at });
    }
    this.revokeTokens();
  }

  revokeTokens(): void {
    this.#tokens.clear();
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    if (!this.#counts(nowMs)) {
      return problem(429, "Wazuh Error", "Maximum number of requests per minute reached", 6001);
    }
    const path = pathWithoutQuery(request.path);
    if (path === "/security/user/authenticate") return this.#logIn(request, nowMs);
    const [, token = ""] = /^Bearer (.+)$/.exec(request.headers["authorization"] ?? "") ?? [];
    if (token === "") return problem(401, "Unauthorized", "No authorization token provided");
    if ((this.#tokens.get(token)?.until ?? 0) <= nowMs) return problem(401, "Unauthorized", "Invalid token");
    if (request.method === "PUT" && (path === "/active-response" || path === "/agents/restart")) {
      return this.#order(request, path, nowMs);
    }
    const [, of] = /^\/syscollector\/(\d+)\/users$/.exec(path) ?? [];
    if (of !== undefined && request.method === "GET") {
      return usersOf(this.agents.get(of), new URL(request.path, "https://wazuh").searchParams);
    }
    const [, labelled] = /^\/agents\/(\d+)\/config\/agent\/labels$/.exec(path) ?? [];
    if (labelled !== undefined && request.method === "GET") return this.#labelsOf(labelled);
    if (request.method !== "GET")
      return problem(405, "Method Not Allowed", "Specified method is invalid for this resource");
    switch (path) {
      case "/":
        return jsonAnswer(200, { data: this.#info(nowMs), error: 0 });
      case "/cluster/nodes":
        return this.#listNodes();
      case "/agents/summary/status":
        return summaryOf([...this.agents.values()]);
      case "/agents":
        return this.#listAgents(new URL(request.path, "https://wazuh").searchParams);
      case "/security/users/me/policies":
        return jsonAnswer(200, {
          data: { ...(this.mayReadAgents && { "agent:read": { "agent:id:*": "allow" } }), rbac_mode: "white" },
          message: "Current user processed policies information was returned",
          error: 0,
        });
      default:
        return problem(404, "Not Found", "404: Not Found");
    }
  }

  #known(id: string): FakeAgent {
    const agent = this.agents.get(id);
    if (agent === undefined) throw new Error(`no agent ${id} is registered`);
    return agent;
  }

  #order(request: VendorRequest, path: string, nowMs: number): VendorAnswer {
    if (!this.mayRespond) return problem(403, "Permission Denied", "Permission denied: Resource type: agent:id", 4000);
    const list = new URL(request.path, "https://wazuh").searchParams.get("agents_list");
    const ids = list === null ? [...this.agents.keys()] : list.split(",");
    const type = request.headers["content-type"] ?? "";
    const body = { text: request.body, isJson: type.startsWith("application/json") };
    const { answer, orders } =
      path === "/agents/restart"
        ? answerToRestart(ids, this.agents)
        : answerToOrder(body, ids, { agents: this.agents, arConf: this.arConf });
    for (const order of orders) {
      const sent = { ...order, at: nowMs };
      this.orders.push(sent);
      this.onOrder(sent);
    }
    return answer;
  }

  /** Fixed windows, begun by whichever call comes first. */
  #counts(nowMs: number): boolean {
    if (nowMs - this.#window.startsAt >= MINUTE_MS) this.#window = { startsAt: nowMs, calls: 0 };
    this.#window.calls += 1;
    return this.#window.calls <= this.#options.callsAMinute;
  }

  #logIn(request: VendorRequest, nowMs: number): VendorAnswer {
    if (nowMs < this.#blockedUntil) return problem(403, "Permission Denied", "Limit of login attempts reached");
    const expected = Buffer.from(`${this.user}:${this.password}`).toString("base64");
    if (request.headers["authorization"] !== `Basic ${expected}`) {
      this.#failedLogins += 1;
      if (this.#failedLogins >= this.#options.loginsBeforeBlock) this.#blockedUntil = nowMs + BLOCK_MS;
      return problem(401, "Unauthorized", "Invalid credentials");
    }
    this.#failedLogins = 0;
    this.logins += 1;
    const token = `eyJhbGciOiJFUzUxMiJ9.fake-${this.logins}.${nowMs}`;
    this.#tokens.set(token, { until: nowMs + this.#options.tokenLifeMs });
    return jsonAnswer(200, { data: { token }, error: 0 });
  }

  #info(nowMs: number): object {
    return {
      title: "Wazuh API REST",
      api_version: "4.14.7",
      revision: "rc1",
      license_name: "GPL 2.0",
      license_url: "https://github.com/wazuh/wazuh/blob/v4.14.7/LICENSE",
      hostname: this.hostName,
      timestamp: new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z"),
    };
  }

  /** The manager asks the agent itself, so that only one that is connected answers. */
  #labelsOf(id: string): VendorAnswer {
    if (!this.mayReadAgents || this.hidden?.has(id) === true)
      return problem(403, "Permission Denied", "Permission denied: Resource type: agent:id", 4000);
    const agent = this.agents.get(id);
    if (agent === undefined) return problem(404, "Resource Not Found", "Agent does not exist", 1701);
    if (agent.status !== "active" || !this.saysLabels)
      return problem(400, "Bad Request", "Agent is not active: cannot be asked for its configuration", 1740);
    const labels = (agent.labels ?? []).map(({ key, value, hidden = "no" }) => ({ value, key, hidden }));
    return jsonAnswer(200, { data: { labels }, error: 0 });
  }

  #listNodes(): VendorAnswer {
    if (!this.mayReadCluster) return problem(403, "Permission Denied", "Permission denied: Resource type: *:*", 4000);
    if (this.nodes === null) return problem(400, "Bad Request", "Cluster is not running", 3013);
    const items = this.nodes.map(({ name, ip }, i) => {
      return { name, type: i === 0 ? "master" : "worker", version: "4.14.7", ip };
    });
    return jsonAnswer(200, {
      data: { affected_items: items, total_affected_items: items.length, total_failed_items: 0, failed_items: [] },
      message: "All selected nodes information was returned",
      error: 0,
    });
  }

  /** An id that is unknown or not for this user is told of beside the others, in an answer that says 200. */
  #listAgents(query: URLSearchParams): VendorAnswer {
    const limit = Number(query.get("limit") ?? 500);
    const offset = Number(query.get("offset") ?? 0);
    if (!(limit >= 1 && limit <= 100_000))
      return problem(400, "Bad Request", "Failed validation of query parameter 'limit'");
    if (!this.mayReadAgents) return problem(403, "Permission Denied", "Permission denied: Resource type: *:*", 4000);
    const asked = query.get("agents_list")?.split(",") ?? null;
    const statuses = query.get("status")?.split(",") ?? null;
    const ids = asked ?? ["000", ...this.agents.keys()];
    const absent = ids.filter((id) => id !== "000" && !this.agents.has(id));
    const hidden = ids.filter((id) => this.agents.has(id) && this.hidden?.has(id) === true);
    const found = ids
      .filter((id) => !absent.includes(id) && !hidden.includes(id))
      .toSorted()
      .map((id) => (id === "000" ? managerItself(this.hostName) : agentJson(this.#known(id), this.hostName)))
      .filter((agent) => statuses === null || statuses.includes((agent as { status: string }).status));
    const failures = [
      ...(absent.length === 0 ? [] : [failure(1701, "Agent does not exist", absent)]),
      ...(asked === null || hidden.length === 0
        ? []
        : [failure(4000, "Permission denied: Resource type: agent:id", hidden)]),
    ];
    const failed = failures.reduce((sum, { id }) => sum + id.length, 0);
    const error = failed === 0 ? 0 : found.length === 0 ? 1 : 2;
    return jsonAnswer(200, {
      data: {
        affected_items: found.slice(offset, offset + limit).map((agent) => selected(agent, query.get("select"))),
        total_affected_items: found.length,
        total_failed_items: failed,
        failed_items: failures,
      },
      message: [
        "All selected agents information was returned",
        "No agent information was returned",
        "Some agents information was not returned",
      ][error],
      error,
    });
  }
}

interface FailedItems {
  readonly error: object;
  readonly id: readonly string[];
}

function failure(code: number, message: string, id: readonly string[]): FailedItems {
  return {
    error: { code, message, remediation: "Please, use `GET /agents?select=id,name` to find all available agents" },
    id,
  };
}

function problem(status: number, title: string, detail: string, code?: number): VendorAnswer {
  const body = JSON.stringify({ title, detail, ...(code !== undefined && { code, error: code }) });
  return { status, headers: { "content-type": "application/problem+json; charset=utf-8" }, body };
}
