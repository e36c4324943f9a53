import type { Finding } from "../../core/check-up.ts";
import type { Later, Reason } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { Severity } from "../../core/severity.ts";
import type { Io } from "../connector.ts";
import { readJira } from "./client.ts";
import { arrayIn, memberOf, textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import { fieldFor, lineFor, missingFields } from "./configured-fields.ts";
import { Deployments, type Jira } from "./deployment.ts";
import { shaped } from "./field-value.ts";
import { readPermissions } from "./issue.ts";
import { Metas, named, type Meta } from "./meta.ts";
import { richLine } from "./rich-text.ts";
import { isSame, readTransitions, transitionFor, type Transition } from "./transition.ts";

/** What the config wants of Jira held against what Jira says; nothing is written. */
export async function diagnose(config: JiraConfig, io: Io): Promise<readonly Finding[]> {
  const jira = await new Deployments(config).open(io);
  if (jira.kind === "later") return [bad("site", jira)];
  const account = await readAccount(jira, io);
  if (!account.ok) return [account];
  const permissions = await checkPermissions(jira, config, io);
  if (permissions.some(({ ok }) => !ok)) return [account, ...permissions];
  const meta = await new Metas(config).read(jira, io);
  if (meta.kind === "later") return [account, ...permissions, bad("issue type", meta)];
  if (meta.kind === "missing") return [account, ...permissions, bad("issue type", meta)];
  const type = checkType(config, meta);
  if (!type.ok) return [account, ...permissions, type];
  return [
    account,
    ...permissions,
    type,
    checkRequired(config, meta),
    ...checkFields(jira, config, meta),
    ...checkPriorities(config, meta),
    ...(await checkTransitions(jira, config, io)),
  ];
}

async function readAccount(jira: Jira, io: Io): Promise<Finding> {
  const read = await readJira(io, jira, "whose token it is", { method: "GET", path: "/myself" });
  if (read.kind !== "read") return bad("account", read);
  const name = textIn(read.json, "displayName") ?? textIn(read.json, "name") ?? "somebody";
  return good("account", `${jira.isCloud ? "Jira Cloud" : "Jira Data Center"} as ${jira.access.quote(name)}`);
}

/** What Riposte does with a ticket, by the permission that it takes. */
const NEEDED: Readonly<Record<string, string>> = {
  BROWSE_PROJECTS: "see tickets (Browse projects)",
  CREATE_ISSUES: "make tickets (Create issues)",
  EDIT_ISSUES: "edit tickets (Edit issues)",
  ADD_COMMENTS: "comment (Add comments)",
};
const FOR_STATUS = "TRANSITION_ISSUES";
/** Without the first tickets have no file; without the others a second copy, should there be one, is put away less well. */
const USEFUL: Readonly<Record<string, string>> = {
  CREATE_ATTACHMENTS: "Create attachments",
  LINK_ISSUES: "Link issues",
  DELETE_OWN_COMMENTS: "Delete own comments",
};

async function checkPermissions(jira: Jira, config: JiraConfig, io: Io): Promise<readonly Finding[]> {
  const movesTickets = config.resolve !== undefined || config.reopen !== undefined;
  const needed = movesTickets ? { ...NEEDED, [FOR_STATUS]: "close and reopen (Transition issues)" } : NEEDED;
  const { project } = config;
  const granted = await readPermissions(jira, project, [...Object.keys(needed), ...Object.keys(USEFUL)], io);
  if (granted.kind === "later") return [bad("permissions", granted)];
  if (!granted.keys.has("BROWSE_PROJECTS")) {
    const says = `there is no project ${project} that this account sees: look at \`project\`, and give the account "Browse projects" in it`;
    return [{ check: "project", ok: false, says }];
  }
  const lacking = Object.entries(needed).filter(([key]) => !granted.keys.has(key));
  const useful = Object.entries(USEFUL).filter(([key]) => !granted.keys.has(key));
  if (lacking.length > 0) {
    const what = lacking.map(([, words]) => words).join(", ");
    return [{ check: "permissions", ok: false, says: `in ${project} this account may not ${what}: have them granted` }];
  }
  const without = useful.length === 0 ? "" : ` (without ${useful.map(([, words]) => words).join(", ")})`;
  return [good("permissions", `may do in ${project} what Riposte does${without}`)];
}

function checkType({ project, issue_type }: JiraConfig, { issueType, issueTypes }: Meta): Finding {
  if (issueType !== null) return good("issue type", `${project} has ${issueType.name}`);
  const names = listed(issueTypes.map(({ name }) => name));
  const says = `${project} has no issue type ${cutPlainLine(issue_type, 80)}: set \`issue_type\` to one of ${names}`;
  return { check: "issue type", ok: false, says };
}

function checkRequired(config: JiraConfig, meta: Meta): Finding {
  const missing = missingFields(meta, config.fields, Object.keys(config.priority).length === 4);
  if (missing.length === 0) return good("required fields", "all have a value");
  const lines = missing.map((field) => `${field.name} (${field.id}): write \`${lineFor(field)}\``);
  return {
    check: "required fields",
    ok: false,
    says: `Jira wants values that the config does not give: ${listed(lines)}`,
  };
}

function checkFields(jira: Jira, config: JiraConfig, meta: Meta): readonly Finding[] {
  return Object.entries(config.fields).map(([name, value]) => {
    const check = `field ${cutPlainLine(name, 60)}`;
    const field = fieldFor(name, meta);
    if (typeof field === "string") return { check, ok: false, says: `${name}: ${field}; see \`fields\`` };
    // What is filled in from an alert is known only then.
    if (JSON.stringify(value).includes("{{")) return good(check, `${name} is ${field.id}`);
    const result = shaped(value, field, jira.isCloud, (line) => richLine(jira, line));
    if (result.kind === "refused") return { check, ok: false, says: `${name}: ${result.why}; see \`fields\`` };
    return good(check, `${name} is ${field.id}`);
  });
}

function checkPriorities({ priority }: JiraConfig, { fields }: Meta): readonly Finding[] {
  const wanted = Object.entries(priority) as readonly (readonly [Severity, string | undefined])[];
  if (wanted.every(([, name]) => name === undefined)) return [];
  const field = fields.find(({ id }) => id === "priority");
  const check = "priorities";
  if (field === undefined) {
    const says =
      "priority is not on the create screen: tickets are made without it; take `priority` out, or have it added";
    return [{ check, ok: false, says }];
  }
  const { allowed } = field;
  if (allowed === null) return [good(check, "Jira does not list them; a wrong one is left out and said in the ticket")];
  const unknown = wanted.flatMap(([, name]) => (name === undefined || named(allowed, name) !== null ? [] : [name]));
  if (unknown.length === 0) return [good(check, listed(wanted.map(([severity, name]) => `${severity} is ${name}`)))];
  const there = listed(allowed.map(({ name }) => name));
  return [{ check, ok: false, says: `no priority ${listed(unknown)}; there are ${there}: see \`priority\`` }];
}

/** Transitions are listed for a ticket and its status only, so those of tickets that are there have to do. */
async function checkTransitions(jira: Jira, config: JiraConfig, io: Io): Promise<readonly Finding[]> {
  if (config.resolve === undefined && config.reopen === undefined) return [];
  const body = { jql: `project = "${config.project}" ORDER BY key DESC`, fields: ["status"], maxResults: 50 };
  const path = jira.isCloud ? "/search/jql" : "/search";
  const read = await readJira(io, jira, "its newest tickets", { method: "POST", path, body });
  if (read.kind !== "read") return [bad("transitions", read)];
  const findings: Finding[] = [];
  for (const key of ["resolve", "reopen"] as const) {
    const wanted = config[key];
    if (wanted === undefined) continue;
    const id = arrayIn(read.json, "issues").find((issue) => isClosed(issue) === (key === "reopen"));
    const issue = textIn(id, "id");
    if (issue === null) {
      const says = `\`${key}\` can't be tried before there is ${key === "reopen" ? "a closed" : "an open"} ticket`;
      findings.push(good(key, says));
      continue;
    }
    const transitions = await readTransitions(jira, issue, io);
    findings.push("kind" in transitions ? bad(key, transitions) : checkTransition(key, wanted, transitions));
  }
  return findings;
}

function checkTransition(
  key: "resolve" | "reopen",
  wanted: { readonly transition: string; readonly resolution?: string | undefined },
  transitions: readonly Transition[],
): Finding {
  const found = transitionFor(transitions, wanted.transition);
  if (found === null) {
    const says = `no transition ${cutPlainLine(wanted.transition, 80)}; there are ${listed(transitions.map(({ name }) => name))}: see \`${key}.transition\``;
    return { check: key, ok: false, says };
  }
  const screen = found.fields.find(({ id }) => id === "resolution");
  const { resolution } = wanted;
  if (resolution !== undefined && screen === undefined) {
    const says = `the screen of ${found.name} has no resolution: take out \`${key}.resolution\`, or have it added`;
    return { check: key, ok: false, says };
  }
  const allowed = screen?.allowed ?? null;
  if (resolution !== undefined && allowed !== null && allowed.every(({ name }) => !isSame(name, resolution))) {
    const says = `no resolution ${cutPlainLine(resolution, 80)}; there are ${listed(allowed.map(({ name }) => name))}: see \`${key}.resolution\``;
    return { check: key, ok: false, says };
  }
  return good(key, `${found.name} leads to ${found.to}`);
}

function isClosed(issue: unknown): boolean {
  const status = memberOf(memberOf(issue, "fields"), "status");
  return textIn(memberOf(status, "statusCategory"), "key") === "done";
}

export function good(check: string, says: string): Finding {
  return { check, ok: true, says: cutPlainLine(says, 500) };
}

export function bad(check: string, trouble: Pick<Later, "evidence"> & { readonly reason?: Reason }): Finding {
  const { evidence, reason } = trouble;
  return { check, ok: false, says: evidence, ...(reason !== undefined && { reason }) };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => cutPlainLine(name, 200));
  const more = names.length - shown.length;
  return shown.length === 0 ? "none" : `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
