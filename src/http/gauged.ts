import type { Gauged } from "../observe/metrics.ts";
import type { ApiParts } from "./parts.ts";

/** The page of numbers as of now. A database that can't be read costs only what comes from it. */
export async function metricsPage(parts: ApiParts): Promise<string> {
  let gauged: Gauged | null = null;
  try {
    gauged = await gauge(parts);
  } catch (error) {
    parts.log.error({ err: error }, "the numbers of the database can't be read");
  }
  return parts.metrics.page(gauged);
}

async function gauge({ reader, sources }: ApiParts): Promise<Gauged> {
  const live = sources();
  return {
    sources: (await reader.sources()).map((row) => ({
      ...row,
      behindBytes: live[row.name]?.behindBytes ?? null,
      inTrouble: (live[row.name]?.trouble ?? null) !== null,
    })),
    incidents: await reader.incidentCounts(),
    work: await reader.workTallies(),
    lanes: await reader.lanes(),
  };
}
