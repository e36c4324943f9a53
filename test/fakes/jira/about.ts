import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import { actor, issueOf, mayBrowse, projectOf, refusal, whole, type Call, type Route } from "./call.ts";
import { schemaOf } from "./createmeta.ts";
import {
  categories,
  categoryJson,
  namedJson,
  projectJson,
  statusJson,
  typeJson,
  userJson,
  selfUrl,
} from "./issue-json.ts";
import { permissions, type FieldSpec, type Permission } from "./project.ts";
import type { Status } from "./workflow.ts";

/** What can be asked about the site, the account and the projects. */
export const aboutRoutes: readonly Route[] = [
  { method: "GET", path: "/serverInfo", anonymous: "sees-nothing", run: serverInfo },
  { method: "GET", path: "/myself", run: (call) => jsonAnswer(200, userJson(call, actor(call))) },
  { method: "GET", path: "/mypermissions", anonymous: "sees-nothing", run: myPermissions },
  { method: "GET", path: "/project", anonymous: "sees-nothing", run: projects },
  { method: "GET", path: "/project/search", only: "Cloud", anonymous: "sees-nothing", run: projectPage },
  { method: "GET", path: "/project/{project}", anonymous: "sees-nothing", run: project },
  { method: "GET", path: "/project/{project}/statuses", anonymous: "sees-nothing", run: projectStatuses },
  { method: "GET", path: "/priority", run: (call) => jsonAnswer(200, all(call, "priority")) },
  { method: "GET", path: "/priority/search", run: priorityPage },
  { method: "GET", path: "/resolution", run: (call) => jsonAnswer(200, all(call, "resolution")) },
  { method: "GET", path: "/field", anonymous: "sees-nothing", run: fields },
  { method: "GET", path: "/issuetype", anonymous: "sees-nothing", run: issueTypes },
  { method: "GET", path: "/status", run: statuses },
  { method: "GET", path: "/statuscategory", run: statusCategories },
];

function serverInfo(call: Call): VendorAnswer {
  const { site } = call;
  const isCloud = site.deployment === "Cloud";
  return jsonAnswer(200, {
    baseUrl: site.url,
    version: isCloud ? "1001.0.0-SNAPSHOT" : "9.12.15",
    versionNumbers: isCloud ? [1001, 0, 0] : [9, 12, 15],
    deploymentType: site.deployment,
    buildNumber: isCloud ? 100_300 : 9_120_015,
    buildDate: site.instant(Date.UTC(2025, 10, 1)),
    serverTime: site.instant(call.nowMs),
    scmInfo: "b1f0",
    serverTitle: "Jira",
    ...(isCloud && { displayUrl: site.url, serverTimeZone: site.zoneName }),
  });
}

function myPermissions(call: Call): VendorAnswer {
  const asked = call.query.get("permissions");
  if (asked === null && call.site.deployment === "Cloud")
    throw refusal(400, ["The 'permissions' parameter is required."]);
  const wanted = asked?.split(",") ?? permissions;
  const unknown = wanted.filter((each) => !permissions.includes(each as Permission));
  if (unknown.length > 0) throw refusal(400, [`Unrecognized permission: ${unknown.join(", ")}`]);
  const granted = grantedIn(call);
  const entries = wanted.map((key, n) => [
    key,
    { id: String(n), key, name: key, type: "PROJECT", description: "", havePermission: granted.has(key as Permission) },
  ]);
  return jsonAnswer(200, { permissions: Object.fromEntries(entries) });
}

function grantedIn(call: Call): ReadonlySet<Permission> {
  if (call.user === null) return new Set();
  const issue = call.query.get("issueKey") ?? call.query.get("issueId");
  if (issue !== null) return issueOf(call, issue).project.granted;
  const named = call.query.get("projectKey") ?? call.query.get("projectId");
  if (named === null) return new Set(call.site.projects.flatMap(({ granted }) => [...granted]));
  const found = call.site.project(named);
  if (found === undefined) throw refusal(404, [`No project could be found with key '${named}'.`]);
  return found.granted;
}

function projects(call: Call): VendorAnswer {
  return jsonAnswer(
    200,
    call.site.projects.filter((each) => mayBrowse(call, each)).map((each) => projectJson(call, each)),
  );
}

function projectPage(call: Call): VendorAnswer {
  const visible = call.site.projects.filter((each) => mayBrowse(call, each));
  return valuesPage(
    call,
    visible.map((each) => projectJson(call, each)),
  );
}

function project(call: Call): VendorAnswer {
  const found = projectOf(call);
  return jsonAnswer(200, {
    ...projectJson(call, found),
    issueTypes: found.issueTypes.map((type) => typeJson(call, type)),
  });
}

function projectStatuses(call: Call): VendorAnswer {
  const found = projectOf(call);
  const known = found.workflow.statuses.map((status) => statusJson(call, status));
  return jsonAnswer(
    200,
    found.issueTypes.map(({ id, name, subtask }) => ({
      self: selfUrl(call, `issuetype/${id}`),
      id,
      name,
      subtask,
      statuses: known,
    })),
  );
}

function all(call: Call, kind: "priority" | "resolution"): readonly unknown[] {
  const named = kind === "priority" ? call.site.priorities : call.site.resolutions;
  return named.map((each) => namedJson(call, kind, each));
}

function priorityPage(call: Call): VendorAnswer {
  return valuesPage(call, all(call, "priority"));
}

function valuesPage(call: Call, values: readonly unknown[]): VendorAnswer {
  const [startAt, maxResults] = [whole(call, "startAt", 0), whole(call, "maxResults", 50)];
  const page = values.slice(startAt, startAt + maxResults);
  const isLast = startAt + page.length >= values.length;
  return jsonAnswer(200, { startAt, maxResults, total: values.length, isLast, values: page });
}

function fields(call: Call): VendorAnswer {
  const known = new Map<string, FieldSpec>();
  for (const { issueTypes: types } of call.site.projects) {
    for (const spec of types.flatMap((type) => [...type.createScreen, ...type.editScreen])) known.set(spec.id, spec);
  }
  const listed = [...known.values()].map((spec) => ({
    id: spec.id,
    key: spec.id,
    name: spec.name,
    custom: spec.id.startsWith("customfield_"),
    orderable: true,
    navigable: true,
    searchable: true,
    clauseNames: [spec.id],
    schema: schemaOf(spec),
  }));
  return jsonAnswer(200, listed);
}

function issueTypes(call: Call): VendorAnswer {
  const types = call.site.projects.filter((each) => mayBrowse(call, each)).flatMap((each) => each.issueTypes);
  const once = new Map(types.map((type) => [type.id, typeJson(call, type)]));
  return jsonAnswer(200, [...once.values()]);
}

function statuses(call: Call): VendorAnswer {
  const known = new Map<string, Status>();
  for (const { workflow } of call.site.projects) for (const status of workflow.statuses) known.set(status.id, status);
  return jsonAnswer(
    200,
    [...known.values()].map((status) => statusJson(call, status)),
  );
}

function statusCategories(call: Call): VendorAnswer {
  const keys = Object.keys(categories) as Status["category"][];
  return jsonAnswer(
    200,
    keys.map((key) => categoryJson(call, key)),
  );
}
