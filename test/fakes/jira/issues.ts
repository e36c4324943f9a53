import { isJsonObject, own, ownList, ownObject, ownText, type JsonObject } from "../json.ts";
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import {
  actor,
  demand,
  isVisible,
  issueOf,
  issueToChange,
  list,
  mayBrowse,
  noContent,
  readBody,
  refusal,
  type Call,
  type Route,
} from "./call.ts";
import { addComment } from "./comment-write.ts";
import { readWrite, type Write } from "./field-write.ts";
import { expandOf, handle, issueJson } from "./issue-json.ts";
import { valueText, type JiraIssue, type JiraUser } from "./issue.ts";
import { addLink } from "./link-write.ts";
import type { IssueType, JiraProject } from "./project.ts";
import type { JiraSite } from "./site.ts";

// Jira gives more than this to nobody.
const maxBulk = 100;

export const issueRoutes: readonly Route[] = [
  { method: "POST", path: "/issue", run: create },
  { method: "POST", path: "/issue/bulkfetch", only: "Cloud", anonymous: "sees-nothing", run: bulkFetch },
  { method: "GET", path: "/issue/{issue}", anonymous: "sees-nothing", run: read },
  { method: "PUT", path: "/issue/{issue}", run: edit },
  { method: "DELETE", path: "/issue/{issue}", run: remove },
];

/** Makes what was written true of the issue, and of the search some time later. */
export function apply(site: JiraSite, issue: JiraIssue, write: Pick<Write, "values">, by: JiraUser, at: number): void {
  for (const [id, value] of write.values) {
    const from = valueText(issue.values.get(id) ?? null);
    const to = valueText(value);
    issue.values.set(id, value);
    if (from !== to && issue.createdAt !== at) issue.changelog.push({ at, by, field: id, from, to });
  }
  site.touch(issue, at);
}

export function openIssue(
  site: JiraSite,
  project: JiraProject,
  type: IssueType,
  write: Pick<Write, "values">,
  by: JiraUser,
  at: number,
): JiraIssue {
  const issue = site.add(project, type, by, at);
  const usual = site.priorities[Math.floor((site.priorities.length - 1) / 2)];
  if (usual !== undefined) issue.values.set("priority", { kind: "named", named: usual });
  apply(site, issue, write, by, at);
  return issue;
}

function create(call: Call): VendorAnswer {
  const body = readBody(call);
  const fields = ownObject(body, "fields") ?? {};
  const project = projectGiven(call, fields);
  demand(project, "CREATE_ISSUES", "create issues in this project");
  const type = typeGiven(call, project, fields);
  const write = readWrite(call, type.createScreen, body, null);
  const properties = readProperties(body);

  const issue = openIssue(call.site, project, type, write, actor(call), call.nowMs);
  for (const [key, value] of properties) issue.properties.set(key, value);
  applyRest(call, issue, write);
  return jsonAnswer(201, handle(call, issue));
}

function edit(call: Call): VendorAnswer {
  const issue = issueToChange(call, "EDIT_ISSUES", "edit issues in this project");
  const body = readBody(call);
  const write = readWrite(call, issue.type.editScreen, body, issue);
  const properties = readProperties(body);

  for (const [key, value] of properties) issue.properties.set(key, value);
  apply(call.site, issue, write, actor(call), call.nowMs);
  applyRest(call, issue, write);
  if (call.query.get("returnIssue") !== "true") return noContent();
  return jsonAnswer(200, issueJson(call, issue, ["*all"], expandOf(call)));
}

export function applyRest(call: Call, issue: JiraIssue, write: Write): void {
  if (write.comments.length > 0) demand(issue.project, "ADD_COMMENTS", "comment on this issue");
  for (const each of write.comments) addComment(call, issue, actor(call), each);
  for (const each of write.links) addLink(call.site, each, issue, call.nowMs);
}

function read(call: Call): VendorAnswer {
  const issue = issueOf(call);
  const wanted = list(call, "fields");
  return jsonAnswer(200, {
    ...issueJson(call, issue, wanted.length === 0 ? ["*all"] : wanted, expandOf(call)),
    ...propertiesJson(issue, list(call, "properties")),
  });
}

function propertiesJson(issue: JiraIssue, names: readonly string[]): { readonly properties?: object } {
  if (names.length === 0) return {};
  const wanted = [...issue.properties].filter(([key]) => names.includes(key) || names.includes("*all"));
  return { properties: Object.fromEntries(wanted) };
}

function remove(call: Call): VendorAnswer {
  const issue = issueToChange(call, "DELETE_ISSUES", "delete issues in this project");
  issue.deletedAt = call.nowMs;
  return noContent();
}

/** Only those that exist and that we may see; nothing is said of the others. */
function bulkFetch(call: Call): VendorAnswer {
  const body = readBody(call);
  const names = ownList(body, "issueIdsOrKeys");
  if (names.length === 0) throw refusal(400, ["The issueIdsOrKeys list must not be empty."]);
  if (names.length > maxBulk) throw refusal(400, [`The maximum number of issues to fetch is ${maxBulk}.`]);
  const found = new Set<JiraIssue>();
  for (const name of names) {
    const issue = typeof name === "string" ? call.site.find(name) : undefined;
    if (issue !== undefined && isVisible(call, issue)) found.add(issue);
  }
  const fields = strings(body, "fields");
  const wanted = fields.length === 0 ? ["*navigable"] : fields;
  const issues = [...found].sort((one, other) => Number(one.id) - Number(other.id));
  return jsonAnswer(200, {
    issues: issues.map((issue) => ({
      ...issueJson(call, issue, wanted, strings(body, "expand")),
      ...propertiesJson(issue, strings(body, "properties")),
    })),
    issueErrors: [],
  });
}

export function strings(body: JsonObject, key: string): readonly string[] {
  return ownList(body, key).filter((each) => typeof each === "string");
}

function projectGiven(call: Call, fields: JsonObject): JiraProject {
  const given = ownObject(fields, "project");
  const name = given && (ownText(given, "id") ?? ownText(given, "key"));
  const project = name === null ? undefined : call.site.project(name);
  if (project !== undefined && mayBrowse(call, project)) return project;
  throw call.site.deployment === "Cloud"
    ? refusal(400, [], { project: "Specify a valid project ID or key" })
    : refusal(400, [], { project: given === null ? "project is required" : "valid project is required" });
}

function typeGiven(call: Call, project: JiraProject, fields: JsonObject): IssueType {
  const given = ownObject(fields, "issuetype");
  const [id, name] = [given && ownText(given, "id"), given && ownText(given, "name")];
  const type = project.issueTypes.find((each) => (id === null ? each.name === name : each.id === id));
  if (type !== undefined) return type;
  const says = given === null ? "Specify an issue type" : "Specify a valid issue type";
  throw call.site.deployment === "Cloud"
    ? refusal(400, [], { issuetype: says })
    : refusal(400, [], { issuetype: given === null ? "issue type is required" : "valid issue type is required" });
}

function readProperties(body: JsonObject): readonly (readonly [string, unknown])[] {
  return ownList(body, "properties").map((each) => {
    const key = isJsonObject(each) ? ownText(each, "key") : null;
    if (!isJsonObject(each) || key === null) throw refusal(400, ["A property has a key and a value."]);
    return [key, own(each, "value")] as const;
  });
}
