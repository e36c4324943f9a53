import type { Intake } from "../ports/intake.ts";
import type { Source } from "../sources/source.ts";

/** Those of the sources that are sent to, by whose alerts they take. */
export function intakesOf(sources: readonly Source[]): ReadonlyMap<string, Intake> {
  return new Map(sources.flatMap((source) => (isIntake(source) ? [[source.sender, source] as const] : [])));
}

function isIntake(source: Source): source is Source & Intake {
  return "take" in source;
}
