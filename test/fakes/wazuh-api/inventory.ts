import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import type { FakeAgent } from "./fake-agent.ts";

export function summaryOf(agents: readonly FakeAgent[]): VendorAnswer {
  const count = (status: FakeAgent["status"]): number => agents.filter((agent) => agent.status === status).length;
  const connection = {
    active: count("active"),
    disconnected: count("disconnected"),
    never_connected: count("never_connected"),
    pending: count("pending"),
    total: agents.length,
  };
  const configuration = { synced: agents.length, not_synced: 0, total: agents.length };
  return jsonAnswer(200, { data: { connection, configuration }, error: 0 });
}

/** What syscollector has of the accounts of an agent: of one without inventory, none. */
export function usersOf(agent: FakeAgent | undefined, query: URLSearchParams): VendorAnswer {
  const [, wanted = null] = /^user\.name=(.*)$/.exec(query.get("q") ?? "") ?? [];
  const users = (agent?.users ?? []).filter(({ name }) => wanted === null || name === wanted);
  const items = users.map(({ name, uid, groups }) => ({
    scan: { id: 0, time: "2026-11-23T08:00:00+00:00" },
    user: {
      name,
      id: uid,
      uid_signed: uid,
      group_id: uid,
      groups,
      home: `/home/${name}`,
      shell: "/bin/bash",
      uuid: "",
      password_status: "active",
    },
    agent_id: agent?.id ?? "",
  }));
  const data = { affected_items: items, total_affected_items: items.length, total_failed_items: 0, failed_items: [] };
  return jsonAnswer(200, { data, message: "All specified syscollector information was returned", error: 0 });
}
