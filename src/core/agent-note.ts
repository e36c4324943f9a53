// What was known of an alert's agent when the alert was judged, kept with its line: so that a message, a ticket and a
// person a week later see what the policies saw, and nobody has to ask again.
import { STALE_AFTER_MS, type AgentAnswer, type KnownAgent, type WhyUnknown } from "./agent-facts.ts";
import type { Instant } from "./time.ts";

export type AgentNote = {
  /** Fields of it that the policies which took the alert go by. */
  readonly used?: readonly string[];
} & (
  | {
      readonly kind: "known";
      readonly agent: KnownAgent;
      /** When the Wazuh API said so. */
      readonly at: Instant;
      /** How old that was when the alert was judged. */
      readonly ageMs: number;
    }
  | { readonly kind: "unknown"; readonly why: WhyUnknown }
);

/** So old by then that whoever shows it has to say so. */
export function isStale({ ageMs }: Extract<AgentNote, { kind: "known" }>): boolean {
  return ageMs > STALE_AFTER_MS;
}

/** Null: nothing is known, and nobody asked. */
export function noteOf(answer: AgentAnswer, used: readonly string[]): AgentNote | null {
  const by = used.length === 0 ? {} : { used };
  switch (answer.kind) {
    case "known": {
      const { agent, at, ageMs } = answer;
      return { kind: "known", agent, at, ageMs, ...by };
    }
    case "unknown":
      return used.length === 0 ? null : { kind: "unknown", why: answer.why, ...by };
  }
}

const BEGIN = ',"riposte_agent":{"v":1';

/**
 * The line with the note behind its last field. A line that ends in something like a note was made by somebody else,
 * and gets an empty one behind it: only what stands last is ours.
 */
export function lineWithNote(line: string, note: AgentNote | null): string {
  if (note === null && !line.includes(BEGIN)) return line;
  const end = line.lastIndexOf("}");
  const inner = note === null ? "" : `,${JSON.stringify(note).slice(1, -1)}`;
  return `${line.slice(0, end)}${BEGIN}${inner}}}`;
}

export interface NotedLine {
  /** As Wazuh wrote it. */
  readonly line: string;
  readonly note: AgentNote | null;
}

/**
 * The way back. Only a field of the root, and the last one there, reads as a note: anything deeper leaves brackets
 * open behind it, and inside of a string the quotes are escaped.
 */
export function readNotedLine(stored: string): NotedLine {
  const at = stored.lastIndexOf(BEGIN);
  if (at === -1) return { line: stored, note: null };
  const written = `{"v":1${stored.slice(at + BEGIN.length, -1)}`;
  try {
    const { v: _, ...note } = JSON.parse(written) as { readonly v: number; readonly kind?: string };
    return { line: `${stored.slice(0, at)}}`, note: note.kind === undefined ? null : (note as AgentNote) };
  } catch {
    return { line: stored, note: null };
  }
}

export function lineOf(stored: string): string {
  return readNotedLine(stored).line;
}
