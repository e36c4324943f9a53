import { own } from "../json.ts";
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import {
  actor,
  demand,
  issueOf,
  issueToChange,
  noContent,
  readBody,
  refusal,
  whole,
  isVisible,
  type Call,
  type Route,
} from "./call.ts";
import { addComment, readComment, readCommentBody } from "./comment-write.ts";
import { commentJson, expandOf, selfUrl } from "./issue-json.ts";
import type { JiraComment, JiraIssue } from "./issue.ts";

export const commentRoutes: readonly Route[] = [
  { method: "POST", path: "/issue/{issue}/comment", run: add },
  { method: "GET", path: "/issue/{issue}/comment", anonymous: "sees-nothing", run: listAll },
  { method: "GET", path: "/issue/{issue}/comment/{comment}", anonymous: "sees-nothing", run: read },
  { method: "PUT", path: "/issue/{issue}/comment/{comment}", run: edit },
  { method: "DELETE", path: "/issue/{issue}/comment/{comment}", run: remove },
  { method: "GET", path: "/comment/{comment}/properties", run: listProperties },
  { method: "GET", path: "/comment/{comment}/properties/{property}", run: readProperty },
  { method: "PUT", path: "/comment/{comment}/properties/{property}", run: setProperty },
  { method: "DELETE", path: "/comment/{comment}/properties/{property}", run: removeProperty },
];

function add(call: Call): VendorAnswer {
  const issue = issueToChange(call, "ADD_COMMENTS", "comment on this issue");
  const comment = addComment(call, issue, actor(call), readComment(call, readBody(call)));
  return jsonAnswer(201, commentJson(call, issue, comment, expandOf(call)));
}

function listAll(call: Call): VendorAnswer {
  const issue = issueOf(call);
  const startAt = whole(call, "startAt", 0);
  // Cloud gives a hundred to whoever does not ask for more, Data Center all.
  const maxResults = Math.min(whole(call, "maxResults", call.site.deployment === "Cloud" ? 100 : 1_048_576), 5_000);
  const orderBy = call.query.get("orderBy");
  const all = orderBy === "-created" ? issue.comments.toReversed() : issue.comments;
  const comments = all.slice(startAt, startAt + maxResults);
  return jsonAnswer(200, {
    ...(call.site.deployment === "Cloud" && { self: selfUrl(call, `issue/${issue.id}/comment`) }),
    startAt,
    maxResults,
    total: issue.comments.length,
    comments: comments.map((each) => commentJson(call, issue, each, expandOf(call))),
  });
}

function read(call: Call): VendorAnswer {
  const issue = issueOf(call);
  return jsonAnswer(200, commentJson(call, issue, commentOf(call, issue), expandOf(call)));
}

function edit(call: Call): VendorAnswer {
  const issue = issueToChange(call, "EDIT_OWN_COMMENTS", "edit this comment");
  const comment = commentOf(call, issue);
  const given = readBody(call);
  comment.body = readCommentBody(call, own(given, "body"));
  // Properties may be given without all the others being lost.
  for (const [key, value] of readComment(call, given).properties) comment.properties.set(key, value);
  comment.updatedAt = call.nowMs;
  call.site.touch(issue, call.nowMs);
  return jsonAnswer(200, commentJson(call, issue, comment, expandOf(call)));
}

function remove(call: Call): VendorAnswer {
  const issue = issueToChange(call, "DELETE_OWN_COMMENTS", "delete this comment");
  const comment = commentOf(call, issue);
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  call.site.touch(issue, call.nowMs);
  return noContent();
}

function listProperties(call: Call): VendorAnswer {
  const { comment } = anyComment(call);
  const keys = [...comment.properties.keys()].map((key) => ({ key, self: propertyUrl(call, comment, key) }));
  return jsonAnswer(200, { keys });
}

function readProperty(call: Call): VendorAnswer {
  const { comment } = anyComment(call);
  const key = propertyKey(call);
  if (!comment.properties.has(key)) throw refusal(404, [`The property '${key}' does not exist.`]);
  return jsonAnswer(200, { key, value: comment.properties.get(key) });
}

function setProperty(call: Call): VendorAnswer {
  const { comment, issue } = anyComment(call);
  demand(issue.project, "EDIT_OWN_COMMENTS", "edit this comment");
  const key = propertyKey(call);
  const isNew = !comment.properties.has(key);
  comment.properties.set(key, readJson(call));
  return jsonAnswer(isNew ? 201 : 200, {});
}

function removeProperty(call: Call): VendorAnswer {
  const { comment, issue } = anyComment(call);
  demand(issue.project, "EDIT_OWN_COMMENTS", "edit this comment");
  if (!comment.properties.delete(propertyKey(call))) throw refusal(404, ["The property does not exist."]);
  return noContent();
}

function commentOf(call: Call, issue: JiraIssue): JiraComment {
  const id = call.params["comment"] ?? "";
  const comment = issue.comments.find((each) => each.id === id);
  if (comment === undefined) throw refusal(404, [`Can not find a comment for the id: ${id}.`]);
  return comment;
}

function anyComment(call: Call): { comment: JiraComment; issue: JiraIssue } {
  const id = call.params["comment"] ?? "";
  for (const issue of call.site.issues) {
    const comment = issue.comments.find((each) => each.id === id);
    if (comment !== undefined && isVisible(call, issue)) return { comment, issue };
  }
  throw refusal(404, [`Can not find a comment for the id: ${id}.`]);
}

function propertyKey(call: Call): string {
  return call.params["property"] ?? "";
}

function propertyUrl(call: Call, comment: JiraComment, key: string): string {
  return selfUrl(call, `comment/${comment.id}/properties/${encodeURIComponent(key)}`);
}

function readJson(call: Call): unknown {
  try {
    return JSON.parse(call.request.body);
  } catch {
    throw refusal(400, ["The property value is not JSON."]);
  }
}
