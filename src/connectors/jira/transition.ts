import { later, type Later, type Outcome } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { Io, Step } from "../connector.ts";
import { notWhatWasAsked, readJira } from "./client.ts";
import { arrayIn, hasList, memberOf, textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import { configuredFields } from "./configured-fields.ts";
import type { Jira } from "./deployment.ts";
import { done, readIssue, type Issue } from "./issue.ts";
import { fieldIn, named, type FieldMeta, type Meta, type NamedThing } from "./meta.ts";
import { richLine } from "./rich-text.ts";
import { isEmptyYes, writeIssue } from "./write-issue.ts";

export interface Transition extends NamedThing {
  /** The status that it leads to. */
  readonly to: string;
  readonly isToDone: boolean;
  /** On its screen. */
  readonly fields: readonly FieldMeta[];
}

export interface Wanted {
  readonly transition: string;
  readonly resolution?: string | undefined;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** Closes the ticket, unless it is closed already: by people, or by a call whose answer was lost. */
export async function resolve(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const issue = await readIssue(jira, step.anchor ?? "", config.project, io);
  if (issue.kind !== "issue") return issue;
  if (issue.isDone) return done(jira, issue, `${issue.key} is closed already${sayResolution(issue)}`);
  if (config.resolve === undefined)
    return done(jira, issue, `${issue.key} stays open: the config names no \`resolve\``);
  return transit(jira, issue, config.resolve, { key: "resolve", project: config.project }, io);
}

/** Opens it again, unless people closed it for good: what they call "Won't Fix" is not ours to reopen. */
export async function reopen(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const issue = await readIssue(jira, step.anchor ?? "", config.project, io);
  if (issue.kind !== "issue") return issue;
  if (!issue.isDone) return done(jira, issue, `${issue.key} is open already`);
  const { resolution } = issue;
  if (resolution !== null && config.respect.some((name) => isSame(name, resolution)))
    return done(jira, issue, `${issue.key} stays closed: somebody closed it as ${cutPlainLine(resolution, 80)}`);
  if (config.reopen === undefined)
    return done(jira, issue, `${issue.key} stays closed: the config names no \`reopen\``);
  return transit(jira, issue, config.reopen, { key: "reopen", project: config.project }, io);
}

export async function transit(
  jira: Jira,
  issue: Issue,
  wanted: Wanted,
  { key, project }: { readonly key: "resolve" | "reopen"; readonly project: string },
  io: Io,
): Promise<Outcome> {
  const listed = await readTransitions(jira, issue.id, io);
  if (!Array.isArray(listed)) return listed as Later;
  const transitions = listed as readonly Transition[];
  const found = transitionFor(transitions, wanted.transition);
  if (found === null) {
    const there = transitions.map(({ name }) => cutPlainLine(name, 60)).slice(0, 12);
    const says = `no transition ${cutPlainLine(wanted.transition, 80)} leads from ${issue.key}'s status ${cutPlainLine(issue.status, 60)} (there ${there.length === 0 ? "is none for this account" : `are ${there.join(", ")}`}): look at \`${key}\`, or move the ticket on by hand`;
    return later("bad_request", "work", null, says);
  }
  const screen = screenValues(jira, found, wanted);
  if (screen.missing.length > 0) {
    const names = screen.missing.map(({ name }) => cutPlainLine(name, 60)).join(", ");
    const says = `the transition ${cutPlainLine(found.name, 60)} wants ${names}: write \`${key}: { transition: …, ${screen.missing[0]?.id === "resolution" ? "resolution: Done" : "fields: { … }"} }\``;
    return later("bad_request", "work", null, says);
  }
  const body = {
    transition: { id: found.id },
    ...(Object.keys(screen.values).length === 0 ? {} : { fields: screen.values }),
  };
  const call = { method: "POST", path: `/issue/${issue.id}/transitions`, body, isDone: isEmptyYes } as const;
  const what = `asked to move ${issue.key} by ${cutPlainLine(found.name, 60)}`;
  const { answer, outcome } = await writeIssue(jira, { ...call, what, permission: "TRANSITION_ISSUES", project }, io);
  // A status that somebody changed since it was read, or a rule of the workflow: it may be another one the next time.
  if (answer?.kind === "answered" && answer.status === 400) return later("bad_request", "work", null, outcome.evidence);
  if (outcome.kind !== "done") return outcome;
  const left = screen.left.length === 0 ? "" : ` without ${screen.left.join("; ")}`;
  return done(jira, issue, `moved ${issue.key} to ${cutPlainLine(found.to, 60)}${left}`);
}

export async function readTransitions(jira: Jira, id: string, io: Io): Promise<readonly Transition[] | Later> {
  const path = `/issue/${encodeURIComponent(id)}/transitions?expand=transitions.fields`;
  const read = await readJira(io, jira, "the transitions of the ticket", { method: "GET", path });
  if (read.kind === "later") return read;
  if (read.kind === "missing") return later("destination_gone", "work", null, read.evidence);
  if (!hasList(read.json, "transitions")) return notWhatWasAsked("the transitions of the ticket");
  return arrayIn(read.json, "transitions").flatMap((value) => transitionIn(value) ?? []);
}

/** By its id or name, else by the name of the status that it leads to. */
export function transitionFor(transitions: readonly Transition[], wanted: string): Transition | null {
  return named(transitions, wanted) ?? transitions.find(({ to }) => isSame(to, wanted)) ?? null;
}

/** What the screen of the transition is to be filled in with; only what is on it may be sent. */
function screenValues(
  jira: Jira,
  { fields, name }: Transition,
  { resolution, fields: given = {} }: Wanted,
): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: readonly FieldMeta[];
  readonly left: readonly string[];
} {
  const meta: Meta = { kind: "meta", issueTypes: [], issueType: { id: "", name }, fields };
  const all = { ...given, ...(resolution === undefined ? {} : { resolution }) };
  const { values, refused } = configuredFields(all, meta, jira.isCloud, (line) => richLine(jira, line));
  const field = fields.find(({ id }) => id === "resolution");
  const usual = field?.required === true && !field.hasDefault ? (named(field.allowed ?? [], "Done") ?? null) : null;
  const whole =
    usual !== null && values["resolution"] === undefined ? { ...values, resolution: { id: usual.id } } : values;
  return {
    values: whole,
    missing: fields.filter(({ id, required, hasDefault }) => required && !hasDefault && whole[id] === undefined),
    left: refused.map(({ field: refusedField, why }) => `${refusedField} (${why})`),
  };
}

function transitionIn(value: unknown): Transition | null {
  const id = textIn(value, "id");
  const name = textIn(value, "name");
  if (id === null || name === null) return null;
  const to = memberOf(value, "to");
  const screen = memberOf(value, "fields");
  const fields = typeof screen === "object" && screen !== null ? Object.entries(screen) : [];
  return {
    id,
    name,
    to: textIn(to, "name") ?? name,
    isToDone: textIn(memberOf(to, "statusCategory"), "key") === "done",
    fields: fields.flatMap(([key, field]) => fieldIn({ key, ...(field as object) }) ?? []),
  };
}

function sayResolution({ resolution }: Issue): string {
  return resolution === null ? "" : ` as ${cutPlainLine(resolution, 80)}`;
}

/** As people write it: in any case, and with either apostrophe. */
export function isSame(one: string, other: string): boolean {
  return plainName(one) === plainName(other);
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[’ʼ]/g, "'");
}
