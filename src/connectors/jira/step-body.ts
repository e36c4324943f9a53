import type { Block } from "./document.ts";

/** What a step carries from the plan to the call: nothing yet that depends on which Jira it is for. */
export interface NewTicket {
  readonly incident: number;
  readonly summary: string;
  readonly blocks: readonly Block[];
  /** `riposte` and the mark are the first of them. */
  readonly labels: readonly string[];
  readonly priority: string | null;
  /** As the config names them, with their references filled in. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TicketText {
  readonly incident: number;
  /** Of the ticket's making, for where its labels were refused. */
  readonly mark: string;
  readonly summary: string;
  readonly blocks: readonly Block[];
  /** Null: as it is over there. */
  readonly priority: string | null;
}

export interface NewComment {
  readonly incident: number;
  readonly blocks: readonly Block[];
}

export interface NewFile {
  readonly incident: number;
  readonly fileName: string;
  readonly contentType: string;
  readonly text: string;
}

export interface TwinStep {
  readonly incident: number;
  /** `10012`: a ticket; `10012:marked`: one that is only still to be closed; `10012/comment/2001`: a comment, or so a file. */
  readonly twin: string;
}

export interface PlainStep {
  readonly incident: number;
}

export function bodyOf<Body>(text: string): Body {
  return JSON.parse(text) as Body;
}
