import { Hono } from "hono";
import { z } from "zod";
import type { QuarantineRow } from "../core/change.ts";
import { head } from "../core/plain-text.ts";
import { ordinalInSlot } from "../core/quarantine.ts";
import type { ApiParts } from "./parts.ts";
import { checked, problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";

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

const ListQuery = z.strictObject({ source: Word.optional(), limit: Limit.default(50) });

const LISTED_CHARACTERS = 200;

export function quarantineRoutes(parts: ApiParts): Hono {
  const app = new Hono();

  app.get("/", async (context) => {
    const query = checked(ListQuery, context.req.query());
    if (!query.ok) return problem(context, "bad-request", query.says);
    const { source, limit } = query.value;
    const known = await knownSources(parts);
    if (source !== undefined && !known.includes(source)) {
      return problem(context, "not-found", `there is no source ${source}`);
    }
    const found: QuarantinedLine[] = [];
    for (const name of source === undefined ? known : [source]) found.push(...(await linesOf(parts, name)));
    const newest = found.toSorted((a, b) => b.at - a.at || (a.source === b.source ? b.n - a.n : 0));
    const lines = newest.slice(0, limit).map((line) => ({ ...line, raw: beginningOf(line.raw) }));
    return context.json({ lines, more: newest.length > limit } satisfies QuarantinePage);
  });

  app.get("/:source/:n", async (context) => {
    const source = context.req.param("source");
    if (!(await knownSources(parts)).includes(source)) {
      return problem(context, "not-found", `there is no source ${source}`);
    }
    const n = checked(Id, context.req.param("n"));
    const line = n.ok ? (await linesOf(parts, source)).find((kept) => kept.n === n.value) : undefined;
    if (line === undefined) {
      const says = `line ${context.req.param("n")} of ${source} is not in quarantine: the last hundred are kept`;
      return problem(context, "not-found", says);
    }
    return context.json({ line } satisfies QuarantineDetail);
  });

  return app;
}

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
