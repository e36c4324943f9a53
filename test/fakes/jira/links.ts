import { ownObject } from "../json.ts";
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import { actor, demand, noContent, readBody, refusal, isVisible, type Call, type Route } from "./call.ts";
import { addComment, readComment } from "./comment-write.ts";
import { selfUrl } from "./issue-json.ts";
import { addLink, readLink } from "./link-write.ts";

export const linkRoutes: readonly Route[] = [
  { method: "POST", path: "/issueLink", run: add },
  { method: "DELETE", path: "/issueLink/{link}", run: remove },
  { method: "GET", path: "/issueLinkType", anonymous: "sees-nothing", run: types },
];

function add(call: Call): VendorAnswer {
  const body = readBody(call);
  const link = readLink(call, body, "both");
  for (const end of [link.inward, link.outward]) if (end !== null) demand(end.project, "LINK_ISSUES", "link issues");
  const said = ownObject(body, "comment");
  const comment = said === null ? null : readComment(call, said);

  addLink(call.site, link, null, call.nowMs);
  if (comment !== null && link.inward !== null) addComment(call, link.inward, actor(call), comment);
  return { status: 201, headers: {}, body: "" };
}

function remove(call: Call): VendorAnswer {
  const id = call.params["link"] ?? "";
  const link = call.site.issues.flatMap((issue) => issue.links).find((each) => each.id === id);
  if (link === undefined || !isVisible(call, link.inward)) {
    throw refusal(404, [`No issue link with id '${id}' exists.`]);
  }
  demand(link.inward.project, "LINK_ISSUES", "link issues");
  for (const issue of [link.inward, link.outward]) issue.links.splice(issue.links.indexOf(link), 1);
  return noContent();
}

function types(call: Call): VendorAnswer {
  const issueLinkTypes = call.site.linkTypes.map((type) => ({
    ...type,
    self: selfUrl(call, `issueLinkType/${type.id}`),
  }));
  return jsonAnswer(200, { issueLinkTypes });
}
