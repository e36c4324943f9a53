import { own, ownList, ownText, type JsonObject } from "../json.ts";
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import { isVisible, mayBrowse, readBody, refusal, type Call, type Refused, type Route } from "./call.ts";
import { handle, issueJson } from "./issue-json.ts";
import type { IndexEntry, JiraIssue } from "./issue.ts";
import { parseJql, type Clause, type Jql } from "./jql.ts";

export const searchRoutes: readonly Route[] = [
  { method: "GET", path: "/search/jql", only: "Cloud", anonymous: "sees-nothing", run: enhancedByQuery },
  { method: "POST", path: "/search/jql", only: "Cloud", anonymous: "sees-nothing", run: enhancedByBody },
  { method: "GET", path: "/search", anonymous: "sees-nothing", run: plainByQuery },
  { method: "POST", path: "/search", anonymous: "sees-nothing", run: plainByBody },
];

// What Cloud takes of ids to look at directly, and gives on a page: with fields and without.
const maxReconciled = 50;
const maxPage = 100;
const maxBarePage = 5_000;
// jira.search.views.default.max of a Data Center that nobody changed.
const maxPlainPage = 1_000;

function enhancedByQuery(call: Call): VendorAnswer {
  const many = (name: string) => call.query.getAll(name).flatMap((each) => each.split(","));
  return enhanced(call, {
    jql: call.query.get("jql"),
    fields: many("fields"),
    reconcile: many("reconcileIssues"),
    token: call.query.get("nextPageToken"),
    maxResults: Number(call.query.get("maxResults") ?? 50),
  });
}

function enhancedByBody(call: Call): VendorAnswer {
  const body = readBody(call);
  for (const id of ownList(body, "reconcileIssues")) {
    if (typeof id !== "number") throw refusal(400, ["reconcileIssues is a list of numbers."]);
  }
  return enhanced(call, {
    jql: ownText(body, "jql"),
    fields: ownList(body, "fields").map(String),
    reconcile: ownList(body, "reconcileIssues").map(String),
    token: ownText(body, "nextPageToken"),
    maxResults: numberIn(body, "maxResults", 50),
  });
}

interface Enhanced {
  readonly jql: string | null;
  readonly fields: readonly string[];
  readonly reconcile: readonly string[];
  readonly token: string | null;
  readonly maxResults: number;
}

/** Ids only unless fields are named, no total, and as old as the index except for what is reconciled. */
function enhanced(call: Call, { jql, fields, reconcile, token, maxResults }: Enhanced): VendorAnswer {
  if (reconcile.length > maxReconciled) {
    throw refusal(400, [`The maximum number of issues to reconcile is ${maxReconciled}.`]);
  }
  const query = parseJql(jql ?? "");
  if (query.clauses.length === 0) {
    throw refusal(400, ["Unbounded JQL queries are not allowed here. Please add a search restriction to your query."]);
  }
  const found = matches(call, query, new Set(reconcile));
  const startAt = token === null ? 0 : offsetOf(token, jql ?? "", found.length);
  const bare = fields.every((each) => each === "id" || each === "key");
  const size = Math.min(Math.max(maxResults, 1), bare ? maxBarePage : maxPage);
  const issues = found.slice(startAt, startAt + size);
  const end = startAt + issues.length;
  const isLast = end >= found.length;
  return jsonAnswer(200, {
    issues: issues.map((issue) => shown(call, issue, fields)),
    ...(!isLast && { nextPageToken: tokenOf(end, jql ?? "") }),
    isLast,
  });
}

function shown(call: Call, issue: JiraIssue, fields: readonly string[]): unknown {
  if (fields.every((each) => each === "id")) return { id: issue.id };
  if (fields.every((each) => each === "id" || each === "key")) return handle(call, issue);
  return issueJson(call, issue, fields, []);
}

function plainByQuery(call: Call): VendorAnswer {
  return plain(call, {
    jql: call.query.get("jql") ?? "",
    fields: call.query.getAll("fields").flatMap((each) => each.split(",")),
    startAt: Number(call.query.get("startAt") ?? 0),
    maxResults: Number(call.query.get("maxResults") ?? 50),
  });
}

function plainByBody(call: Call): VendorAnswer {
  if (call.site.deployment === "Cloud") throw gone();
  const body = readBody(call);
  return plain(call, {
    jql: ownText(body, "jql") ?? "",
    fields: ownList(body, "fields").map(String),
    startAt: numberIn(body, "startAt", 0),
    maxResults: numberIn(body, "maxResults", 50),
  });
}

interface Plain {
  readonly jql: string;
  readonly fields: readonly string[];
  readonly startAt: number;
  readonly maxResults: number;
}

function plain(call: Call, { jql, fields, startAt, maxResults }: Plain): VendorAnswer {
  if (call.site.deployment === "Cloud") throw gone();
  const found = matches(call, parseJql(jql), new Set());
  const size = Math.min(maxResults, maxPlainPage);
  const wanted = fields.length === 0 ? ["*navigable"] : fields;
  const issues = found.slice(startAt, startAt + size).map((issue) => issueJson(call, issue, wanted, []));
  return jsonAnswer(200, { expand: "schema,names", startAt, maxResults: size, total: found.length, issues });
}

function gone(): Refused {
  return refusal(410, [
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. " +
      "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
  ]);
}

