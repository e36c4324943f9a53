/** An agent as the manager's database has it. Times are milliseconds since the epoch. */
export interface FakeAgent {
  readonly id: string;
  name: string;
  ip: string;
  status: "active" | "pending" | "never_connected" | "disconnected";
  /** 0 fine, 3 shutdown received, 4 no keepalive, 5 reset by the manager. */
  statusCode: number;
  readonly dateAddAt: number;
  lastKeepAliveAt: number | null;
  disconnectedAt: number | null;
  groups?: readonly string[];
  os?: Readonly<Record<string, string>>;
  node?: string;
  /** As its configuration has them. */
  labels?: readonly FakeLabel[];
  /** Of its configuration: it changes with the labels. */
  configSum?: string;
  /** Active response is switched off on it. */
  arOff?: true;
  /** What its inventory has of accounts. */
  users?: readonly FakeUser[];
}

export interface FakeLabel {
  readonly key: string;
  readonly value: string;
  readonly hidden?: "yes" | "no";
}

export interface FakeUser {
  readonly name: string;
  readonly uid: number;
  readonly groups: string;
}

/** The manager's own entry: always there, always alive, and last heard of at the end of time. */
export function managerItself(hostName: string): object {
  return {
    id: "000",
    name: hostName,
    ip: "127.0.0.1",
    registerIP: "127.0.0.1",
    status: "active",
    status_code: 0,
    manager: hostName,
    node_name: "master-node",
    dateAdd: "2026-01-05T08:00:00Z",
    lastKeepAlive: "9999-12-31T23:59:59Z",
    version: "Wazuh v4.14.7",
    group_config_status: "synced",
  };
}

/** What an agent lacks is left out, as in the real one: who never connected has no version and no keepalive. */
export function agentJson(agent: FakeAgent, hostName: string): object {
  const { id, name, ip, status, statusCode, dateAddAt, lastKeepAliveAt, disconnectedAt } = agent;
  const connectedOnce = {
    os: agent.os ?? { arch: "x86_64", major: "24", name: "Ubuntu", platform: "ubuntu", version: "24.04.2 LTS" },
    version: "Wazuh v4.14.7",
    manager: hostName,
    mergedSum: "9a016508cea1e997ab8569f5cfab30f5",
    configSum: agent.configSum ?? "ab73af41699f13fdd81903b5f23d8d00",
    group: agent.groups ?? ["default"],
  };
  return {
    id,
    name,
    ip,
    registerIP: "any",
    status,
    status_code: statusCode,
    dateAdd: timeOf(dateAddAt),
    node_name: status === "never_connected" ? "unknown" : (agent.node ?? "master-node"),
    group_config_status: status === "never_connected" ? "not synced" : "synced",
    ...(status !== "never_connected" && connectedOnce),
    ...(lastKeepAliveAt !== null && { lastKeepAlive: timeOf(lastKeepAliveAt) }),
    ...(disconnectedAt !== null && { disconnection_time: timeOf(disconnectedAt) }),
  };
}

/** Only what was asked for, and always the id. */
export function selected(agent: object, select: string | null): object {
  if (select === null) return agent;
  const wanted = select.split(",");
  return Object.fromEntries(
    Object.entries(agent).flatMap(([name, value]): (readonly [string, unknown])[] => {
      if (name === "id" || wanted.includes(name)) return [[name, value]];
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
      const inner = Object.entries(value).filter(([key]) => wanted.includes(`${name}.${key}`));
      return inner.length === 0 ? [] : [[name, Object.fromEntries(inner)]];
    }),
  );
}

/** Whole seconds. */
function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
