import type { WorkState } from "../core/work.ts";
import type { Gauged } from "../observe/metrics.ts";
import type { WorkTally } from "../store/tallies.ts";
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

async function gauge({ reader, sources, secrets }: ApiParts): Promise<Gauged> {
  const live = sources();
  return {
    sources: (await reader.sources()).map((row) => ({
      ...row,
      behindBytes: live[row.name]?.behindBytes ?? null,
      inTrouble: (live[row.name]?.trouble ?? live[row.name]?.sender?.refused ?? null) !== null,
      heardAt: live[row.name]?.sender?.heardAt ?? null,
    })),
    incidents: await reader.incidentCounts(),
    work: byState(await reader.workTallies()),
    lanes: await reader.lanes(),
    retention: await reader.retention(),
    lastSeal: await reader.auditing.lastSeal(),
    secrets: (secrets?.() ?? []).map(({ field, madeAt, readAt, nextAt, trouble, refused }) => ({
      field,
      madeAt,
      readAt,
      nextAt,
      inTrouble: trouble !== null || refused !== null,
    })),
  };
}

const WAITS_FOR_NOTHING: ReadonlySet<WorkState> = new Set(["watched", "listed", "shadow", "hushed"]);

/** Reasons would multiply the series; they are for the status. */
function byState(tallies: readonly WorkTally[]): Gauged["work"] {
  const groups = Map.groupBy(tallies, ({ destination, state }) => `${destination}\n${state}`);
  return [...groups.values()].map((group) => ({
    destination: group[0]!.destination,
    state: group[0]!.state,
    count: group.reduce((sum, { count }) => sum + count, 0),
    // What is only watched is done; what is listed or shadow waits for nobody.
    oldestAt: WAITS_FOR_NOTHING.has(group[0]!.state) ? null : Math.min(...group.map(({ oldestAt }) => oldestAt)),
  }));
}
