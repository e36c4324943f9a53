import { isJsonObject, own, ownList, ownText, type JsonObject } from "../json.ts";
import { refusal, type Call } from "./call.ts";
import type { JiraComment, JiraIssue, JiraUser } from "./issue.ts";
import { documentFault, isDocument, maxTextChars, plainText, type RichText } from "./rich-text.ts";

export interface NewComment {
  readonly body: RichText;
  readonly properties: ReadonlyMap<string, unknown>;
}

// JSON of an entity property may have this many characters.
const maxPropertyChars = 32_768;

export function readComment(call: Call, given: JsonObject): NewComment {
  const body = readCommentBody(call, own(given, "body"));
  const properties = new Map<string, unknown>();
  for (const each of ownList(given, "properties")) {
    const key = isJsonObject(each) ? ownText(each, "key") : null;
    if (!isJsonObject(each) || key === null || key === "" || key.length > 255) {
      throw refusal(400, ["The property key must be non-empty and at most 255 characters."]);
    }
    const value = own(each, "value");
    if (value === undefined || JSON.stringify(value).length > maxPropertyChars) {
      throw refusal(400, ["The property value is missing or too long."]);
    }
    properties.set(key, value);
  }
  return { body, properties };
}

export function readCommentBody(call: Call, given: unknown): RichText {
  const cloud = call.version === 3;
  if (given === undefined || given === null || given === "") {
    throw refusal(400, [], { comment: "Comment body can not be empty!" });
  }
  if (!cloud) {
    if (typeof given !== "string") throw refusal(400, ["Can not deserialize the comment's body: it is not a string."]);
    if (given.length > maxTextChars) throw refusal(400, [], { comment: tooLongText });
    return { kind: "wiki", text: given };
  }
  if (!isDocument(given)) {
    throw refusal(400, [], { comment: "Comment body is not valid!" });
  }
  if (documentFault(given) !== null) throw refusal(400, [], { comment: "INVALID_INPUT" });
  const text: RichText = { kind: "document", document: given };
  if (plainText(text).length > maxTextChars) throw refusal(400, [], { comment: "CONTENT_LIMIT_EXCEEDED" });
  return text;
}

export function addComment(call: Call, issue: JiraIssue, author: JiraUser, given: NewComment): JiraComment {
  const comment: JiraComment = {
    id: call.site.nextId(),
    author,
    body: given.body,
    createdAt: call.nowMs,
    updatedAt: call.nowMs,
    properties: new Map(given.properties),
  };
  issue.comments.push(comment);
  call.site.touch(issue, call.nowMs);
  return comment;
}

const tooLongText = "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";