function matches(call: Call, query: Jql, reconciled: ReadonlySet<string>): readonly JiraIssue[] {
  for (const clause of query.clauses) checkClause(call, clause);
  const found = call.site.issues.flatMap((issue) => {
    if (!isVisible(call, issue)) return [];
    const entry = reconciled.has(issue.id) ? issue.index.at(-1) : indexed(call, issue);
    if (entry === undefined) return [];
    return query.clauses.every((clause) => holds(call, clause, issue, entry)) ? [{ issue, entry }] : [];
  });
  return found.sort((one, other) => compare(query, one.issue, other.issue)).map(({ issue }) => issue);
}

/** What the index knows of it by now; undefined is nothing. */
function indexed(call: Call, issue: JiraIssue): IndexEntry | undefined {
  const knownUntil = call.nowMs - (issue.indexLagMs ?? call.site.indexLagMs);
  return issue.index.findLast(({ at }) => at <= knownUntil);
}

/** A query is refused for what is wrong with it, whether or not there is an issue to try it on. */
function checkClause(call: Call, clause: Clause): void {
  const { field, operator } = clause;
  const lists = ["=", "!=", "in", "not in"].includes(operator);
  if (field === "created" ? lists : !lists && field !== "key") {
    throw refusal(400, [`The operator '${operator}' is not supported by the '${field}' field.`]);
  }
  if (field === "created") instantOf(call, clause.values[0] ?? "");
  for (const value of clause.values) {
    if (clause.field === "project") {
      const project = call.site.project(value) ?? call.site.projects.find(({ name }) => name === value);
      if (project === undefined || !mayBrowse(call, project)) {
        throw refusal(400, [`The value '${value}' does not exist for the field 'project'.`]);
      }
    } else if (clause.field === "key") {
      const issue = call.site.find(value);
      if (issue === undefined || !isVisible(call, issue)) {
        throw refusal(400, [`An issue with key '${value}' does not exist for field 'key'.`]);
      }
    }
  }
}

function holds(call: Call, { field, operator, values }: Clause, issue: JiraIssue, entry: IndexEntry): boolean {
  switch (field) {
    case "project": {
      const key = entry.key.split("-", 1)[0] ?? "";
      return among(operator, (value) => {
        const project = call.site.project(value) ?? call.site.projects.find(({ name }) => name === value);
        return project?.key === key;
      });
    }
    case "labels":
      // Whoever has no label at all is not found by `!=` either.
      if ((operator === "!=" || operator === "not in") && entry.labels.length === 0) return false;
      return among(operator, (value) => entry.labels.includes(value));
    case "key": {
      if (operator === "=" || operator === "!=" || operator === "in" || operator === "not in") {
        return among(operator, (value) => call.site.find(value) === issue);
      }
      const other = call.site.find(values[0] ?? "");
      const isSameProject = other?.project === issue.project;
      return isSameProject && ordered(operator, numberOf(entry.key) - numberOf(other.key));
    }
    case "created":
      return ordered(operator, issue.createdAt - instantOf(call, values[0] ?? ""));
  }

  function among(how: Clause["operator"], is: (value: string) => boolean): boolean {
    if (how === "=" || how === "in") return values.some(is);
    if (how === "!=" || how === "not in") return !values.some(is);
    throw new Error(`${how} ${field} got past the check`);
  }

  function ordered(how: Clause["operator"], difference: number): boolean {
    if (how === ">") return difference > 0;
    if (how === ">=") return difference >= 0;
    if (how === "<") return difference < 0;
    if (how === "<=") return difference <= 0;
    throw new Error(`${how} ${field} got past the check`);
  }
}

/** Minutes are the smallest that JQL can say, and they are those of the account's time zone. */
function instantOf(call: Call, text: string): number {
  const relative = /^-(\d+)([mhdw])$/.exec(text);
  if (relative !== null) return call.nowMs - Number(relative[1]) * unitMs(relative[2] ?? "m");
  const date = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2}))?$/.exec(text);
  if (date === null) {
    throw refusal(400, [
      `Date value '${text}' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', ` +
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
    ]);
  }
  const [, year, month, day, hour = "0", minute = "0"] = date;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return local - call.site.zoneMinutes * 60_000;
}

function unitMs(unit: string): number {
  if (unit === "m") return 60_000;
  if (unit === "h") return 3_600_000;
  return unit === "d" ? 86_400_000 : 7 * 86_400_000;
}

function compare(query: Jql, one: JiraIssue, other: JiraIssue): number {
  for (const { field, descending } of query.order) {
    const difference =
      field === "created"
        ? one.createdAt - other.createdAt
        : one.project === other.project
          ? numberOf(one.key) - numberOf(other.key)
          : one.project.key < other.project.key
            ? -1
            : 1;
    if (difference !== 0) return descending ? -difference : difference;
  }
  return Number(other.id) - Number(one.id);
}

function numberOf(key: string): number {
  return Number(key.split("-")[1] ?? 0);
}

function tokenOf(offset: number, jql: string): string {
  return Buffer.from(`${offset}\n${jql}`).toString("base64url");
}

function offsetOf(token: string, jql: string, total: number): number {
  const [offset = "", ...rest] = Buffer.from(token, "base64url").toString("utf8").split("\n");
  if (!/^\d+$/.test(offset) || rest.join("\n") !== jql) throw refusal(400, ["The nextPageToken is not valid."]);
  return Math.min(Number(offset), total);
}

function numberIn(body: JsonObject, key: string, otherwise: number): number {
  const value = own(body, key) ?? otherwise;
  if (typeof value !== "number") throw refusal(400, [`${key} is not a number.`]);
  return value;
}
