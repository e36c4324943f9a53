import { shownAgentFacts } from "../core/agent-facts-shown.ts";
import type { AgentNote } from "../core/agent-note.ts";
import type { Incident } from "../core/incident.ts";
import type { Moment } from "../core/moments.ts";
import type { Picture } from "../core/picture.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Severity } from "../core/severity.ts";
import type { Instant } from "../core/time.ts";

/** The moments that a destination which can only add has still to tell, in order. */
export function untoldMoments(picture: Picture, receipt: Receipt | null): readonly Moment[] {
  const told = receipt?.momentsTold ?? 0;
  return picture.moments.filter(({ n }) => n > told);
}

/** What happened, for a reader: `Resolved by alice: disk replaced`. Names and texts in it are as they came. */
export function sayMoment(moment: Moment): string {
  const by = moment.by === null ? "" : ` by ${moment.by}`;
  const text = moment.text === null ? "" : `: ${moment.text}`;
  return `${wordOf(moment)}${by}${text}`;
}

/**
 * What there is to say of Wazuh's own response beside what the moments tell: nothing where it did something, or where
 * none is expected.
 */
export function sayNoResponse({ expectsAction, responds, moments }: Picture): string | null {
  if (expectsAction !== true || moments.some(({ kind }) => kind === "action")) return null;
  if (responds === true) return "Riposte is to answer this, and what came of that is not known yet";
  return "Wazuh was to answer this, and nothing of that has been seen yet";
}

/** What its count counts. */
export function countedIn({ mass }: Picture): "Alerts" | "Incidents" {
  return mass === undefined ? "Alerts" : "Incidents";
}

/** Which of them a message is headed by: a response stands beside what it answers, and a note beside what it is of. */
export function leadingMoment(told: readonly Moment[]): Moment | undefined {
  return told.findLast(({ kind }) => kind !== "action" && kind !== "note") ?? told.at(-1);
}

/** The same in a word or three, to stand before the incident's title; a new incident is named by its severity. */
export function leadOf(moment: Moment, incident: Incident): string {
  return moment.kind === "opened" ? capital(incident.severity) : wordOf(moment);
}

function wordOf(moment: Moment): string {
  switch (moment.kind) {
    case "opened":
      return "Opened";
    case "escalated":
      return `Escalated to ${moment.severity}`;
    case "reopened":
      return "Reopened";
    case "repeated":
      return "Still open";
    case "unanswered":
      return "Unanswered";
    case "acknowledged":
      return "Acknowledged";
    case "note":
      return "Note";
    case "action":
      return "Response";
    case "resolved":
      return "Resolved";
  }
}

export function capital(word: Severity): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** `2026-08-20 09:00:14 UTC`. An alert may claim any time, also one that no calendar has. */
export function utcText(at: Instant): string {
  return (
    isoText(at)
      ?.replace("T", " ")
      .replace(/\.\d+Z$/, " UTC") ?? "an unknown time"
  );
}

export function isoText(at: Instant): string | null {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : null;
}

/** `web, linux · Ubuntu 24.04 (as of …)`: what is known of the agent beside its name; null: nothing. */
export function agentWords(note: AgentNote | undefined): string | null {
  const facts = shownAgentFacts(note);
  if (facts === null) return null;
  const { groups, system, node } = facts;
  const parts = [groups === null ? null : `group ${groups}`, system, node === null ? null : `node ${node}`];
  return `${parts.filter((part) => part !== null).join(" · ")}${asOfWords(facts.asOf)}`;
}

/** Said where nobody has asked for a while. */
export function asOfWords(asOf: number | null): string {
  return asOf === null ? "" : ` (as of ${utcText(asOf)})`;
}
