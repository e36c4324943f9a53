import { isVisible, list, type Call } from "./call.ts";
import type { FieldValue, JiraAttachment, JiraComment, JiraIssue, JiraLink, JiraUser } from "./issue.ts";
import { inVersion } from "./rich-text.ts";
import type { JiraSite } from "./site.ts";
import type { Status } from "./workflow.ts";

type Json = Readonly<Record<string, unknown>>;

/** Which fields an answer holds; what is not navigable comes only when it is named or all is asked for. */
const notNavigable = new Set(["comment", "attachment", "environment"]);

export function issueJson(call: Call, issue: JiraIssue, wanted: readonly string[], expand: readonly string[]): Json {
  const bean = { expand: "renderedFields,names,schema,operations,editmeta,changelog", ...handle(call, issue) };
  return {
    ...bean,
    fields: fieldsJson(call, issue, wanted),
    ...(expand.includes("changelog") && { changelog: changelogJson(call, issue) }),
  };
}

export function handle(call: Call, issue: JiraIssue): Json {
  return { id: issue.id, self: selfUrl(call, `issue/${issue.id}`), key: issue.key };
}

export function selfUrl(call: Call, path: string): string {
  return `${call.site.url}/rest/api/${call.version}/${path}`;
}

export function expandOf(call: Call): readonly string[] {
  return list(call, "expand");
}

export function userJson(call: Call, user: JiraUser): Json {
  const shown = { displayName: user.displayName, emailAddress: user.email, active: true, timeZone: call.site.zoneName };
  return call.site.deployment === "Cloud"
    ? {
        self: `${call.site.url}/rest/api/${call.version}/user?accountId=${user.id}`,
        accountId: user.id,
        accountType: "atlassian",
        ...shown,
      }
    : { self: `${call.site.url}/rest/api/2/user?username=${user.id}`, name: user.id, key: user.id, ...shown };
}

export function statusJson(call: Call, status: Status): Json {
  return {
    self: selfUrl(call, `status/${status.id}`),
    name: status.name,
    id: status.id,
    description: "",
    iconUrl: `${call.site.url}/images/icons/status.png`,
    statusCategory: categoryJson(call, status.category),
  };
}

export function categoryJson(call: Call, key: Status["category"]): Json {
  const { id, name, colorName } = categories[key];
  return { self: selfUrl(call, `statuscategory/${id}`), id, key, colorName, name };
}

export const categories: Readonly<Record<Status["category"], { id: number; name: string; colorName: string }>> = {
  new: { id: 2, name: "To Do", colorName: "blue-gray" },
  indeterminate: { id: 4, name: "In Progress", colorName: "yellow" },
  done: { id: 3, name: "Done", colorName: "green" },
};

export function commentJson(call: Call, issue: JiraIssue, comment: JiraComment, expand: readonly string[]): Json {
  return {
    self: selfUrl(call, `issue/${issue.id}/comment/${comment.id}`),
    id: comment.id,
    author: userJson(call, comment.author),
    body: inVersion(comment.body, call.version),
    updateAuthor: userJson(call, comment.author),
    created: call.site.instant(comment.createdAt),
    updated: call.site.instant(comment.updatedAt),
    ...(call.site.deployment === "Cloud" && { jsdPublic: true }),
    ...(expand.includes("properties") && {
      properties: [...comment.properties].map(([key, value]) => ({ key, value })),
    }),
  };
}

export function attachmentJson(call: Call, attachment: JiraAttachment): Json {
  const { site } = call;
  return {
    self: selfUrl(call, `attachment/${attachment.id}`),
    id: attachment.id,
    filename: attachment.filename,
    author: userJson(call, attachment.author),
    created: site.instant(attachment.createdAt),
    size: attachment.sizeBytes,
    mimeType: attachment.mimeType,
    content: selfUrl(call, `attachment/content/${attachment.id}`),
  };
}

export function typeJson(call: Call, type: JiraIssue["type"]): Json {
  return {
    self: selfUrl(call, `issuetype/${type.id}`),
    id: type.id,
    description: "",
    iconUrl: `${call.site.url}/images/icons/type.png`,
    name: type.name,
    subtask: type.subtask,
  };
}

export function projectJson(call: Call, project: JiraIssue["project"]): Json {
  return {
    self: selfUrl(call, `project/${project.id}`),
    id: project.id,
    key: project.key,
    name: project.name,
    projectTypeKey: "software",
  };
}

export function namedJson(call: Call, kind: "priority" | "resolution", named: { id: string; name: string }): Json {
  const icon = kind === "priority" && { iconUrl: `${call.site.url}/images/icons/priority.svg` };
  return { self: selfUrl(call, `${kind}/${named.id}`), id: named.id, name: named.name, ...icon };
}

