import { readNotedLine, type AgentNote } from "../core/agent-note.ts";
import { z } from "zod";
import type { Action } from "../core/action.ts";
import { digestedFor, type ToldIn } from "../core/digest-event.ts";
import { guidanceOf, playbookOf, type Guidance } from "../core/guidance.ts";
import { cutText } from "../core/plain-text.ts";
import type { Incident } from "../core/incident.ts";
import type { Mass } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import { isUnanswered, type Reminder } from "../core/rhythm.ts";
import { SEVERITIES } from "../core/severity.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Work } from "../core/work.ts";
import { AgentNoteAnswer } from "./agent-answer.ts";
import {
  ActionAnswer,
  AttemptAnswer,
  IncidentAnswer,
  MassAnswer,
  MomentAnswer,
  ReceiptAnswer,
  WorkAnswer,
} from "./answers.ts";
import { GuidanceAnswer } from "./guidance-answer.ts";
import { applyCommand, COMMAND_REFUSALS, CommandAnswer } from "./command.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";
import { ReminderAnswer, ToldInAnswer } from "./rhythm-answers.ts";
import { route } from "./route.ts";

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
  /** It is a mass event, and how many it stands for. */
  readonly mass?: Mass;
  /** In which digests it is told; absent: in none. */
  readonly toldIn?: readonly ToldIn[];
  /** When it is told again, or others are, unless somebody acknowledges it by then; absent: never. */
  readonly reminders?: readonly Reminder[];
  readonly moments: readonly Moment[];
  /** What Wazuh's own responses did about it, the oldest first. */
  readonly actions: readonly Action[];
  readonly receipts: readonly Receipt[];
  /** Destinations of which a call back is awaited: they have it, and have not said what became of it. */
  readonly awaited: readonly string[];
  readonly work: readonly Work[];
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  /** The first and the newest, as they were read; a long one is cut, and says so. */
  readonly alerts: readonly { readonly ordinal: number; readonly raw: string; readonly agent?: AgentNote }[];
  /** What to do about it, by the playbook that its policy names now; absent: it names none. */
  readonly playbook?: Guidance;
}

const PageAnswer: z.ZodType<IncidentPage> = z.strictObject({
  incidents: z.array(IncidentAnswer),
  next: z.int().nullable().meta({ description: "For `before`, where there are older ones." }),
});

const DetailAnswer: z.ZodType<IncidentDetail> = z.strictObject({
  incident: IncidentAnswer,
  group: z.record(z.string(), z.string().nullable()),
  mass: MassAnswer.exactOptional(),
  toldIn: z.array(ToldInAnswer).exactOptional(),
  reminders: z.array(ReminderAnswer).exactOptional(),
  moments: z.array(MomentAnswer),
  actions: z.array(ActionAnswer),
  receipts: z.array(ReceiptAnswer),
  awaited: z.array(z.string()),
  work: z.array(WorkAnswer),
  attempts: z.array(AttemptAnswer),
  alerts: z.array(z.strictObject({ ordinal: z.int(), raw: z.string(), agent: AgentNoteAnswer.exactOptional() })),
  playbook: GuidanceAnswer.exactOptional(),
});

const ListQuery = z.strictObject({
  state: z.enum(["unresolved", "pending", "open", "acknowledged", "resolved", "all"]).default("all"),
  policy: Word.optional(),
  told_in: Id.optional(),
  severity: z.enum(SEVERITIES).optional(),
  limit: Limit.default(50),
  before: Id.optional(),
});

const Note = z.strictObject({ note: z.string().trim().min(1).max(2_000).nullish() });
const NoBody = z.strictObject({});

/** More than a playbook may have. */
const MOST_STEPS = 99;
const ATTEMPTS_SHOWN = 50;
const ACTIONS_SHOWN = 50;
const ALERT_CHARACTERS = 64 * 1024;

const One = z.object({ id: Id });
const absent = ({ id = "" }: Readonly<Record<string, string>>): string => `there is no incident ${id}`;

const list = route({
  method: "GET",
  path: "/v1/incidents",
  needs: "read",
  summary: "Incidents, newest first",
  query: ListQuery,
  answer: PageAnswer,
  async handle({ query: { limit, told_in: toldIn, ...wanted } }, { reader }) {
    const home = toldIn === undefined ? null : await reader.incident(toldIn);
    const isDigest = home !== null && digestedFor(home.policy) !== null;
    const where = isDigest ? { inDigest: toldIn } : { toldIn };
    const found = await reader.incidents({ ...wanted, ...where, limit: limit + 1 });
    const incidents = found.slice(0, limit);
    return { incidents, next: found.length > limit ? (incidents.at(-1)?.id ?? null) : null };
  },
});

