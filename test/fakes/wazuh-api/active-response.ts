// Orders to agents, as the API of Wazuh 4.14.7 answers them: 200 with failures inside, and every agent where none is named.
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import type { FakeAgent } from "./fake-agent.ts";

/** What an agent was sent. */
export interface FakeOrder {
  readonly agentId: string;
  /** `restart` where it is no command of ar.conf. */
  readonly command: string;
  readonly arguments: readonly string[];
  readonly alert: unknown;
  readonly at: number;
}

interface Manager {
  readonly agents: ReadonlyMap<string, FakeAgent>;
  readonly arConf: ReadonlySet<string>;
}

interface Answered {
  readonly answer: VendorAnswer;
  readonly orders: readonly Omit<FakeOrder, "at">[];
}

const FIELDS = ["command", "arguments", "alert"];

export function answerToOrder(
  { text, isJson }: { readonly text: string; readonly isJson: boolean },
  ids: readonly string[],
  { agents, arConf }: Manager,
): Answered {
  if (!isJson) return refused(415, "Unsupported Media Type", "Invalid Content-type, expected JSON data");
  const body = parsed(text);
  if (body === null) return refused(400, "Bad Request", "The body is no JSON object");
  const odd = Object.keys(body).find((key) => !FIELDS.includes(key));
  if (odd !== undefined) return refused(400, "Bad Request", `Invalid field found {'${odd}'}`);
  const { command, alert = {} } = body;
  if (typeof command !== "string" || !/^!?[\w.-]+$/.test(command))
    return refused(400, "Bad Request", "'command' is not right");
  if (!ids.every((id) => /^\d{3,}$/.test(id))) return refused(400, "Bad Request", "Failed validation of agents_list");
  const given = Array.isArray(body["arguments"]) ? body["arguments"].map(String) : [];
  const isKnown = command.startsWith("!") || arConf.has(command);
  const failureOf = (id: string): readonly [number, string] | null => {
    if (!isKnown) return [1652, "The command used is not defined in the configuration"];
    return whyNot(id, agents, true);
  };
  return answered(ids, failureOf, "AR command was sent", (agentId) => ({ agentId, command, arguments: given, alert }));
}

export function answerToRestart(ids: readonly string[], agents: Manager["agents"]): Answered {
  const failureOf = (id: string): readonly [number, string] | null => whyNot(id, agents, false);
  return answered(ids, failureOf, "Restart command was sent", (agentId) => {
    return { agentId, command: "restart", arguments: [], alert: null };
  });
}

function whyNot(id: string, agents: Manager["agents"], needsAr: boolean): readonly [number, string] | null {
  if (id === "000") return [1703, "Action not available for Manager (agent 000)"];
  const agent = agents.get(id);
  if (agent === undefined) return [1701, "Agent does not exist"];
  if (agent.status !== "active") return [1707, "Cannot send request, agent is not active"];
  return needsAr && agent.arOff === true ? [1750, "Active response is disabled in the agent"] : null;
}

function answered(
  ids: readonly string[],
  failureOf: (id: string) => readonly [number, string] | null,
  message: string,
  orderTo: (id: string) => Omit<FakeOrder, "at">,
): Answered {
  const failures = new Map<number, { message: string; ids: string[] }>();
  const affected: string[] = [];
  for (const id of ids) {
    const failure = failureOf(id);
    if (failure === null) affected.push(id);
    else {
      const [code, says] = failure;
      const known = failures.get(code) ?? { message: says, ids: [] };
      known.ids.push(id);
      failures.set(code, known);
    }
  }
  const failed = ids.length - affected.length;
  const error = failed === 0 ? 0 : affected.length === 0 ? 1 : 2;
  const data = {
    affected_items: affected,
    total_affected_items: affected.length,
    total_failed_items: failed,
    failed_items: [...failures].map(([code, of]) => ({
      error: { code, message: of.message, remediation: "Please, visit the official documentation" },
      id: of.ids,
    })),
  };
  const words = [`${message} to all agents`, `${message} to no agents`, `${message} to some agents`];
  return { answer: jsonAnswer(200, { data, message: words[error], error }), orders: affected.map(orderTo) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function refused(status: number, title: string, detail: string): Answered {
  const body = JSON.stringify({ title, detail });
  return {
    answer: { status, headers: { "content-type": "application/problem+json; charset=utf-8" }, body },
    orders: [],
  };
}
