import { ownObject, ownText, type JsonObject } from "../json.ts";
import { issueOf, refusal, type Call } from "./call.ts";
import type { JiraIssue, JiraLink, LinkType } from "./issue.ts";
import type { JiraSite } from "./site.ts";

/** A link as somebody asks for it; in `update.issuelinks` the issue itself is the side that is not named. */
export interface NewLink {
  readonly type: LinkType;
  readonly inward: JiraIssue | null;
  readonly outward: JiraIssue | null;
}

export function readLink(call: Call, given: JsonObject, sides: "both" | "one-side"): NewLink {
  const wanted = ownObject(given, "type");
  const [id, name] = [wanted && ownText(wanted, "id"), wanted && ownText(wanted, "name")];
  const type = call.site.linkTypes.find((each) => (id === null ? each.name === name : each.id === id));
  if (type === undefined) throw refusal(404, [`No issue link type with name '${String(name ?? id)}' found.`]);
  const inward = side(call, ownObject(given, "inwardIssue"));
  const outward = side(call, ownObject(given, "outwardIssue"));
  const missing = sides === "both" ? inward === null || outward === null : (inward === null) === (outward === null);
  if (missing) throw refusal(400, ["Issue linking needs both issues."]);
  return { type, inward, outward };
}

/** The same link a second time is none, and Jira says nothing of it. */
export function addLink(site: JiraSite, given: NewLink, self: JiraIssue | null, nowMs: number): void {
  const [inward, outward] = [given.inward ?? self, given.outward ?? self];
  if (inward === null || outward === null) throw new Error("a link has two ends");
  if (inward === outward) throw refusal(400, ["You cannot link an issue to itself."]);
  if (inward.links.some((each) => each.type === given.type && each.inward === inward && each.outward === outward)) {
    return;
  }
  const link: JiraLink = { id: site.nextId(), type: given.type, inward, outward };
  for (const issue of [inward, outward]) {
    issue.links.push(link);
    site.touch(issue, nowMs);
  }
}

function side(call: Call, given: JsonObject | null): JiraIssue | null {
  const name = given && (ownText(given, "id") ?? ownText(given, "key"));
  return name === null ? null : issueOf(call, name);
}
