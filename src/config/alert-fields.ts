import { didYouMean, nearestName } from "./nearest.ts";
import { isPlainKey } from "./problem.ts";

/** What Wazuh 4.x writes at the top of an alert; all else is `raw.<path>`. */
const ROOTS: Readonly<Record<string, "value" | "map">> = {
  timestamp: "value",
  rule: "map",
  agent: "map",
  agentless: "map",
  manager: "map",
  cluster: "map",
  id: "value",
  previous_output: "value",
  previous_log: "value",
  srcgeoip: "value",
  dstgeoip: "value",
  full_log: "value",
  syscheck: "map",
  predecoder: "map",
  decoder: "map",
  data: "map",
  location: "value",
};

/** The fields that people ask for, to name the nearest one. */
const COMMON: readonly string[] = [
  ...["level", "id", "description", "groups", "frequency", "firedtimes", "mail", "cve", "info"].map(
    (of) => `rule.${of}`,
  ),
  ...["pci_dss", "gdpr", "gpg13", "hipaa", "nist_800_53", "tsc"].map((of) => `rule.${of}`),
  ...["id", "tactic", "technique"].map((of) => `rule.mitre.${of}`),
  ...["id", "name", "ip", "labels", "group", "node"].map((of) => `agent.${of}`),
  ...["name", "version", "platform"].map((of) => `agent.os.${of}`),
  ...["script", "user", "host"].map((of) => `agentless.${of}`),
  "manager.name",
  ...["name", "node"].map((of) => `cluster.${of}`),
  ...["name", "parent"].map((of) => `decoder.${of}`),
  ...["program_name", "timestamp", "hostname"].map((of) => `predecoder.${of}`),
  ...["srcip", "srcport", "srcuser", "dstip", "dstport", "dstuser"].map((of) => `data.${of}`),
  ...["protocol", "action", "status", "url", "extra_data", "system_name"].map((of) => `data.${of}`),
  ...["path", "mode", "event"].map((of) => `syscheck.${of}`),
  ...Object.keys(ROOTS).filter((root) => ROOTS[root] === "value"),
];

/** What is wrong with the name of an alert's field; null where nothing is. */
export function fieldTrouble(path: string): string | null {
  const parts = path.split(".");
  if (parts.some((part) => part.trim() !== part || part === "")) {
    return "not the name of a field. Example: rule.id";
  }
  const [root = "", second] = parts;
  if (root === "raw") return second === undefined ? "raw takes a path. Example: raw.rule.id" : null;
  const kind = Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
  const raw = isPlainKey(path) ? `raw.${path}` : "raw.<path>";
  if (kind === undefined) {
    const whole = COMMON.find((name) => name.endsWith(`.${path}`));
    const meant = whole === undefined ? didYouMean(path, COMMON) : `. Did you mean ${whole}?`;
    return `not a field of Wazuh's alerts${meant || "."} Anything else in the document is ${raw}`;
  }
  if (kind === "map" && second === undefined) {
    const inside = COMMON.find((name) => name.startsWith(`${path}.`)) ?? `${path}.name`;
    return `has fields of its own: name one. Example: ${inside}`;
  }
  const [, fact] = /^agent\.(os)$/.exec(path) ?? [];
  if (fact !== undefined) return `has fields of its own: name one. Example: agent.${fact}.platform`;
  // Rules carry arrays named after any standard, so only what looks like a slip is taken for one.
  if ((root !== "rule" && root !== "agent") || COMMON.includes(path) || second === undefined || parts.length > 2) {
    return null;
  }
  const siblings = COMMON.filter((name) => name.startsWith(`${root}.`)).map((name) => name.slice(root.length + 1));
  const meant = nearestName(second, siblings);
  if (meant === null) return null;
  return `not a field that Wazuh writes. Did you mean ${root}.${meant}? If it is there all the same, write ${raw}`;
}
