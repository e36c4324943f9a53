import { SECOND_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http, HttpAnswer } from "../../ports/http.ts";
import type { SecretRef, Secrets } from "../../ports/secrets.ts";
import { agentOf, isFields, type AgentIds, type WazuhAgent } from "./agent.ts";
import { clusterNodeOf, type ClusterNode } from "./cluster-node.ts";
import { failed, sayRefused, sayUnreachable, sayUnreadable, type ApiFailure } from "./api-failure.ts";
import { CallPace } from "./call-pace.ts";
import { ApiToken } from "./api-token.ts";

export interface WazuhApiSettings {
  /** Without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
}

export interface WazuhApiOptions {
  readonly settings: WazuhApiSettings;
  /** Trusts that API's certificate, and whatever else the way there needs. */
  readonly http: Http;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** One for all users of an API; its own if not said. */
  readonly pace?: CallPace;
}

/** What became of each agent that was asked for. */
export interface AskedAgents {
  readonly kind: "agents";
  readonly agents: readonly WazuhAgent[];
  /** The manager has no such agent. */
  readonly absent: readonly string[];
  /** Our user may not see them. */
  readonly hidden: readonly string[];
}

export interface DisconnectedAgents {
  readonly kind: "agents";
  readonly agents: readonly WazuhAgent[];
}

/** The Wazuh manager's API. Never throws, never waits longer than a call's deadline, and never says a secret. */
export interface WazuhApi {
  /** All that are disconnected now. Those that never connected are not among them. */
  disconnectedAgents(): Promise<DisconnectedAgents | ApiFailure>;
  agentsById(ids: AgentIds): Promise<AskedAgents | ApiFailure>;
  /** All that are connected, the master among them; none where the manager runs without a cluster. */
  clusterNodes(): Promise<ClusterNodes | ApiFailure>;
  /** What our user may do, as `agent:read` → `agent:id:*` → allow. */
  permissions(): Promise<Permissions | ApiFailure>;
  version(): Promise<{ readonly kind: "version"; readonly version: string; readonly now: Instant | null } | ApiFailure>;
}

export interface ClusterNodes {
  readonly kind: "nodes";
  readonly nodes: readonly ClusterNode[];
}

export interface Permissions {
  readonly kind: "permissions";
  readonly allowed: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `white`: what is not allowed is denied; `black`: the other way round. */
  readonly mode: "white" | "black";
}

/** Longer than the API itself gives a request, so that its own word about that is heard. */
export const CALL_DEADLINE_MS = 15 * SECOND_MS;
/** As many as Wazuh recommends at most. */
const PAGE = 500;
/** Ids in one address: a longer one is refused by servers and proxies. */
const IDS_A_CALL = 100;
/** More would be a fleet that no manager carries; a list without an end must end here. */
const PAGES_MOST = 400;
const ANSWER_BYTES_MOST = 8 * 1024 * 1024;
const NO_SUCH_AGENT = 1701;

