import { knownAgent, withAgent, type AgentFact } from "../core/agent-facts.ts";
import { noteOf, type AgentNote } from "../core/agent-note.ts";
import { textOfField } from "../core/fields.ts";
import type { Instant } from "../core/time.ts";
import type { AgentBook } from "./agent-book.ts";
import { storable } from "./storable.ts";

type Document = Readonly<Record<string, unknown>>;

/** Lays what is known of its agent under an alert, before policies are asked about it. */
export type Enrich = (document: Document, now: Instant) => Enriched;

export interface Enriched {
  readonly document: Document;
  /** What is to be kept of it, for an alert that these policies took; null: nothing. */
  readonly note: (policies: readonly string[]) => AgentNote | null;
}

export interface EnrichOptions {
  readonly book: Pick<AgentBook, "row" | "lookedAt">;
  readonly facts: ReadonlySet<AgentFact>;
  /** The fields of agents that a policy goes by. */
  readonly usedBy: ReadonlyMap<string, readonly string[]>;
}

export function enrichFrom({ book, facts, usedBy }: EnrichOptions): Enrich {
  return (document, now) => {
    const id = textOfField({ document }, "agent.id");
    const name = textOfField({ document }, "agent.name");
    // The manager's own id is that of every node.
    const hasOwnId = id !== null && !/^0*$/.test(id);
    const answer = hasOwnId
      ? knownAgent({
          row: book.row(id),
          name: name === null ? null : storable(name),
          lookedAt: book.lookedAt,
          facts,
          now,
        })
      : ({ kind: "unknown", why: "no_agent" } as const);
    return {
      document: answer.kind === "known" ? withAgent(document, answer.agent) : document,
      note: (policies) => noteOf(answer, usedIn(policies, usedBy)),
    };
  };
}

function usedIn(policies: readonly string[], usedBy: EnrichOptions["usedBy"]): readonly string[] {
  if (usedBy.size === 0) return [];
  return [...new Set(policies.flatMap((policy) => usedBy.get(policy) ?? []))];
}
