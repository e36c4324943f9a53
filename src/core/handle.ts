import type { Context } from "./context.ts";
import { playbookOf } from "./guidance.ts";
import { printOf, tickOf, type Handling, type Tick } from "./handling.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import type { Command, CommandInput, Result } from "./input.ts";
import { cutPlainLine } from "./plain-text.ts";
import { publish } from "./tell.ts";
import type { View } from "./view.ts";

type Asked<Kind extends Command["kind"]> = Extract<Command, { readonly kind: Kind }>;

/** Longer names than anybody has; what is shown of one is one line. */
const NAME_CHARACTERS = 120;

/** A step of the incident's playbook is done, or is not after all. */
export function tickStep(view: View, input: CommandInput, asked: Asked<"tick_step">, context: Context): Result {
  const incident = unresolvedOf(view, input, asked.incident);
  if (typeof incident === "string") return refuse(incident);
  const { step: n, isDone } = asked;
  const playbook = playbookOf(context.snapshot, incident.policy);
  if (playbook === null) return refuse(`the policy of incident #${incident.id} names no playbook`);
  if (playbook.kind === "unreadable") return refuse(`the playbook ${playbook.name} can't be read`);
  const step = playbook.steps[n - 1];
  if (step === undefined) return refuse(`the playbook ${playbook.name} has ${playbook.steps.length} steps`);
  const print = printOf(step);
  if (asked.print !== null && asked.print !== print) return refuse(`step ${n} of the playbook says something else now`);
  const before = tickOf(incident.handling ?? {}, n, print);
  const changes = before?.changes ?? 0;
  if ((before?.isDone ?? false) === isDone) {
    return refuse(
      isDone ? `step ${n} is ticked off already, by ${before?.by ?? "somebody"}` : `step ${n} is not ticked off`,
    );
  }
  if (asked.ifChanges !== undefined && asked.ifChanges !== changes) return refuse(`step ${n} was changed since`);
  view.putAudit({
    at: context.now,
    who: input.who,
    what: isDone ? "tick_step" : "untick_step",
    about: `#${incident.id} step ${n}`,
    incident: incident.id,
  });
  const by = cutPlainLine(input.who, NAME_CHARACTERS);
  const tick: Tick = { step: n, print, isDone, changes: changes + 1, by, at: context.now };
  // Of steps that the playbook has no more nobody needs to know.
  const others = (incident.handling?.ticks ?? []).filter((one) => one.step !== n && one.step <= playbook.steps.length);
  const ticks = [...others, tick].toSorted((a, b) => a.step - b.step);
  return handled(view, incident, { ticks }, context);
}

/** Who has it. */
export function assign(view: View, input: CommandInput, asked: Asked<"assign">, context: Context): Result {
  const incident = unresolvedOf(view, input, asked.incident);
  if (typeof incident === "string") return refuse(incident);
  const { id, handling = {} } = incident;
  const to = asked.to === null ? null : cutPlainLine(asked.to, NAME_CHARACTERS);
  if (to === "") return refuse("say to whom");
  const changes = handling.assigneeChanges ?? 0;
  if ((handling.assignee ?? null) === to) {
    return refuse(to === null ? `nobody has incident #${id}` : `${to} has incident #${id} already`);
  }
  if (asked.ifChanges !== undefined && asked.ifChanges !== changes) return refuse(`somebody has taken #${id} since`);
  view.putAudit({
    at: context.now,
    who: input.who,
    what: "assign",
    about: `#${id} to ${to ?? "nobody"}`,
    incident: id,
  });
  const { assignee: _, ...others } = handling;
  const changed = { ...others, ...(to !== null && { assignee: to }), assigneeChanges: changes + 1 };
  return handled(view, { ...incident, handling: changed }, {}, context);
}

/** Asked of what is there now, and of whoever has it. */
export function hasAlready(
  { handling = {} }: Incident,
  { to, ifChanges }: Pick<Asked<"assign">, "to" | "ifChanges">,
): boolean {
  const isAsSeen = ifChanges === undefined || ifChanges === (handling.assigneeChanges ?? 0);
  return isAsSeen && to !== null && handling.assignee === cutPlainLine(to, NAME_CHARACTERS);
}

/** The incident with what somebody has done about it; who is told of it is shown that. */
export function handled(view: View, incident: Incident, done: Handling, context: Context): Result {
  const changed: Incident = { ...incident, handling: { ...incident.handling, ...done } };
  return { woken: publish(view, changed, { moment: null, byPerson: true }, context), refused: null };
}

function unresolvedOf(view: View, { ifOpenedAt }: CommandInput, id: number): Incident | string {
  const incident = view.incident(id);
  if (incident === undefined) return `there is no incident #${id}`;
  if (ifOpenedAt !== undefined && ifOpenedAt !== incident.openedAt) return `incident #${id} was opened again since`;
  return isUnresolved(incident) ? incident : `incident #${id} is resolved`;
}

function refuse(why: string): Result {
  return { woken: [], refused: why };
}
