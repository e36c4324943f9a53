import type { Instant } from "../core/time.ts";

/** An agent that was disconnected when the API was asked last. */
export interface LostAgent {
  readonly id: string;
  readonly name: string;
  /** When the manager noticed. */
  readonly lostAt: Instant;
  /** `together`: it was lost before the first look, with many others, and is told of with them. */
  readonly told: "alone" | "together";
  readonly saidAt: Instant;
}

/** What is known of lost agents. Everything else can be asked for again. */
export interface AgentsCursor {
  readonly lookedAt: Instant;
  readonly lost: readonly LostAgent[];
  /** Of whom it was said that they are back although an incident of theirs goes on: by id, up to which of its alerts. */
  readonly saidBack: Readonly<Record<string, Instant>>;
}

export function writeAgentsCursor({ lookedAt, lost, saidBack }: AgentsCursor): string {
  return JSON.stringify({
    v: 1,
    lookedAt,
    // Thousands may be lost at once, and this is written at each look.
    lost: lost.map(({ id, name, lostAt, told, saidAt }) => [id, name, lostAt, told === "alone" ? 0 : 1, saidAt]),
    saidBack,
  });
}

/** Null: there is none, or none that this version can read; then it is the first look. */
export function readAgentsCursor(text: string | null): AgentsCursor | null {
  if (text === null) return null;
  try {
    const { v, lookedAt, lost, saidBack } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (v !== 1 || typeof lookedAt !== "number" || !Array.isArray(lost)) return null;
    if (typeof saidBack !== "object" || saidBack === null) return null;
    return { lookedAt, lost: lost.map(lostOf), saidBack: saidBack as AgentsCursor["saidBack"] };
  } catch {
    return null;
  }
}

function lostOf(cell: unknown): LostAgent {
  const [id, name, lostAt, together, saidAt] = cell as readonly [string, string, number, number, number];
  return { id, name, lostAt, told: together === 1 ? "together" : "alone", saidAt };
}