function fieldsJson(call: Call, issue: JiraIssue, wanted: readonly string[]): Json {
  const all = allFields(call, issue);
  const [less, more] = [wanted.filter((each) => each.startsWith("-")), wanted.filter((each) => !each.startsWith("-"))];
  const isAll = more.includes("*all");
  const isNavigable = more.includes("*navigable") || (more.length === 0 && less.length > 0);
  return Object.fromEntries(
    Object.entries(all)
      .filter(([id]) => isAll || more.includes(id) || (isNavigable && !notNavigable.has(id)))
      .filter(([id]) => !less.includes(`-${id}`))
      .map(([id, make]) => [id, make()]),
  );
}

function allFields(call: Call, issue: JiraIssue): Readonly<Record<string, () => unknown>> {
  const { site } = call;
  const given = [...issue.type.editScreen, ...issue.type.createScreen].map(
    ({ id }) => [id, () => valueJson(call, id, issue.values.get(id) ?? null)] as const,
  );
  return {
    ...Object.fromEntries(given),
    issuetype: () => typeJson(call, issue.type),
    project: () => projectJson(call, issue.project),
    status: () => statusJson(call, issue.status),
    summary: () => issue.summary,
    labels: () => issue.labels,
    priority: () => valueJson(call, "priority", issue.values.get("priority") ?? null),
    resolution: () => valueJson(call, "resolution", issue.values.get("resolution") ?? null),
    resolutiondate: () => (issue.resolvedAt === null ? null : site.instant(issue.resolvedAt)),
    // Only Cloud has it.
    ...(site.deployment === "Cloud" && { statuscategorychangedate: () => site.instant(issue.categoryAt) }),
    creator: () => userJson(call, issue.creator),
    reporter: () => valueJson(call, "reporter", issue.values.get("reporter") ?? { kind: "user", user: issue.creator }),
    created: () => site.instant(issue.createdAt),
    updated: () => site.instant(issue.updatedAt),
    issuelinks: () => issue.links.flatMap((link) => linkJson(call, issue, link)),
    attachment: () => issue.attachments.map((each) => attachmentJson(call, each)),
    comment: () => ({
      comments: issue.comments.map((each) => commentJson(call, issue, each, [])),
      self: selfUrl(call, `issue/${issue.id}/comment`),
      maxResults: issue.comments.length,
      total: issue.comments.length,
      startAt: 0,
    }),
  };
}

function valueJson(call: Call, field: string, value: FieldValue): unknown {
  if (value === null || typeof value !== "object" || !("kind" in value)) return value;
  switch (value.kind) {
    case "rich":
      return inVersion(value.text, call.version);
    case "named":
      return namedJson(call, field === "priority" ? "priority" : "resolution", value.named);
    case "option":
      return { self: selfUrl(call, `customFieldOption/${value.option.id}`), ...value.option };
    case "options":
      return value.options.map((option) =>
        field === "components" ? { id: option.id, name: option.value } : { id: option.id, value: option.value },
      );
    case "user":
      return userJson(call, value.user);
  }
}

/** A link to what we may not see is left out. */
function linkJson(call: Call, issue: JiraIssue, link: JiraLink): Json[] {
  const isSource = link.inward === issue;
  const other = isSource ? link.outward : link.inward;
  if (!isVisible(call, other)) return [];
  const shown = {
    ...handle(call, other),
    fields: { summary: other.summary, status: statusJson(call, other.status), issuetype: typeJson(call, other.type) },
  };
  return [
    {
      id: link.id,
      self: selfUrl(call, `issueLink/${link.id}`),
      type: { ...link.type, self: selfUrl(call, `issueLinkType/${link.type.id}`) },
      ...(isSource ? { outwardIssue: shown } : { inwardIssue: shown }),
    },
  ];
}

function changelogJson(call: Call, issue: JiraIssue): Json {
  const histories = issue.changelog.map((change, n) => ({
    id: String(n + 1),
    author: userJson(call, change.by),
    created: call.site.instant(change.at),
    items: [{ field: change.field, fieldtype: "jira", fromString: change.from, toString: change.to }],
  }));
  return { startAt: 0, maxResults: histories.length, total: histories.length, histories };
}

/** What makes the answers of a site of one kind differ from the other's where both list in pages. */
export function pageJson(
  site: JiraSite,
  name: string,
  all: readonly unknown[],
  startAt: number,
  maxResults: number,
): Json {
  const items = all.slice(startAt, startAt + maxResults);
  const page = { startAt, maxResults, total: all.length };
  return site.deployment === "Cloud"
    ? { ...page, [name]: items }
    : { ...page, isLast: startAt + items.length >= all.length, values: items };
}
