import { parseJsonObject, type JsonObject } from "../json.ts";
import { FakeJira, usualAuthorization, type JiraOptions } from "./jira.ts";

export const noon = Date.UTC(2026, 2, 3, 12);

/** A site with two projects of which tests use the first. */
export function cloudSite(options: Partial<JiraOptions> = {}): FakeJira {
  return new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC", lastNumber: 40 }, { key: "OPS" }], ...options });
}

export function dataCenterSite(options: Partial<JiraOptions> = {}): FakeJira {
  return cloudSite({ deployment: "Server", ...options });
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a body that is a JSON object; otherwise null. */
  readonly json: JsonObject | null;
  readonly body: string;
}

export interface Asked {
  readonly body?: unknown;
  readonly nowMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call with the usual token; the path is without `/rest/api/{version}`, unless it begins with another slash. */
export function ask(jira: FakeJira, method: string, path: string, { body, nowMs = noon, headers }: Asked = {}): Told {
  const { deployment } = jira.site;
  const given = {
    authorization: usualAuthorization(deployment),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...headers,
  };
  const full = path.startsWith("//") ? path.slice(1) : `/rest/api/${deployment === "Cloud" ? 3 : 2}${path}`;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const answer = jira.handle({ method, path: full, headers: given, body: text }, nowMs);
  return { status: answer.status, headers: answer.headers, json: parseJsonObject(answer.body), body: answer.body };
}

export function documentOf(text: string): JsonObject {
  return { type: "doc", version: 1, content: [{ type: "paragraph", content: [{ type: "text", text }] }] };
}

export function fieldsOf(jira: FakeJira, more: JsonObject = {}): JsonObject {
  const description = jira.site.deployment === "Cloud" ? documentOf("Steps") : "Steps";
  return {
    project: { key: "SEC" },
    issuetype: { name: "Task" },
    summary: "Agent 007 is lost",
    description,
    labels: ["riposte", "rp-1"],
    ...more,
  };
}

/** Makes an issue and gives its key. */
export function make(jira: FakeJira, more: JsonObject = {}, nowMs: number = noon): string {
  const { json, body } = ask(jira, "POST", "/issue", { body: { fields: fieldsOf(jira, more) }, nowMs });
  if (typeof json?.["key"] !== "string") throw new Error(`not created: ${body}`);
  return json["key"];
}
