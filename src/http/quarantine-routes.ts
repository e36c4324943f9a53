import { z } from "zod";
import type { QuarantineRow } from "../core/change.ts";
import { head } from "../core/plain-text.ts";
import { ordinalInSlot } from "../core/quarantine.ts";
import { InstantMs, QuarantineWhy } from "./answers.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";
import { route } from "./route.ts";

/** A line that could not be read as an alert. */
export interface QuarantinedLine extends Pick<QuarantineRow, "source" | "at" | "why" | "raw"> {
  /** Which of the source's malformed lines it is, from 1. */
  readonly n: number;
}

export interface QuarantinePage {
  /** Newest first; of a long one the beginning. */
  readonly lines: readonly QuarantinedLine[];
  readonly more: boolean;
}

export interface QuarantineDetail {
  readonly line: QuarantinedLine;
}

const LineAnswer: z.ZodType<QuarantinedLine> = z
  .strictObject({ source: z.string(), n: z.int().min(1), at: InstantMs, why: QuarantineWhy, raw: z.string() })
  .meta({ id: "QuarantinedLine" });

const PageAnswer: z.ZodType<QuarantinePage> = z.strictObject({ lines: z.array(LineAnswer), more: z.boolean() });
const DetailAnswer: z.ZodType<QuarantineDetail> = z.strictObject({ line: LineAnswer });

const ListQuery = z.strictObject({ source: Word.optional(), limit: Limit.default(50) });

const LISTED_CHARACTERS = 200;

const absent = ({ source = "", n = "" }: Readonly<Record<string, string>>): string =>
  `line ${n} of ${source} is not in quarantine: the last hundred are kept`;

const list = route({
  method: "GET",
  path: "/v1/quarantine",
  needs: "read",
  summary: "Lines that could not be read as alerts, newest first",
  query: ListQuery,
  answer: PageAnswer,
  refusals: ["not-found"],
  async handle({ query: { source, limit }, context }, parts) {
    const known = await knownSources(parts);
    if (source !== undefined && !known.includes(source)) {
      return problem(context, "not-found", `there is no source ${source}`);
    }
    const found: QuarantinedLine[] = [];
    for (const name of source === undefined ? known : [source]) found.push(...(await linesOf(parts, name)));
    const newest = found.toSorted((a, b) => b.at - a.at || (a.source === b.source ? b.n - a.n : 0));
    const lines = newest.slice(0, limit).map((line) => ({ ...line, raw: beginningOf(line.raw) }));
    return { lines, more: newest.length > limit };
  },
});

const show = route({
  method: "GET",
  path: "/v1/quarantine/:source/:n",
  needs: "read",
  summary: "One such line, whole",
  params: z.object({ source: Word, n: Id }),
  absent,
  answer: DetailAnswer,
  async handle({ params: { source, n }, context }, parts) {
    if (!(await knownSources(parts)).includes(source)) {
      return problem(context, "not-found", `there is no source ${source}`);
    }
    const line = (await linesOf(parts, source)).find((kept) => kept.n === n);
    if (line === undefined) {
      return problem(context, "not-found", absent({ source, n: String(n) }));
    }
    return { line };
  },
});

export const quarantineRoutes = [list, show];

/** How long the line was is not known any more: of a very long one only a part was kept. */
function beginningOf(raw: string): string {
  return raw.length <= LISTED_CHARACTERS ? raw : `${head(raw, LISTED_CHARACTERS - 2)} …`;
}

async function knownSources({ reader, sources }: ApiParts): Promise<readonly string[]> {
  const rows = await reader.sources();
  return [...new Set([...Object.keys(sources()), ...rows.map(({ name }) => name)])].toSorted();
}

const TRIES = 5;

/** Newest first. */
async function linesOf({ reader }: ApiParts, source: string): Promise<readonly QuarantinedLine[]> {
  for (let tries = 1; ; tries += 1) {
    const malformed = await malformedOf(reader, source);
    const rows = await reader.quarantine(source);
    // More came in between, and a slot may hold another line than the count says.
    if (tries < TRIES && (await malformedOf(reader, source)) !== malformed) continue;
    return rows
      .flatMap(({ slot, at, why, raw }): readonly QuarantinedLine[] => {
        const n = ordinalInSlot(slot, malformed);
        return n === null ? [] : [{ source, n, at, why, raw }];
      })
      .toSorted((a, b) => b.n - a.n);
  }
}

async function malformedOf(reader: ApiParts["reader"], source: string): Promise<number> {
  return (await reader.sources()).find(({ name }) => name === source)?.malformed ?? 0;
}
