import { agentIds } from "./agent.ts";
import { labelsOf, profileOf, PROFILE_FIELDS, type AgentLabel, type AgentProfile } from "./agent-profile.ts";
import { denial, listOf, NO_SUCH_AGENT, READING_AGENTS, type Answered } from "./api-answer.ts";
import { sayUnreadable, type ApiFailure } from "./api-failure.ts";

interface Asking {
  readonly url: string;
  readonly get: (path: string, doing: string) => Promise<Answered | ApiFailure>;
}

export interface FleetQuestions {
  /** All agents, whatever their state, up to so many. Those that our user may not see are not among them. */
  fleet(most: number): Promise<FleetAnswer | ApiFailure>;
  /** The labels that an agent runs with, asked of the agent itself: only one that is connected answers. */
  agentLabels(id: string): Promise<LabelsAnswer | ApiFailure>;
}

export interface FleetAnswer {
  readonly kind: "fleet";
  readonly agents: readonly AgentProfile[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
}

export interface LabelsAnswer {
  readonly kind: "labels";
  readonly labels: readonly AgentLabel[];
}

/** As many as Wazuh recommends at most. */
const PAGE = 500;

/** What is known of agents beside what is done about them. */
export function questionsOfFleet({ url, get }: Asking): FleetQuestions {
  async function fleet(most: number): Promise<FleetAnswer | ApiFailure> {
    const agents = new Map<string, AgentProfile>();
    let seen = 0;
    let total = 0;
    while (seen < most) {
      const query = new URLSearchParams({ select: PROFILE_FIELDS, sort: "+id", limit: `${PAGE}`, offset: `${seen}` });
      const answer = await get(`/agents?${query.toString()}`, READING_AGENTS);
      if (answer.kind === "failed") return answer;
      const list = listOf(answer.data);
      if (list === null) return sayUnreadable(url, READING_AGENTS);
      const denied = list.failed.find(({ code }) => code !== NO_SUCH_AGENT);
      if (denied !== undefined && list.items.length === 0) return denial(url, READING_AGENTS, denied.message);
      for (const item of list.items) {
        const profile = profileOf(item);
        if (profile !== null) agents.set(profile.id, profile);
      }
      seen += list.items.length;
      ({ total } = list);
      if (list.items.length === 0 || seen >= total) break;
    }
    return { kind: "fleet", agents: [...agents.values()], isCut: seen < total && seen >= most };
  }

  async function agentLabels(id: string): Promise<LabelsAnswer | ApiFailure> {
    const [asked] = agentIds([id]) ?? [];
    if (asked === undefined) return { kind: "labels", labels: [] };
    const answer = await get(`/agents/${asked}/config/agent/labels`, READING_LABELS);
    if (answer.kind === "failed") return answer;
    const labels = labelsOf(answer.data);
    return labels === null ? sayUnreadable(url, READING_LABELS) : { kind: "labels", labels };
  }

  return { fleet, agentLabels };
}

const READING_LABELS = "GET /agents/{agent_id}/config/agent/labels (agent:read)";
