// What a response needs of the outside: who answers to an agent's id, what its account is, and the order itself.
import type { Resolved, OrderOutcome } from "../core/respond-inputs.ts";
import type { LabelFacts, UserFacts } from "../core/guardrail.ts";
import { plainUser } from "../core/protected-user.ts";
import type { Order } from "../core/response-order.ts";
import { isBeforeSending, type Response } from "../core/response.ts";
import { agentIds } from "./api/agent.ts";
import type { ApiFailure } from "./api/api-failure.ts";
import type { WazuhApi } from "./api/client.ts";

export interface ResponderOptions {
  readonly api: WazuhApi;
  /** Of this machine and of the way that its calls take. */
  readonly ownAddresses: () => readonly string[];
}

/** Looks before anything is done, and does it. Each order is one call, for one agent. */
export class Responder {
  readonly #options: ResponderOptions;

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  async resolve(response: Response): Promise<Resolved> {
    const { api, ownAddresses } = this.#options;
    const { agent, target } = response;
    const ids = agentIds([agent.id]);
    if (ids === null)
      return { kind: "gone", says: `${agent.id === "" ? "nobody" : agent.id} is no agent that can be asked for` };
    const found = await api.agentIdentity(ids[0]);
    if (found.kind === "failed") return later(found);
    const { identity } = found;
    if (identity === null) return { kind: "gone", says: "the manager has no such agent any more" };
    const size = await api.fleetSize();
    if (size.kind === "failed") return later(size);
    const nodes = await api.clusterNodes();
    if (nodes.kind === "failed") return later(nodes);
    // Only what may still be sent goes by labels: taking it back waits for no answer that it has no use for.
    const labels = isBeforeSending(response)
      ? await this.#labelsOf(identity.id, identity.isActive)
      : ({ kind: "unknown", says: "not asked" } as const);
    if (labels.kind === "failed") return later(labels);
    const user =
      target.kind === "user" ? await this.#userOn(identity.id, target.name) : ({ kind: "not_asked" } as const);
    if (user.kind === "failed") return later(user);
    const { id, name, registeredAt, platform, isActive, groups, ip, manager } = identity;
    const nodeAddresses = nodes.nodes.flatMap(({ address }) => (address === null ? [] : [address]));
    const isNode =
      name === manager || (ip !== null && nodeAddresses.includes(ip)) || nodes.nodes.some((node) => node.name === name);
    return {
      kind: "known",
      facts: {
        agent: { id, name, registeredAt, platform },
        isActive,
        groups,
        labels,
        isNode,
        fleetSize: size.size,
        user,
        ownAddresses: [...ownAddresses(), ...nodeAddresses, ...(ip === null ? [] : [ip])],
      },
    };
  }

  async send({ agentId, what }: Order): Promise<OrderOutcome> {
    const ids = agentIds([agentId]);
    if (ids === null) return { kind: "refused", says: `${agentId} is no agent that can be sent anything` };
    switch (what.kind) {
      case "restart":
        return this.#options.api.restart(ids);
      case "command":
        return this.#options.api.runCommand(ids, what);
    }
  }

  /** Of the agent itself, which alone knows them now. */
  async #labelsOf(id: string, isActive: boolean): Promise<LabelFacts | ApiFailure> {
    if (!isActive) return { kind: "unknown", says: "it is not connected" };
    const answer = await this.#options.api.agentLabels(id);
    // It refuses to be asked: that is no trouble of the way there, and will not pass by itself.
    if (answer.kind === "failed")
      return answer.reason === "bad_request" || answer.reason === "destination_gone"
        ? { kind: "unknown", says: answer.says }
        : answer;
    return { kind: "known", labels: Object.fromEntries(answer.labels.map(({ key, value }) => [key, value])) };
  }

  /** An account that the inventory does not show is none that anybody could judge. */
  async #userOn(agentId: string, name: string): Promise<UserFacts | ApiFailure> {
    if (!INVENTORY_NAME.test(plainUser(name)))
      return { kind: "unknown", says: "the inventory can't be asked for such a name" };
    const answer = await this.#options.api.accountOn(agentId, withoutDomain(name));
    if (answer.kind === "failed") return answer;
    if (answer.account === null) return { kind: "absent" };
    const { uid, groups } = answer.account;
    if (groups.length === 0) return { kind: "unknown", says: "the agent's inventory shows no group of it" };
    return { kind: "known", user: { uid, groups } };
  }
}

/** Nothing that the query language of the API reads as more than a name. */
const INVENTORY_NAME = /^[a-z0-9_][a-z0-9._$-]{0,63}$/;

function withoutDomain(name: string): string {
  const local = name.slice(name.lastIndexOf("\\") + 1);
  const at = local.indexOf("@");
  return at > 0 ? local.slice(0, at) : local;
}

function later({ reason, says }: ApiFailure): Resolved {
  return { kind: "later", reason, says };
}
