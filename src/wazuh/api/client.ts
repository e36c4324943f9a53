import { SECOND_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http, HttpAnswer } from "../../ports/http.ts";
import type { SecretRef, Secrets } from "../../ports/secrets.ts";
import { agentOf, isFields, type AgentIds, type WazuhAgent } from "./agent.ts";
import { clusterNodeOf, type ClusterNode } from "./cluster-node.ts";
import { failed, sayRefused, sayUnreachable, sayUnreadable, type ApiFailure } from "./api-failure.ts";
import { questionsOfFleet, type FleetQuestions } from "./fleet-questions.ts";
import { questionsAbout, type AccountAnswer, type AgentIdentityAnswer } from "./agent-questions.ts";
import { denial, listOf, NO_SUCH_AGENT, READING_AGENTS, type Answered, type Called } from "./api-answer.ts";
import { orderOutcomeOf } from "./order-outcome.ts";
import type { OrderOutcome } from "../../core/respond-inputs.ts";
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
export interface WazuhApi extends FleetQuestions {
  /** All that are disconnected now. Those that never connected are not among them. */
  disconnectedAgents(): Promise<DisconnectedAgents | ApiFailure>;
  agentsById(ids: AgentIds): Promise<AskedAgents | ApiFailure>;
  /** All that are connected, the master among them; none where the manager runs without a cluster. */
  clusterNodes(): Promise<ClusterNodes | ApiFailure>;
  /** What our user may do, as `agent:read` → `agent:id:*` → allow. */
  permissions(): Promise<Permissions | ApiFailure>;
  /** Who exactly answers to an id now; null: nobody. */
  agentIdentity(id: string): Promise<AgentIdentityAnswer | ApiFailure>;
  /** How many agents are registered. */
  fleetSize(): Promise<{ readonly kind: "size"; readonly size: number } | ApiFailure>;
  /** What the inventory knows of an account on an agent; null: it knows none of that name. */
  accountOn(id: string, name: string): Promise<AccountAnswer | ApiFailure>;
  /** Runs a command of `ar.conf` on these agents. What it answers is never that it was done. */
  runCommand(ids: AgentIds, order: ActiveResponseBody): Promise<OrderOutcome>;
  restart(ids: AgentIds): Promise<OrderOutcome>;
  version(): Promise<{ readonly kind: "version"; readonly version: string; readonly now: Instant | null } | ApiFailure>;
}

/** Without more: the API refuses whatever it does not know. */
export interface ActiveResponseBody {
  readonly command: string;
  readonly alert: { readonly data: Readonly<Record<string, unknown>> };
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

export function openWazuhApi(options: WazuhApiOptions): WazuhApi {
  const { settings, http, secrets, clock, pace = new CallPace(clock) } = options;
  const { url } = settings;
  const token = new ApiToken({ settings, http, secrets, clock, pace, deadlineMs: CALL_DEADLINE_MS });

  /** Asks once more with a new token where the old one was refused: it expires, and is revoked whenever a role changes. */
  async function call(method: "GET" | "PUT", path: string, body: string | null): Promise<Called> {
    for (const isLast of [false, true]) {
      const held = await token.get();
      if (typeof held !== "string") return { kind: "not_called", failure: held };
      if (!(await pace.turn(clock.now() + CALL_DEADLINE_MS))) return { kind: "not_called", failure: noTurn(url) };
      const answer = await http.request({
        method,
        url: `${url}${path}`,
        headers: {
          authorization: `Bearer ${held}`,
          accept: "application/json",
          "user-agent": "Riposte",
          ...(body !== null && { "content-type": "application/json" }),
        },
        body,
        deadlineMs: CALL_DEADLINE_MS,
        maxAnswerBytes: ANSWER_BYTES_MOST,
      });
      if (answer.kind === "failed") return { kind: "failed", answer };
      if (answer.status === 429) pace.slowDown(answer.retryAfterMs);
      if (answer.status === 401) token.drop(held);
      if (answer.status !== 401 || isLast) return { kind: "answered", answer, held };
    }
    throw new Error("a call ends with its last try");
  }

  async function get(path: string, doing: string): Promise<Answered | ApiFailure> {
    const called = await call("GET", path, null);
    switch (called.kind) {
      case "not_called":
        return called.failure;
      case "failed":
        return sayUnreachable(url, called.answer);
      case "answered":
        return judged(url, doing, called.answer, [called.held]);
    }
  }

  /** Not safe to repeat: what got no answer may have been done. */
  async function put(path: string, ids: AgentIds, body: object | null, doing: string): Promise<OrderOutcome> {
    // Without this list the API would take all agents for meant.
    const query = new URLSearchParams({ agents_list: ids.join(",") });
    const called = await call("PUT", `${path}?${query.toString()}`, body === null ? null : JSON.stringify(body));
    return orderOutcomeOf(called, { url, ids, doing });
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
    ...questionsAbout({ url, get }),
    ...questionsOfFleet({ url, get }),
    runCommand: (ids, { command, alert }) => put("/active-response", ids, { command, alert }, ORDERING),
    restart: (ids) => put("/agents/restart", ids, null, RESTARTING),
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

const ORDERING = "PUT /active-response (active-response:command)";
const RESTARTING = "PUT /agents/restart (agent:restart)";
const READING_NODES = "GET /cluster/nodes (cluster:read)";

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

function noTurn(url: string): ApiFailure {
  const says = `the Wazuh API at ${url} was not asked: as many calls were made in this minute as Riposte allows itself; it is asked again by itself`;
  return failed("rate_limited", says);
}

function textsOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  );
}
