import { parseJsonObject, type JsonObject } from "../json.ts";
import { jsonAnswer, type VendorAnswer, type VendorRequest } from "../vendor.ts";
import type { JiraIssue, JiraUser } from "./issue.ts";
import type { JiraProject, Permission } from "./project.ts";
import type { JiraSite } from "./site.ts";

/** One way in. Literal paths stand before those with a place for a name in them. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** After `/rest/api/{version}`. */
  readonly path: string;
  readonly only?: "Cloud" | "Server";
  /** What somebody who is not logged in gets: refused, or whatever everybody may see (which is nothing). */
  readonly anonymous?: "sees-nothing";
  readonly run: (call: Call) => VendorAnswer;
}

export interface Call {
  readonly site: JiraSite;
  readonly request: VendorRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly version: 2 | 3;
  readonly nowMs: number;
  /** Null: nobody that Jira knows. */
  readonly user: JiraUser | null;
}

/** Thrown where a call ends early; `FakeJira.handle` catches it. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly answer: VendorAnswer;

  constructor(answer: VendorAnswer) {
    super(`${answer.status} ${answer.body}`);
    this.answer = answer;
  }
}

export function refusal(
  status: number,
  messages: readonly string[],
  errors: Readonly<Record<string, string>> = {},
): Refused {
  return new Refused(jsonAnswer(status, { errorMessages: messages, errors }));
}

export function noContent(): VendorAnswer {
  return { status: 204, headers: {}, body: "" };
}

export function readBody(call: Call): JsonObject {
  const type = call.request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new Refused(jsonAnswer(415, { "status-code": 415, message: "" }));
  const body = parseJsonObject(call.request.body);
  if (body === null) {
    throw refusal(400, ["There was an error parsing JSON. Check that your request body is valid."]);
  }
  return body;
}

export function whole(call: Call, name: string, otherwise: number): number {
  const text = call.query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw refusal(400, [`Query parameter '${name}' is not a number.`]);
  return Number(text);
}

/** Given once with commas, several times, or both. */
export function list(call: Call, name: string): readonly string[] {
  return call.query.getAll(name).flatMap((each) => each.split(",").map((one) => one.trim()));
}

export function actor(call: Call): JiraUser {
  if (call.user === null) throw new Error("a route for users was given a call of nobody's");
  return call.user;
}

export function mayBrowse(call: Call, project: JiraProject): boolean {
  return call.user !== null && project.granted.has("BROWSE_PROJECTS");
}

/** What is deleted, hidden or in a project that we may not browse is all the same to Jira: not there. */
export function isVisible(call: Call, issue: JiraIssue): boolean {
  return issue.deletedAt === null && !issue.hidden && mayBrowse(call, issue.project);
}

export function issueOf(call: Call, idOrKey: string = call.params["issue"] ?? ""): JiraIssue {
  const issue = call.site.find(idOrKey);
  if (issue !== undefined && isVisible(call, issue)) return issue;
  throw call.site.deployment === "Cloud"
    ? refusal(404, ["Issue does not exist or you do not have permission to see it."])
    : refusal(404, ["Issue Does Not Exist"]);
}

export function projectOf(call: Call): JiraProject {
  const name = call.params["project"] ?? "";
  const project = call.site.project(name);
  if (project !== undefined && mayBrowse(call, project)) return project;
  throw refusal(404, [`No project could be found with key '${name}'.`]);
}

export function demand(project: JiraProject, permission: Permission, toDo: string): void {
  if (!project.granted.has(permission)) throw refusal(403, [`You do not have permission to ${toDo}.`]);
}

/** The issue of the path, to be changed. */
export function issueToChange(call: Call, permission: Permission, toDo: string): JiraIssue {
  const issue = issueOf(call);
  demand(issue.project, permission, toDo);
  if (issue.archived) throw refusal(400, ["You can't edit this issue because it's archived."]);
  return issue;
}
