import { ownObject, ownText } from "../json.ts";
import { jsonAnswer, type VendorAnswer } from "../vendor.ts";
import { actor, issueOf, issueToChange, noContent, readBody, refusal, type Call, type Route } from "./call.ts";
import { fieldMeta } from "./createmeta.ts";
import { readWrite, type Write } from "./field-write.ts";
import { expandOf, statusJson } from "./issue-json.ts";
import type { FieldValue, JiraIssue, JiraUser } from "./issue.ts";
import { apply, applyRest } from "./issues.ts";
import type { FieldSpec } from "./project.ts";
import type { JiraSite } from "./site.ts";
import { statusNamed, transitionsFrom, type Transition } from "./workflow.ts";

export const transitionRoutes: readonly Route[] = [
  { method: "GET", path: "/issue/{issue}/transitions", anonymous: "sees-nothing", run: listAll },
  { method: "POST", path: "/issue/{issue}/transitions", run: make },
];

function listAll(call: Call): VendorAnswer {
  const issue = issueOf(call);
  const only = call.query.get("transitionId");
  const withFields = expandOf(call).includes("transitions.fields");
  // Without the permission there is nothing to choose from, and no word about why.
  const may = issue.project.granted.has("TRANSITION_ISSUES") && !issue.archived;
  const transitions = (may ? transitionsFrom(issue.project.workflow, issue.status) : [])
    .filter(({ id }) => only === null || id === only)
    .map((transition) => ({
      id: transition.id,
      name: transition.name,
      to: statusJson(call, statusNamed(issue.project.workflow, transition.to)),
      ...(call.site.deployment === "Cloud" && {
        hasScreen: transition.screen.length > 0,
        isGlobal: transition.from === null,
        isInitial: false,
        isAvailable: true,
        isConditional: false,
        isLooped: false,
      }),
      ...(withFields && { fields: screenMeta(call, issue, transition) }),
    }));
  return jsonAnswer(200, { expand: "transitions", transitions });
}

function make(call: Call): VendorAnswer {
  const issue = issueToChange(call, "TRANSITION_ISSUES", "transition this issue");
  const body = readBody(call);
  const wanted = ownObject(body, "transition");
  const id = wanted && ownText(wanted, "id");
  if (id === null) throw refusal(400, ["Missing 'transition' identifier"]);
  const transition = transitionsFrom(issue.project.workflow, issue.status).find((each) => each.id === id);
  if (transition === undefined) throw refusal(400, [`Transition id '${id}' is not valid for this issue.`]);

  const screen = screenOf(issue, transition);
  const write = readWrite(call, screen, body, issue);
  for (const spec of screen) {
    if (spec.required === true && !write.values.has(spec.id) && !issue.values.has(spec.id)) {
      throw refusal(400, [], { [spec.id]: `${spec.name} is required.` });
    }
  }
  passThrough(call.site, issue, transition, write, actor(call), call.nowMs);
  applyRest(call, issue, write);
  return noContent();
}

export function passThrough(
  site: JiraSite,
  issue: JiraIssue,
  transition: Transition,
  write: Pick<Write, "values">,
  by: JiraUser,
  at: number,
): void {
  const { name: from, category } = issue.status;
  issue.status = statusNamed(issue.project.workflow, transition.to);
  if (issue.status.category !== category) issue.categoryAt = at;
  if (from !== issue.status.name) {
    issue.changelog.push({ at, by, field: "status", from, to: issue.status.name });
  }
  const values = new Map(write.values);
  const resolution = resolutionBy(site, transition);
  if (resolution === null || (resolution !== undefined && !values.has("resolution"))) {
    values.set("resolution", resolution);
  }
  apply(site, issue, { values }, by, at);
  issue.resolvedAt = issue.resolution === null ? null : (issue.resolvedAt ?? at);
}

function resolutionBy(site: JiraSite, { resolution: name }: Transition): FieldValue | undefined {
  if (name === null || name === undefined) return name;
  const named = site.resolutions.find((each) => each.name === name);
  if (named === undefined) throw new Error(`a transition sets the resolution ${name}, which there is not`);
  return { kind: "named", named };
}

function screenOf(issue: JiraIssue, transition: Transition): readonly FieldSpec[] {
  return transition.screen.map(({ field, required }): FieldSpec => {
    if (field === "resolution") return { id: "resolution", name: "Resolution", type: "resolution", required };
    const spec = issue.type.editScreen.find((each) => each.id === field);
    if (spec === undefined) throw new Error(`the screen of ${transition.name} has ${field}, which the type has not`);
    return { ...spec, required };
  });
}

function screenMeta(call: Call, issue: JiraIssue, transition: Transition): Record<string, unknown> {
  return Object.fromEntries(
    screenOf(issue, transition).map((spec) => {
      const { fieldId: _, ...meta } = fieldMeta(call, spec);
      return [spec.id, meta];
    }),
  );
}
