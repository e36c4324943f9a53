import type { Alert } from "./alert.ts";
import type { CommandPiece } from "./command-template.ts";
import type { Incident } from "./incident.ts";
import { printOf, tickOf, type Tick } from "./handling.ts";
import { cutPlainLine, cutPlainText, grouped, plainLine } from "./plain-text.ts";
import { REDACTED } from "./redact-span.ts";
import { PLACES, type CommandPart, type Place, type Playbook, type TextPart, type TextRun } from "./playbook.ts";
import { alertValue, filtered, incidentValue, type Reference } from "./reference.ts";
import { shellWord, type Shell } from "./shell-word.ts";
import type { Snapshot } from "./snapshot.ts";

/** A playbook with an incident's values in it. Values are the attacker's text: escape all of it for where it is shown. */
export type Guidance =
  | {
      readonly kind: "guidance";
      readonly name: string;
      readonly title: string;
      readonly before: readonly GuidanceText[];
      readonly steps: readonly GuidanceStep[];
    }
  | { readonly kind: "unreadable"; readonly name: string; readonly says: string };

export interface GuidanceStep {
  readonly parts: readonly GuidancePart[];
  /** Of the playbook's step, by which it is ticked off. */
  readonly print: string;
  /** Somebody ticked it off, or took that back; absent: nobody has. */
  readonly tick?: Tick;
}

export type GuidancePart =
  | GuidanceText
  /** To be copied as it stands, or not to be shown at all: half a command is another command. */
  | { readonly kind: "command"; readonly place: Place; readonly command: string }
  /** A command into which the alert's values don't fit; it is not shown as one, so that nobody runs it. */
  | { readonly kind: "withheld"; readonly place: Place; readonly why: string; readonly wouldBe: string };

export interface GuidanceText {
  readonly kind: "text";
  readonly runs: readonly { readonly kind: "text" | "code"; readonly text: string }[];
}

/** What a reader sees in place of a value that the alert does not have. */
export const NOT_IN_ALERT = "not in this alert";

export function sayPlace(place: Place): string {
  return PLACES[place].says;
}

/** A command that is not to be run is told of in words. */
export function sayWithheld(part: Extract<GuidancePart, { readonly kind: "withheld" }>): string {
  return `${sayPlace(part.place)}: no command to copy, since ${part.why}. It would be: ${part.wouldBe}`;
}

export function sayUnreadable({ name, says }: Extract<Guidance, { readonly kind: "unreadable" }>): string {
  return `The playbook ${name} can't be read (${cutPlainLine(says, VALUE_CHARS)}). riposte check says what to do.`;
}

/** The playbook of the incident's policy as the config in force has it; null: it has none. */
export function playbookOf({ policies, playbooks }: Snapshot, policy: string): Playbook | null {
  const name = policies[policy]?.playbook;
  if (name === undefined || playbooks === undefined || !Object.hasOwn(playbooks, name)) return null;
  return playbooks[name] ?? null;
}

/** Filled in from the first alert, so that what people are told to do does not change under their hands. */
export function guidanceOf(playbook: Playbook, incident: Incident, first: Pick<Alert, "document">): Guidance {
  if (playbook.kind === "unreadable") return playbook;
  const { name, title, before, steps } = playbook;
  const values = { incident, first };
  return {
    kind: "guidance",
    name,
    title,
    before: before.map((part) => textOf(part, values)),
    steps: steps.map((step, i) => {
      const print = printOf(step);
      const tick = tickOf(incident.handling ?? {}, i + 1, print);
      const parts = step.parts.map((part) => (part.kind === "text" ? textOf(part, values) : commandOf(part, values)));
      return { parts, print, ...(tick !== undefined && { tick }) };
    }),
  };
}

interface Values {
  readonly incident: Incident;
  readonly first: Pick<Alert, "document">;
}

const VALUE_CHARS = 300;
const RUN_CHARS = 2_000;
/** What a reader can still take in at a glance, and every destination can show. */
export const COMMAND_CHARS = 3_000;

function textOf({ runs }: TextPart, values: Values): GuidanceText {
  return { kind: "text", runs: runs.map((run) => runOf(run, values)) };
}

function runOf(run: TextRun, values: Values): GuidanceText["runs"][number] {
  if (run.kind === "text") {
    const text = run.pieces.map((piece) => (typeof piece === "string" ? piece : shown(piece, values))).join("");
    return { kind: "text", text: cutPlainText(text, RUN_CHARS) };
  }
  const [only, ...more] = run.pieces;
  if (only !== undefined && typeof only !== "string" && more.length === 0)
    return { kind: "code", text: shown(only.reference, values) };
  const made = fill(run.pieces, "sh", values);
  if (made.kind === "command" && (more.length === 0 || plainLine(made.command) === made.command))
    return { kind: "code", text: made.command };
  const { why, wouldBe } =
    made.kind === "withheld"
      ? made
      : { why: "its spaces would be lost here", wouldBe: cutPlainLine(made.command, RUN_CHARS) };
  // Without the marks of code, so that nobody takes it for something to copy.
  return { kind: "text", text: `${wouldBe} (${why})` };
}

function commandOf({ place, pieces }: CommandPart, values: Values): GuidancePart {
  return { place, ...fill(pieces, PLACES[place].shell, values) };
}

type Made =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "withheld"; readonly why: string; readonly wouldBe: string };

function fill(pieces: readonly CommandPiece[], shell: Shell, values: Values): Made {
  const troubles: string[] = [];
  const words = pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const { reference, beginsWord } = piece;
    const value = valueOf(reference, values);
    // Filters may have changed how the mark looks, so the field itself is asked.
    if (value !== null && isRedacted(reference, values)) {
      troubles.push(`${reference.path} is not shown here`);
      return `‹${reference.path}›`;
    }
    const word = value === null ? null : shellWord(value, shell, beginsWord);
    if (word?.kind === "word") return word.text;
    troubles.push(word === null ? `${reference.path}: ${NOT_IN_ALERT}` : `${reference.path} ${word.why}`);
    return `‹${reference.path}›`;
  });
  const command = words.join("");
  if (command.length > COMMAND_CHARS) troubles.push(`it would have ${grouped(command.length)} characters`);
  if (troubles.length === 0) return { kind: "command", command };
  return { kind: "withheld", why: troubles.join("; "), wouldBe: cutPlainLine(command, RUN_CHARS) };
}

/** Half a value in a command is another command. */
function isRedacted({ path }: Reference, values: Values): boolean {
  return fieldText(path, values)?.includes(REDACTED) === true;
}

function shown(reference: Reference, values: Values): string {
  const value = valueOf(reference, values);
  return value === null ? `[${reference.path}: ${NOT_IN_ALERT}]` : cutPlainLine(value, VALUE_CHARS);
}

/** Null: the alert has no such field, and the playbook no other word for it. */
function valueOf({ path, filters }: Reference, values: Values): string | null {
  const value = fieldText(path, values);
  // Nothing but a default makes something out of nothing.
  const isLacking = value === null && !filters.some(({ name }) => name === "default");
  const text = isLacking ? "" : filtered(value ?? "", filters);
  return text === "" ? null : text;
}

function fieldText(path: string, { incident, first }: Values): string | null {
  return path.startsWith("incident.")
    ? incidentValue(incident, path.slice("incident.".length))
    : alertValue(first, path);
}
