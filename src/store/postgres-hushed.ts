import { HUSHED_A_TURN, type Facts, type Need } from "../core/need.ts";
import { placeOfHushed } from "./facts.ts";
import { all, type Question } from "./postgres-session.ts";
import { numberArray } from "./postgres-values.ts";
import { silenceOf, workOf, type Row } from "./rows.ts";
import { toText } from "./text.ts";

type Ask = (
  name: "hushed" | "silences" | "allSilences" | "silenceCount",
  ...values: Question["values"]
) => Promise<Row[]>;

/** What says why something is not told; nobody pays a journey for it who does not ask. */
export async function askForHushed(
  ask: Ask,
  { hushed, silences }: Need,
): Promise<Pick<Facts, "hushed" | "silences" | "silenceCount">> {
  const rows = await all(
    hushed.map(({ destination, reason, after }) =>
      ask("hushed", toText(destination), ...placeOfHushed(reason, after), HUSHED_A_TURN),
    ),
  );
  const works = hushed.length === 0 ? {} : { hushed: rows.flat().map(workOf) };
  if (silences !== "all" && silences.size === 0) return works;
  const [found, [count]] = await all([
    silences === "all" ? ask("allSilences") : ask("silences", numberArray([...silences])),
    ask("silenceCount"),
  ]);
  return { ...works, silences: found.map(silenceOf), silenceCount: count![0] as number };
}
