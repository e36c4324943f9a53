import type { KnownAgent } from "../core/agent-facts.ts";
import { lineWithNote, readNotedLine, type AgentNote } from "../core/agent-note.ts";
import { askedApprovals } from "../core/asked-approval.ts";
import { digestedFor, digestTitle, digestWords } from "../core/digest-event.ts";
import type { Guardrails } from "../core/guardrails.ts";
import { guidanceOf } from "../core/guidance.ts";
import type { Incident } from "../core/incident.ts";
import { massWords, type MassMembers } from "../core/mass-event.ts";
import type { AlertFacts, Elsewhere, Picture } from "../core/picture.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Redactor, RedactedLine } from "../core/redact.ts";
import type { PolicyTerms } from "../core/snapshot.ts";
import type { Silence } from "../core/silence.ts";
import type { ClaimedWork } from "../store/store.ts";
import { redactAsked, redactTold } from "./redacted.ts";

/** Reads a stored line back into what a reader may want to see of it. */
export type ReadFacts = (raw: string) => AlertFacts;

/** What is shown beside the incident and its alerts, and what of them is not. */
export interface Beside {
  readonly playbook?: Playbook | null;
  readonly elsewhere?: readonly Elsewhere[];
  readonly redactor?: Redactor | null;
  readonly silence?: Silence | null;
  readonly rails?: Guardrails | undefined;
}

/** The picture as it is now: built when claimed and never stored. */
export function paint(
  claimed: Pick<ClaimedWork, "incident" | "moments" | "firstRaw" | "newestRaw" | "mass" | "responses">,
  terms: Pick<PolicyTerms, "groupBy" | "expectAction" | "respond"> | undefined,
  readFacts: ReadFacts,
  { playbook = null, elsewhere = [], redactor = null, silence = null, rails }: Beside = {},
): Picture {
  const firstLine = shownLine(claimed.firstRaw, redactor);
  const newestLine = claimed.newestRaw === null ? null : shownLine(claimed.newestRaw, redactor);
  const firstRaw = firstLine.stored;
  const newestRaw = newestLine?.stored ?? null;
  const lines = [firstLine, ...(newestLine === null ? [] : [newestLine])].flatMap(({ redacted }) => redacted);
  const group = groupOf(claimed.incident.groupKey, terms?.groupBy ?? []);
  const told = { ...claimed, group };
  const shown = redactor === null ? told : redactTold(told, redactor, lines);
  const { moments, mass } = shown;
  const incident = mass === undefined ? shown.incident : asShown(shown.incident, mass);
  // Reading a line is most of the cost of a picture, and a destination that sends it on as it is needs no more of it.
  const first = once(() => (mass === undefined ? readFacts(firstRaw) : listing(readFacts(firstRaw), incident, mass)));
  const newest = newestRaw === null || mass !== undefined ? first : once(() => readFacts(newestRaw));
  const asked = claimed.responses === undefined ? [] : askedApprovals(claimed.responses, rails);
  return {
    incident,
    group: shown.group,
    get first() {
      return first();
    },
    get newest() {
      return newest();
    },
    // The line of a mass event does not say what it stands for.
    ...(mass === undefined ? { lines: { first: firstLine.line, newest: (newestLine ?? firstLine).line } } : { mass }),
    ...(firstLine.note !== null && { agentNote: firstLine.note }),
    moments,
    ...(elsewhere.length > 0 && { elsewhere }),
    ...(silence !== null && { silenced: { id: silence.id, who: silence.who, until: silence.endsAt } }),
    ...(asked.length > 0 && { asked: redactor === null ? asked : redactAsked(asked, redactor, lines) }),
    expectsAction: terms?.expectAction !== undefined,
    ...(terms?.respond !== undefined && { responds: true }),
    ...(playbook !== null && { guidance: guidanceOf(playbook, incident, first()) }),
  };
}

interface ShownLine {
  /** As Wazuh wrote it, less what is not shown. */
  readonly line: string;
  /** The same with what was known of its agent. */
  readonly stored: string;
  readonly note: AgentNote | null;
  readonly redacted: readonly RedactedLine[];
}

/** What is known of an agent is read through the same eyes as the alert: a label is a field like others. */
function shownLine(raw: string, redactor: Redactor | null): ShownLine {
  const { line, note } = readNotedLine(raw);
  if (redactor === null) return { line, stored: raw, note, redacted: [] };
  const shown = redactor.line(line);
  if (note?.kind !== "known") {
    return { line: shown.line, stored: lineWithNote(shown.line, note), note, redacted: [shown] };
  }
  const about = redactor.line(JSON.stringify({ agent: note.agent }));
  const { agent } = JSON.parse(about.line) as { readonly agent: KnownAgent };
  const known = { ...note, agent };
  return { line: shown.line, stored: lineWithNote(shown.line, known), note: known, redacted: [shown, about] };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** What is in a digest is known when it is told. */
function asShown(incident: Incident, { members }: MassMembers): Incident {
  if (digestedFor(incident.policy) === null) return incident;
  const counted = { ...incident, count: members };
  return { ...counted, title: digestTitle(counted) };
}

/** Whoever shows an alert's log shows what the mass event stands for. */
function listing(of: AlertFacts, incident: Incident, mass: MassMembers): AlertFacts {
  const { raw: _, ...facts } = of;
  const log = digestedFor(incident.policy) === null ? massWords(incident, mass) : digestWords(incident, mass);
  return { ...facts, at: incident.firstAt, log, document: { ...facts.document, full_log: log } };
}

function groupOf(groupKey: string, groupBy: readonly string[]): Readonly<Record<string, string>> {
  const values = JSON.parse(groupKey) as (string | null)[];
  // The policy may group by other fields since; then the values stand without their names.
  const names = groupBy.length === values.length ? groupBy : values.map((_, i) => `${i + 1}`);
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
}
