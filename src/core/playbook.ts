import type { CommandPiece } from "./command-template.ts";
import type { Reference } from "./reference.ts";
import type { Shell } from "./shell-word.ts";

/** What to do about an incident, step by step, before anything of an alert is put in. Plain, and free of secrets. */
export type Playbook =
  | {
      readonly kind: "playbook";
      readonly name: string;
      readonly title: string;
      /** What stands before the first step. */
      readonly before: readonly TextPart[];
      readonly steps: readonly PlaybookStep[];
    }
  /** It is there and can't be read: whoever is told of the incident is told of that too. */
  | { readonly kind: "unreadable"; readonly name: string; readonly says: string };

export interface PlaybookStep {
  /** In the order in which they are written; the first is a text. */
  readonly parts: readonly (TextPart | CommandPart)[];
}

export interface TextPart {
  readonly kind: "text";
  readonly runs: readonly TextRun[];
}

export type TextRun =
  | { readonly kind: "text"; readonly pieces: readonly (string | Reference)[] }
  /** In backticks: with more than a reference in it, a command for `sh`. */
  | { readonly kind: "code"; readonly pieces: readonly CommandPiece[] };

export interface CommandPart {
  readonly kind: "command";
  readonly place: Place;
  readonly pieces: readonly CommandPiece[];
}

/** What of an incident never changes: a count in a playbook would have every alert write the ticket anew. */
export const PLAYBOOK_INCIDENT_FIELDS = ["id", "title", "policy"] as const;

/** Where a command is to be run. */
export type Place = "manager" | "kubernetes" | "agent" | "windows" | "workstation";

export const PLACES: Readonly<Record<Place, { readonly shell: Shell; readonly says: string }>> = {
  manager: { shell: "sh", says: "On the manager (in a cluster, its master)" },
  kubernetes: { shell: "sh", says: "The same in Kubernetes, from where kubectl works" },
  agent: { shell: "sh", says: "On the agent" },
  windows: { shell: "powershell", says: "On an agent with Windows, in PowerShell" },
  workstation: { shell: "sh", says: "On your own machine" },
};
