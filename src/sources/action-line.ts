import { ACTION_RULES, DISABLE_ACCOUNT, RESTART, type ActionKey, type ActionSeen, type Echo } from "../core/action.ts";
import type { Alert, PolicyMatch } from "../core/alert.ts";
import { textOfField } from "../core/fields.ts";
import { storable } from "./storable.ts";
import { instantOf } from "./wazuh-time.ts";

/**
 * Reads the line that a script of active response left in its own log: rules 651 to 658, in the JSON that scripts log
 * since Wazuh 4.2. Whatever has the rule and not the shape is an alert like others. Custom rules on that log have ids of
 * their own and are alerts like others as well: whoever wrote them wants to hear of them.
 */
export function actionOf(
  alert: Alert,
  match: (document: Alert["document"]) => readonly PolicyMatch[],
): ActionSeen | undefined {
  if (!ACTION_RULES.has(alert.ruleId)) return undefined;
  const order = textOfField(alert, "data.command");
  const program = programOf(textOfField(alert, "data.parameters.program"));
  if ((order !== "add" && order !== "delete") || program === null) return undefined;
  const nested = nestedAlertOf(alert);
  const cause = nested === null ? null : { document: nested };
  return {
    agentId: alert.agentId ?? "",
    program,
    ...targetOf(alert, cause, program),
    order,
    failed: alert.ruleId === FAILED_RULE,
    cause: cause === null ? null : causeOf(cause, match),
  };
}

/**
 * Whether the alert may be nothing but what an active response did: the agent's service going and coming back, or an
 * account that was locked, unlocked or expired from a shell, in the very words of the tools that scripts use for it.
 */
export function echoOf(alert: Alert): Echo | undefined {
  const { agentId, ruleId } = alert;
  if (agentId === null) return undefined;
  if (ruleId === STOPPED_RULE) return { ...restartOf(agentId), kind: "stop", what: "stop" };
  if (ruleId === STARTED_RULE) return { ...restartOf(agentId), kind: "start", what: "start" };
  const program = textOfField(alert, "predecoder.program_name");
  const words = program === null ? undefined : ACCOUNT_WORDS.get(program);
  if (program === null || words === undefined) return undefined;
  const user = words.exec(textOfField(alert, "full_log")?.slice(0, LOG_CHARS) ?? "")?.[1];
  if (user === undefined) return undefined;
  return { agentId, program: DISABLE_ACCOUNT, target: storable(user), kind: "account", what: program };
}

const FAILED_RULE = "658";
const STOPPED_RULE = "506";
const STARTED_RULE = "503";

const LOG_CHARS = 1_000;
/** What shadow's tools log; a name has no quote and no space in it. */
const ACCOUNT_WORDS: ReadonlyMap<string, RegExp> = new Map([
  ["passwd", /: password for '([^'\s]{1,64})' changed by 'root'$/],
  ["usermod", /: (?:un)?lock user '([^'\s]{1,64})' password$/],
  ["chage", /: changed password expiry for ([^'\s]{1,64})$/],
]);

function restartOf(agentId: string): ActionKey {
  return { agentId, program: RESTART, target: "" };
}

/** `active-response/bin/disable-account`, and on Windows with an ending and its own slashes. */
function programOf(path: string | null): string | null {
  const name = path === null ? "" : path.replace(/^.*[\\/]/s, "").replace(/\.exe$/i, "");
  return name === "" ? null : storable(name);
}

function targetOf(
  alert: Alert,
  cause: Pick<Alert, "document"> | null,
  program: string,
): Pick<ActionSeen, "target" | "targetKind"> {
  if (program === RESTART) return { target: "", targetKind: "agent" };
  const of = (paths: readonly string[]): string | null => {
    if (cause === null) return null;
    for (const path of paths) {
      const value = textOfField(cause, path);
      if (value !== null && value !== "" && value !== "-") return storable(value);
    }
    return null;
  };
  if (program === DISABLE_ACCOUNT) return { target: of(["data.dstuser"]) ?? "", targetKind: "user" };
  // In the order in which the scripts take it.
  const address = of(["data.win.eventdata.ipAddress", "data.srcip"]) ?? textOfField(alert, "data.srcip");
  if (address !== null && address !== "") return { target: storable(address), targetKind: "address" };
  const user = of(["data.dstuser"]);
  return user === null ? { target: "", targetKind: "agent" } : { target: user, targetKind: "user" };
}

function causeOf(
  cause: Pick<Alert, "document">,
  match: (document: Alert["document"]) => readonly PolicyMatch[],
): ActionSeen["cause"] {
  return {
    ruleId: storable(textOfField(cause, "rule.id") ?? ""),
    at: instantOf(textOfField(cause, "timestamp") ?? ""),
    matches: match(cause.document).filter(({ clears }) => !clears),
  };
}

function nestedAlertOf({ document }: Alert): Readonly<Record<string, unknown>> | null {
  const nested = at(at(at(document, "data"), "parameters"), "alert");
  return typeof nested === "object" && nested !== null && !Array.isArray(nested)
    ? (nested as Readonly<Record<string, unknown>>)
    : null;
}

function at(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