export function openWazuhApi(options: WazuhApiOptions): WazuhApi {
  const { settings, http, secrets, clock, pace = new CallPace(clock) } = options;
  const { url } = settings;
  const token = new ApiToken({ settings, http, secrets, clock, pace, deadlineMs: CALL_DEADLINE_MS });

  /** Asks once more with a new token where the old one was refused: it expires, and is revoked whenever a role changes. */
  async function get(path: string, doing: string): Promise<Answered | ApiFailure> {
    for (const isLast of [false, true]) {
      const held = await token.get();
      if (typeof held !== "string") return held;
      if (!(await pace.turn(clock.now() + CALL_DEADLINE_MS))) return noTurn(url);
      const answer = await http.request({
        method: "GET",
        url: `${url}${path}`,
        headers: { authorization: `Bearer ${held}`, accept: "application/json", "user-agent": "Riposte" },
        body: null,
        deadlineMs: CALL_DEADLINE_MS,
        maxAnswerBytes: ANSWER_BYTES_MOST,
      });
      if (answer.kind === "failed") return sayUnreachable(url, answer);
      if (answer.status === 429) pace.slowDown(answer.retryAfterMs);
      if (answer.status === 401) token.drop(held);
      if (answer.status !== 401 || isLast) return judged(url, doing, answer, [held]);
    }
    throw new Error("a call ends with its last try");
  }

  async function disconnectedAgents(): Promise<DisconnectedAgents | ApiFailure> {
    const agents = new Map<string, WazuhAgent>();
    let seen = 0;
    for (let page = 0; page < PAGES_MOST; page += 1) {
      const query = new URLSearchParams({ status: "disconnected", sort: "+id", limit: `${PAGE}`, offset: `${seen}` });
      const answer = await get(`/agents?${query.toString()}`, READING_AGENTS);
      if (answer.kind === "failed") return answer;
      const list = listOf(answer.data);
      if (list === null) return sayUnreadable(url, READING_AGENTS);
      const denied = list.failed.find(({ code }) => code !== NO_SUCH_AGENT);
      if (denied !== undefined && list.items.length === 0) return denial(url, READING_AGENTS, denied.message);
      for (const item of list.items) {
        const agent = agentOf(item);
        if (agent !== null && agent.status === "disconnected") agents.set(agent.id, agent);
      }
      seen += list.items.length;
      if (list.items.length === 0 || seen >= list.total) break;
    }
    return { kind: "agents", agents: [...agents.values()] };
  }

  async function agentsById(ids: AgentIds): Promise<AskedAgents | ApiFailure> {
    const found: { agents: WazuhAgent[]; absent: string[]; hidden: string[] } = { agents: [], absent: [], hidden: [] };
    for (let from = 0; from < ids.length; from += IDS_A_CALL) {
      const asked = ids.slice(from, from + IDS_A_CALL);
      const query = new URLSearchParams({ agents_list: asked.join(","), limit: `${PAGE}` });
      const answer = await get(`/agents?${query.toString()}`, READING_AGENTS);
      if (answer.kind === "failed") return answer;
      const list = listOf(answer.data);
      if (list === null) return sayUnreadable(url, READING_AGENTS);
      // What was not asked for is not believed, whatever answers.
      found.agents.push(...list.items.flatMap((item) => agentOf(item) ?? []).filter(({ id }) => asked.includes(id)));
      for (const { code, ids: of } of list.failed) {
        const named = of.filter((id) => asked.includes(id));
        if (code === NO_SUCH_AGENT) found.absent.push(...named);
        else found.hidden.push(...named);
      }
    }
    return { kind: "agents", ...found };
  }

  async function clusterNodes(): Promise<ClusterNodes | ApiFailure> {
    const answer = await get(`/cluster/nodes?limit=${PAGE}`, READING_NODES);
    // What it has against a question without conditions is that there is no cluster.
    if (answer.kind === "failed") return answer.reason === "bad_request" ? { kind: "nodes", nodes: [] } : answer;
    const list = listOf(answer.data);
    if (list === null) return sayUnreadable(url, READING_NODES);
    const [denied] = list.failed;
    if (denied !== undefined && list.items.length === 0) return denial(url, READING_NODES, denied.message);
    return { kind: "nodes", nodes: list.items.flatMap((item) => clusterNodeOf(item) ?? []) };
  }

  async function permissions(): Promise<Permissions | ApiFailure> {
    const answer = await get("/security/users/me/policies", "GET /security/users/me/policies");
    if (answer.kind === "failed") return answer;
    const { rbac_mode: mode, ...allowed } = answer.data;
    return {
      kind: "permissions",
      allowed: Object.fromEntries(
        Object.entries(allowed).flatMap(([action, of]) => (isFields(of) ? [[action, textsOf(of)] as const] : [])),
      ),
      mode: mode === "black" ? "black" : "white",
    };
  }

  return {
    disconnectedAgents,
    agentsById,
    clusterNodes,
    permissions,
    async version() {
      const answer = await get("/", "GET /");
      if (answer.kind === "failed") return answer;
      const { api_version: version, timestamp } = answer.data;
      if (typeof version !== "string") return sayUnreadable(url, "GET /");
      const now = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
      return { kind: "version", version: version.slice(0, 40), now: Number.isNaN(now) ? null : now };
    },
  };
}

const READING_AGENTS = "GET /agents (agent:read)";
const READING_NODES = "GET /cluster/nodes (cluster:read)";

interface Answered {
  readonly kind: "answered";
  readonly data: Readonly<Record<string, unknown>>;
}

function judged(url: string, doing: string, answer: HttpAnswer, secrets: readonly string[]): Answered | ApiFailure {
  if (answer.status < 200 || answer.status > 299) return sayRefused(url, doing, answer, secrets);
  try {
    const parsed: unknown = JSON.parse(answer.body ?? "");
    if (isFields(parsed) && isFields(parsed["data"])) return { kind: "answered", data: parsed["data"] };
  } catch {
    // Said below.
  }
  return sayUnreadable(url, doing);
}

interface FailedItems {
  readonly code: number;
  readonly message: string;
  readonly ids: readonly string[];
}

/** The API answers 200 also where it did nothing: what failed stands beside what did not. */
function listOf(data: Readonly<Record<string, unknown>>): {
  readonly items: readonly unknown[];
  readonly total: number;
  readonly failed: readonly FailedItems[];
} | null {
  const { affected_items: items, total_affected_items: total, failed_items: failures } = data;
  if (!Array.isArray(items) || typeof total !== "number") return null;
  const list: readonly unknown[] = Array.isArray(failures) ? failures : [];
  return {
    items,
    total,
    failed: list.flatMap((item): readonly FailedItems[] => {
      if (!isFields(item) || !isFields(item["error"]) || !Array.isArray(item["id"])) return [];
      const { code, message } = item["error"];
      if (typeof code !== "number") return [];
      return [{ code, message: typeof message === "string" ? message : "", ids: item["id"].map(String) }];
    }),
  };
}

function denial(url: string, doing: string, message: string): ApiFailure {
  const body = JSON.stringify({ detail: message });
  const answer: HttpAnswer = { kind: "answered", status: 403, headers: {}, body, retryAfterMs: null };
  return sayRefused(url, doing, answer, []);
}

function noTurn(url: string): ApiFailure {
  const says = `the Wazuh API at ${url} was not asked: as many calls were made in this minute as Riposte allows itself; it is asked again by itself`;
  return failed("rate_limited", says);
}

function textsOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  );
}
