import { Hono } from "hono";
import { z } from "zod";
import type { Action } from "../core/action.ts";
import { guidanceOf, playbookOf, type Guidance } from "../core/guidance.ts";
import { cutText } from "../core/plain-text.ts";
import type { Incident } from "../core/incident.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import { SEVERITIES } from "../core/severity.ts";
import type { Work } from "../core/work.ts";
import { applyCommand } from "./command.ts";
import type { ApiParts } from "./parts.ts";
import { checked, jsonOf, problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";

export interface IncidentPage {
  /** Newest first. */
  readonly incidents: readonly Incident[];
  /** For `before`, where there are older ones. */
  readonly next: number | null;
}

export interface IncidentDetail {
  readonly incident: Incident;
  /** The fields that its alerts share; numbered where the policy is gone or groups by others now. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly moments: readonly Moment[];
  /** What Wazuh's own responses did about it, the oldest first. */
  readonly actions: readonly Action[];
  readonly receipts: readonly Receipt[];
  readonly work: readonly Work[];
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  /** The first and the newest, as they were read; a long one is cut, and says so. */
  readonly alerts: readonly { readonly ordinal: number; readonly raw: string }[];
  /** What to do about it, by the playbook that its policy names now; absent: it names none. */
  readonly playbook?: Guidance;
}

const ListQuery = z.strictObject({
  state: z.enum(["unresolved", "pending", "open", "acknowledged", "resolved", "all"]).default("all"),
  policy: Word.optional(),
  severity: z.enum(SEVERITIES).optional(),
  limit: Limit.default(50),
  before: Id.optional(),
});

const Note = z.strictObject({ note: z.string().trim().min(1).max(2_000).nullish() });
const NoBody = z.strictObject({});

const ATTEMPTS_SHOWN = 50;
const ACTIONS_SHOWN = 50;
const ALERT_CHARACTERS = 64 * 1024;

export function incidentRoutes(parts: ApiParts): Hono {
  const { reader } = parts;
  const app = new Hono();

  app.get("/", async (context) => {
    const query = checked(ListQuery, context.req.query());
    if (!query.ok) return problem(context, "bad-request", query.says);
    const { limit, ...wanted } = query.value;
    const found = await reader.incidents({ ...wanted, limit: limit + 1 });
    const incidents = found.slice(0, limit);
    const next = found.length > limit ? (incidents.at(-1)?.id ?? null) : null;
    return context.json({ incidents, next } satisfies IncidentPage);
  });

  app.get("/:id", async (context) => {
    const id = checked(Id, context.req.param("id"));
    const found = id.ok ? await reader.incident(id.value) : null;
    if (found === null) return problem(context, "not-found", `there is no incident ${context.req.param("id")}`);
    const alerts = await reader.bodies(found.id);
    const detail: IncidentDetail = {
      incident: found,
      group: groupOf(found, parts.snapshot().policies[found.policy]?.groupBy ?? []),
      moments: await reader.moments(found.id),
      actions: await reader.actions(found.id, ACTIONS_SHOWN),
      receipts: await reader.receipts(found.id),
      work: await reader.works(found.id),
      attempts: await reader.attempts({ incident: found.id, limit: ATTEMPTS_SHOWN }),
      alerts: [...new Set([...alerts.slice(0, 1), ...alerts.slice(-1)])].map(({ ordinal, raw }) => ({
        ordinal,
        raw: cutText(raw, ALERT_CHARACTERS),
      })),
      ...guidanceFor(found, alerts[0]?.raw, parts),
    };
    return context.json(detail);
  });

  app.post("/:id/acknowledge", async (context) => {
    const id = checked(Id, context.req.param("id"));
    const body = checked(NoBody, await jsonOf(context));
    if (!id.ok) return problem(context, "not-found", `there is no incident ${context.req.param("id")}`);
    if (!body.ok) return problem(context, "bad-request", body.says);
    return applyCommand(context, parts, { kind: "acknowledge", incident: id.value });
  });

  app.post("/:id/resolve", async (context) => {
    const id = checked(Id, context.req.param("id"));
    const body = checked(Note, await jsonOf(context));
    if (!id.ok) return problem(context, "not-found", `there is no incident ${context.req.param("id")}`);
    if (!body.ok) return problem(context, "bad-request", body.says);
    return applyCommand(context, parts, { kind: "resolve", incident: id.value, note: body.value.note ?? null });
  });

  return app;
}

function guidanceFor(
  incident: Incident,
  firstRaw: string | undefined,
  { snapshot, readFacts }: ApiParts,
): Pick<IncidentDetail, "playbook"> {
  const playbook = playbookOf(snapshot(), incident.policy);
  if (playbook === null || firstRaw === undefined || readFacts === undefined) return {};
  return { playbook: guidanceOf(playbook, incident, readFacts(firstRaw)) };
}

function groupOf({ groupKey }: Incident, groupBy: readonly string[]): Readonly<Record<string, string | null>> {
  const values = JSON.parse(groupKey) as readonly (string | null)[];
  return Object.fromEntries(
    values.map((value, i) => [groupBy.length === values.length ? groupBy[i]! : String(i + 1), value]),
  );
}