const show = route({
  method: "GET",
  path: "/v1/incidents/:id",
  needs: "read",
  summary: "One incident with all that is known of it",
  params: One,
  absent,
  answer: DetailAnswer,
  async handle({ params: { id }, context }, parts) {
    const { reader } = parts;
    const found = await reader.incident(id);
    if (found === null) return problem(context, "not-found", absent({ id: String(id) }));
    const alerts = await reader.bodies(id);
    const receipts = await reader.receipts(id);
    const mass = await reader.mass(id);
    const toldIn = await reader.toldIn(id);
    const reminders = isUnanswered(found) ? await reader.reminders(id) : [];
    return {
      incident: found,
      group: groupOf(found, parts.snapshot().policies[found.policy]?.groupBy ?? []),
      ...(mass !== null && { mass }),
      ...(toldIn.length > 0 && { toldIn }),
      ...(reminders.length > 0 && { reminders }),
      moments: await reader.moments(id),
      actions: await reader.actions(id, ACTIONS_SHOWN),
      receipts,
      awaited: awaitedOf(receipts, parts.snapshot()),
      work: await reader.works(id),
      attempts: await reader.attempts({ incident: id, limit: ATTEMPTS_SHOWN }),
      alerts: [...new Set([...alerts.slice(0, 1), ...alerts.slice(-1)])].map(({ ordinal, raw }) => {
        const { line, note } = readNotedLine(raw);
        return { ordinal, raw: cutText(line, ALERT_CHARACTERS), ...(note !== null && { agent: note }) };
      }),
      ...guidanceFor(found, alerts[0]?.raw, parts),
    };
  },
});

const acknowledge = route({
  method: "POST",
  path: "/v1/incidents/:id/acknowledge",
  needs: "act",
  summary: "Say that somebody is on it",
  params: One,
  absent,
  body: NoBody,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, context }, parts) => applyCommand(context, parts, { kind: "acknowledge", incident: id }),
});

const resolve = route({
  method: "POST",
  path: "/v1/incidents/:id/resolve",
  needs: "act",
  summary: "Say that it is over",
  params: One,
  absent,
  body: Note,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, body: { note }, context }, parts) =>
    applyCommand(context, parts, { kind: "resolve", incident: id, note: note ?? null }),
});

const tick = route({
  method: "POST",
  path: "/v1/incidents/:id/tick",
  needs: "act",
  summary: "Say that a step of its playbook is done, or is not after all",
  params: One,
  absent,
  body: z.strictObject({ step: z.int().min(1).max(MOST_STEPS), done: z.boolean().default(true) }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, body: { step, done }, context }, parts) =>
    applyCommand(context, parts, { kind: "tick_step", incident: id, step, print: null, isDone: done }),
});

const assign = route({
  method: "POST",
  path: "/v1/incidents/:id/assign",
  needs: "act",
  summary: "Say who has it",
  params: One,
  absent,
  body: z.strictObject({
    to: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .nullable()
      .optional()
      .meta({ description: "Null: nobody. Absent: whoever asks." }),
  }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle({ params: { id }, body: { to }, context }, parts) {
    const name = to === undefined ? context.get("caller").name : to;
    return applyCommand(context, parts, { kind: "assign", incident: id, to: name });
  },
});

export const incidentRoutes = [list, show, acknowledge, resolve, tick, assign];

function guidanceFor(
  incident: Incident,
  firstRaw: string | undefined,
  { snapshot, readFacts }: ApiParts,
): Pick<IncidentDetail, "playbook"> {
  const playbook = playbookOf(snapshot(), incident.policy);
  if (playbook === null || firstRaw === undefined || readFacts === undefined) return {};
  return { playbook: guidanceOf(playbook, incident, readFacts(firstRaw)) };
}

export function awaitedOf(receipts: readonly Receipt[], { destinations }: Snapshot): readonly string[] {
  return receipts
    .filter(({ destination, remote }) => destinations[destination]?.callsBack === true && remote.anchor === null)
    .map(({ destination }) => destination);
}

function groupOf({ groupKey }: Incident, groupBy: readonly string[]): Readonly<Record<string, string | null>> {
  const values = JSON.parse(groupKey) as readonly (string | null)[];
  return Object.fromEntries(
    values.map((value, i) => [groupBy.length === values.length ? groupBy[i]! : String(i + 1), value]),
  );
}
