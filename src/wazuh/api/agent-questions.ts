import { isFields } from "./agent.ts";
import { accountOf, identityOf, type AgentIdentity, type InventoryAccount } from "./agent-identity.ts";
import { denial, listOf, NO_SUCH_AGENT, READING_AGENTS, type Answered } from "./api-answer.ts";
import { sayUnreadable, type ApiFailure } from "./api-failure.ts";

export interface AgentIdentityAnswer {
  readonly kind: "identity";
  readonly identity: AgentIdentity | null;
}

export interface AccountAnswer {
  readonly kind: "account";
  readonly account: InventoryAccount | null;
}

interface Asking {
  readonly url: string;
  readonly get: (path: string, doing: string) => Promise<Answered | ApiFailure>;
}

export interface AgentQuestions {
  agentIdentity(id: string): Promise<AgentIdentityAnswer | ApiFailure>;
  fleetSize(): Promise<{ readonly kind: "size"; readonly size: number } | ApiFailure>;
  accountOn(id: string, name: string): Promise<AccountAnswer | ApiFailure>;
}

/** What has to be known of an agent before anything is done to it. */
export function questionsAbout({ url, get }: Asking): AgentQuestions {
  async function agentIdentity(id: string): Promise<AgentIdentityAnswer | ApiFailure> {
    const query = new URLSearchParams({ agents_list: id });
    const answer = await get(`/agents?${query.toString()}`, READING_AGENTS);
    if (answer.kind === "failed") return answer;
    const list = listOf(answer.data);
    if (list === null) return sayUnreadable(url, READING_AGENTS);
    const identity = list.items.flatMap((item) => identityOf(item) ?? []).find((one) => one.id === id) ?? null;
    const failure = list.failed.find(({ ids }) => ids.includes(id));
    if (identity === null && failure?.code !== NO_SUCH_AGENT) {
      return failure === undefined ? sayUnreadable(url, READING_AGENTS) : denial(url, READING_AGENTS, failure.message);
    }
    return { kind: "identity", identity };
  }

  async function fleetSize(): Promise<{ readonly kind: "size"; readonly size: number } | ApiFailure> {
    const answer = await get("/agents/summary/status", READING_SUMMARY);
    if (answer.kind === "failed") return answer;
    const connection = answer.data["connection"];
    const total = isFields(connection) ? connection["total"] : null;
    return typeof total === "number" ? { kind: "size", size: total } : sayUnreadable(url, READING_SUMMARY);
  }

  async function accountOn(id: string, name: string): Promise<AccountAnswer | ApiFailure> {
    const query = new URLSearchParams({ q: `user.name=${name}`, limit: "10" });
    const answer = await get(`/syscollector/${id}/users?${query.toString()}`, READING_USERS);
    if (answer.kind === "failed") return answer;
    const list = listOf(answer.data);
    if (list === null) return sayUnreadable(url, READING_USERS);
    const [denied] = list.failed;
    if (denied !== undefined) return denial(url, READING_USERS, denied.message);
    return { kind: "account", account: list.items.flatMap((item) => accountOf(item, name) ?? [])[0] ?? null };
  }

  return { agentIdentity, fleetSize, accountOn };
}

const READING_SUMMARY = "GET /agents/summary/status (agent:read)";
const READING_USERS = "GET /syscollector/{agent_id}/users (syscollector:read)";
