import { z } from "zod";
import type { AlertRow } from "../core/change.ts";
import type { Reader } from "../store/queries.ts";
import { AlertDetailAnswer, AlertPageAnswer, DispositionWord } from "./alert-answers.ts";
import { storyOf } from "./alert-story.ts";
import { newestAlerts, ORIGINS_MOST } from "./newest-alerts.ts";
import { problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";
import { route } from "./route.ts";

const Since = z
  .string()
  .regex(/^\d{1,15}$/, "must be milliseconds since 1970")
  .transform(Number);

const ListQuery = z.strictObject({
  incident: Id.optional(),
  rule: Word.optional(),
  agent: Word.optional(),
  disposition: DispositionWord.optional(),
  since: Since.optional(),
  limit: Limit.default(50),
});

/** Windows that one incident took: it opened with one, and came back with others. */
const WINDOWS_LOOKED_AT = 1_000;
const STORIES_SHOWN = 20;

const absent = ({ id = "" }: Readonly<Record<string, string>>): string => `there is no alert ${id} in the ledger`;

const list = route({
  method: "GET",
  path: "/v1/alerts",
  needs: "read",
  summary: "The ledger: kept alerts and how each of them ended, newest first",
  query: ListQuery,
  answer: AlertPageAnswer,
  refusals: ["not-found"],
  async handle({ query: { incident, rule, agent, disposition, since, limit }, context }, { reader, clock }) {
    const isWanted = incident === undefined ? () => true : await concerns(incident, reader);
    const keptFrom = (await reader.retention())?.keptFrom ?? null;
    if (isWanted === null) return problem(context, "not-found", `there is no incident ${incident}`);
    const filter = { ruleId: rule, agentId: agent, disposition, sinceAt: since };
    const found = await newestAlerts(reader, clock, { filter, isWanted, limit: limit + 1 });
    const { alerts, lookedAt, isWhole } = found;
    return { alerts: alerts.slice(0, limit), more: alerts.length > limit, lookedAt, isWhole, keptFrom };
  },
});

const show = route({
  method: "GET",
  path: "/v1/alerts/:id",
  needs: "read",
  summary: "What became of one alert: who took it, into which incident, who was told, what was done",
  params: z.object({ id: Word }),
  query: z.strictObject({ origin: Word.optional() }),
  absent,
  answer: AlertDetailAnswer,
  async handle({ params: { id }, query: { origin }, context }, parts) {
    const { reader } = parts;
    const keptFrom = (await reader.retention())?.keptFrom ?? null;
    const origins = origin === undefined ? await reader.ledger.origins(ORIGINS_MOST) : [origin];
    const rows = origins.length === 0 ? [] : await reader.ledger.withId(id, { origins, limit: STORIES_SHOWN });
    if (rows.length === 0) {
      const went =
        keptFrom === null
          ? ""
          : `: what came before ${new Date(keptFrom).toISOString().slice(0, 19)}Z and is over was taken away`;
      const said = `${absent({ id })}${went}. Alerts that no policy takes are counted and not kept`;
      return problem(context, "not-found", said);
    }
    const alerts = [];
    for (const row of rows) alerts.push(await storyOf(row, parts));
    return { alerts, keptFrom };
  },
});

export const ledgerRoutes = [list, show];

/** Those that the incident is of, also by way of a window that it took; null: there is no such incident. */
async function concerns(id: number, reader: Reader): Promise<((row: AlertRow) => boolean) | null> {
  const incident = await reader.incident(id);
  if (incident === null) return null;
  const windows = await reader.ledger.windowsOf(incident, WINDOWS_LOOKED_AT);
  const fromAt = new Map(windows.map((filled) => [filled.n, filled.fromAt]));
  return ({ at, incidents, windows: countedIn = [] }) =>
    incidents.includes(id) ||
    countedIn.some(({ policy, n }) => policy === incident.policy && at >= (fromAt.get(n) ?? Infinity));
}
