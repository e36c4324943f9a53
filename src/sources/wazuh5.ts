import { levelOfWord } from "../core/severity.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A finding of Wazuh 5 under Wazuh 4's names, so that one policy fits both. Everything else of it stays where it was:
 * `raw.<path>` finds it. Null: it is no finding.
 */
export function alertOfFinding(finding: Fields, documentId: string): Fields | null {
  const wazuh = at(finding, "wazuh");
  const rule = at(wazuh, "rule");
  if (!isFields(wazuh) || !isFields(rule)) return null;
  return {
    ...finding,
    // ECS's own is whatever collected the event, and no agent of Wazuh's.
    agent: undefined,
    timestamp: finding["@timestamp"],
    // ECS has a `rule` of its own, of whatever product the event is from.
    rule: { ...fieldsAt(finding, "rule"), ...ruleOf(rule, at(wazuh, "integration")) },
    ...some("agent", agentOf(at(wazuh, "agent"))),
    ...some("manager", some("name", textAt(wazuh, "cluster", "node") ?? textAt(wazuh, "manager", "name"))),
    ...some("cluster", clusterOf(at(wazuh, "cluster"))),
    // A finding has no name of its own but its document's: one event may raise several.
    id: documentId,
    ...some("full_log", textAt(finding, "event", "original")),
    ...some("decoder", some("name", firstText(at(at(wazuh, "integration"), "decoders")))),
    ...some("data", dataOf(finding)),
    ...some("location", textAt(finding, "log", "file", "path") ?? textAt(finding, "event", "module")),
  };
}

function ruleOf(rule: Fields, integration: unknown): Fields {
  const word = rule["level"];
  const groups = [textAt(integration, "name"), textAt(integration, "category"), ...textsOf(rule["tags"])];
  const mitre = at(rule, "mitre");
  const compliance = at(rule, "compliance");
  return {
    level: typeof word === "string" ? (levelOfWord(word) ?? 0) : word,
    ...some("description", rule["title"]),
    id: rule["id"],
    groups: [...new Set(groups.filter((group) => group !== undefined))],
    ...some("mitre", mitreOf(mitre)),
    ...(isFields(compliance) && compliance),
  };
}

/** A sub-technique is the more telling one, and 4.x writes it in the place of its technique. */
function mitreOf(mitre: unknown): Fields | undefined {
  const of = (key: string): readonly string[] =>
    ["technique", "subtechnique"].flatMap((kind) => textsOf(at(at(mitre, kind), key)));
  const [id, technique, tactic] = [of("id"), of("name"), textsOf(at(at(mitre, "tactic"), "name"))];
  return id.length === 0 ? undefined : { id, tactic, technique };
}

function agentOf(agent: unknown): Fields | undefined {
  if (!isFields(agent)) return undefined;
  const ip = firstText(at(at(agent, "host"), "ip"));
  const told = { ...some("id", agent["id"]), ...some("name", agent["name"]), ...some("ip", ip) };
  return { ...told, ...some("groups", agent["groups"]), ...some("version", agent["version"]) };
}

function clusterOf(cluster: unknown): Fields | undefined {
  const [name, node] = [textAt(cluster, "name"), textAt(cluster, "node")];
  return name === undefined && node === undefined ? undefined : { ...some("name", name), ...some("node", node) };
}

const DATA: readonly (readonly [name: string, ...paths: readonly string[]])[] = [
  ["srcip", "source.ip", "client.ip"],
  ["srcport", "source.port", "client.port"],
  ["srcuser", "source.user.name", "client.user.name"],
  ["dstip", "destination.ip", "server.ip"],
  ["dstport", "destination.port", "server.port"],
  ["dstuser", "user.target.name", "destination.user.name", "user.name"],
  ["protocol", "network.transport", "network.protocol"],
  ["action", "event.action"],
  ["status", "event.outcome"],
  ["url", "url.original", "url.full"],
  ["id", "event.code"],
];

function dataOf(finding: Fields): Fields | undefined {
  const found = DATA.flatMap(([name, ...paths]): [string, string][] => {
    const text = paths.map((path) => textAt(finding, ...path.split("."))).find((value) => value !== undefined);
    return text === undefined ? [] : [[name, text]];
  });
  return found.length === 0 ? undefined : { ...some("srcuser", actorOf(finding)), ...Object.fromEntries(found) };
}

/** Where somebody does something to another, ECS has the first as the user. */
function actorOf(finding: Fields): string | undefined {
  return textAt(finding, "user", "target", "name") === undefined ? undefined : textAt(finding, "user", "name");
}

function fieldsAt(value: unknown, name: string): Fields {
  const found = at(value, name);
  return isFields(found) ? found : {};
}

function some(name: string, value: unknown): Fields {
  if (value === undefined || value === null) return {};
  return isFields(value) && Object.keys(value).length === 0 ? {} : { [name]: value };
}

function at(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Wazuh 4 writes every scalar of `data` as text. */
function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  const found = names.reduce(at, value);
  if (typeof found === "string") return found === "" ? undefined : found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : firstText(found);
}

function firstText(value: unknown): string | undefined {
  return textsOf(value)[0];
}

function textsOf(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter((each) => typeof each === "string").filter((each) => each !== "");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
