import { hash } from "node:crypto";
import type { Alert, AlertIdentity } from "../core/alert.ts";
import { fieldReader, textOfValue, type FieldReader } from "../core/fields.ts";
import type { AlertFacts } from "../core/picture.ts";
import type { Instant } from "../core/time.ts";
import { MAX_DEPTH, withoutDepths } from "./deep-document.ts";
import { storable } from "./storable.ts";
import { instantOf } from "./wazuh-time.ts";

export interface Unreadable {
  readonly kind: "malformed";
  readonly why: "not_json" | "not_an_alert";
}

type Fields = Readonly<Record<string, unknown>>;

/** Wazuh cuts a rule's comment at 1,024 bytes; a longer title is not its own. */
const TITLE_CHARS = 1_024;
/** Wazuh's levels end at 16. What is far beyond that is no level, and no column would hold it. */
const MAX_LEVEL = 99;

const NOT_JSON: Unreadable = { kind: "malformed", why: "not_json" };
const NOT_AN_ALERT: Unreadable = { kind: "malformed", why: "not_an_alert" };

/** Reads one line of Wazuh 4.x's alerts.json. By hand: a schema library costs as much again as the parsing. */
export function alertFromWazuh4(
  line: string,
  now: Instant,
): { readonly kind: "alert"; readonly alert: Alert } | Unreadable {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
  if (!isFields(parsed) || !isFields(parsed["rule"])) return NOT_AN_ALERT;
  const { rule } = parsed;
  const identity = identityOf(parsed, rule, line);
  const agent = isFields(parsed["agent"]) ? parsed["agent"] : null;
  return {
    kind: "alert",
    alert: {
      identity,
      at: instantOf(identity.stamp) ?? now,
      level: levelOf(rule["level"]),
      ruleId: identity.ruleId,
      title: titleOf(rule["description"], identity.ruleId),
      agentId: agent === null ? null : shortText(agent["id"]),
      agentName: agent === null ? agentlessHost(parsed["agentless"]) : shortText(agent["name"]),
      document: parsed,
      raw: line,
    },
  };
}

/** What a reader may want to see of the alert. */
export function factsOf(alert: Alert): AlertFacts {
  return {
    at: alert.at,
    id: alert.identity.nativeId,
    ruleId: alert.ruleId,
    level: alert.level,
    description: wellFormed(textOfValue(DESCRIPTION(alert))) ?? alert.title,
    groups: listOf(alert, GROUPS),
    mitre: mitreOf(alert),
    agentId: alert.agentId,
    agentName: alert.agentName,
    agentIp: firstOf(alert, AGENT_IP),
    manager: firstOf(alert, MANAGER),
    location: firstOf(alert, LOCATION),
    user: firstOf(alert, USER_FIELDS),
    sourceIp: firstOf(alert, SOURCE_IP_FIELDS),
    log: firstOf(alert, LOG) ?? fileChange(alert),
    document: withoutDepths(alert.document, alert.raw, MAX_DEPTH),
    raw: alert.raw,
  };
}

const DESCRIPTION = fieldReader("rule.description");
const GROUPS = fieldReader("rule.groups");
const MITRE_ID = fieldReader("rule.mitre.id");
const MITRE_TECHNIQUE = fieldReader("rule.mitre.technique");
const AGENT_IP = readersOf("agent.ip");
const MANAGER = readersOf("manager.name");
const LOCATION = readersOf("location");
const LOG = readersOf("full_log", "data.win.system.message");
const CHANGED_PATH = readersOf("syscheck.path");
const CHANGE = readersOf("syscheck.event");
const CHANGED_ATTRIBUTES = fieldReader("syscheck.changed_attributes");

/** Whom it happened to before who did it, as Wazuh's own responses choose. */
const USER_FIELDS = readersOf(
  "data.dstuser",
  "data.srcuser",
  "data.win.eventdata.targetUserName",
  "data.win.eventdata.subjectUserName",
  "data.win.eventdata.user",
  "syscheck.audit.login_user.name",
  "syscheck.audit.user.name",
  "syscheck.uname_after",
  "data.aws.userIdentity.userName",
);

const SOURCE_IP_FIELDS = readersOf(
  "data.srcip",
  "data.src_ip",
  "data.win.eventdata.ipAddress",
  "data.aws.sourceIPAddress",
);

function identityOf(document: Fields, rule: Fields, line: string): AlertIdentity {
  return {
    origin: originOf(document),
    // A number has lost digits by now; only text is an id.
    nativeId:
      (typeof document["id"] === "string" && shortText(document["id"])) ||
      `sha256:${hash("sha256", line, "hex").slice(0, 16)}`,
    stamp: typeof document["timestamp"] === "string" ? storable(document["timestamp"]) : "",
    ruleId: shortText(rule["id"]) ?? "",
  };
}

function originOf(document: Fields): string {
  const { cluster, manager } = document;
  if (isFields(cluster)) {
    const [name, node] = [shortText(cluster["name"]), shortText(cluster["node"])];
    if (name !== null && node !== null) return `${name}/${node}`;
  }
  return (isFields(manager) ? shortText(manager["name"]) : null) ?? "";
}

function agentlessHost(agentless: unknown): string | null {
  return isFields(agentless) ? shortText(agentless["host"]) : null;
}

function levelOf(level: unknown): number {
  if (typeof level !== "number" && !(typeof level === "string" && /^\d{1,3}$/.test(level))) return 0;
  const whole = Math.trunc(Number(level));
  return whole >= 0 && whole <= MAX_LEVEL ? whole : 0;
}

function titleOf(description: unknown, ruleId: string): string {
  if (typeof description !== "string" || description === "")
    return ruleId === "" ? "Alert without a rule id" : `Rule ${ruleId} (Wazuh gives no description)`;
  const title = description.length <= TITLE_CHARS ? description : `${description.slice(0, TITLE_CHARS - 1)}…`;
  return title.toWellFormed();
}

function shortText(value: unknown): string | null {
  if (typeof value === "string" && value !== "") return storable(value);
  return typeof value === "number" ? String(value) : null;
}

function readersOf(...paths: readonly string[]): readonly FieldReader[] {
  return paths.map(fieldReader);
}

function firstOf(alert: Alert, readers: readonly FieldReader[]): string | null {
  for (const read of readers) {
    const text = textOfValue(read(alert));
    // Windows writes a dash where there is none.
    if (text !== null && text !== "" && text !== "-") return text.toWellFormed();
  }
  return null;
}

function listOf(alert: Alert, read: FieldReader): readonly string[] {
  const value = read(alert);
  if (value === undefined) return [];
  return (typeof value === "string" ? [value] : value).map((text) => text.toWellFormed());
}

function mitreOf(alert: Alert): AlertFacts["mitre"] {
  const ids = listOf(alert, MITRE_ID);
  const techniques = listOf(alert, MITRE_TECHNIQUE);
  // Lists of different lengths can't be paired: a wrong name is worse than none.
  const paired = ids.length === techniques.length;
  return ids.map((id, i) => ({ id, technique: paired ? (techniques[i] ?? null) : null }));
}

function fileChange(alert: Alert): string | null {
  const path = firstOf(alert, CHANGED_PATH);
  if (path === null) return null;
  const changed = listOf(alert, CHANGED_ATTRIBUTES);
  const what = `${path} ${firstOf(alert, CHANGE) ?? "changed"}`;
  return changed.length === 0 ? what : `${what}: ${changed.join(", ")}`;
}

function wellFormed(text: string | null): string | null {
  return text === null || text === "" ? null : text.toWellFormed();
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
