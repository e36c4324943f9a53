import type { Context } from "./context.ts";
import { digestedFor } from "./digest-event.ts";
import { handled } from "./handle.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import type { Command, CommandInput, ForgetSilencesInput, Result } from "./input.ts";
import { isLive, SILENCES_MOST, type SilencedIncident } from "./silence.ts";
import type { View } from "./view.ts";

type Asked<Kind extends Command["kind"]> = Extract<Command, { readonly kind: Kind }>;

/** A person's word that something is not to be told for a while. Its number is that of its row in the audit. */
export function addSilence(view: View, input: CommandInput, asked: Asked<"add_silence">, context: Context): Result {
  const { incident: about, endsAt, comment, condition, written, replaces = [] } = asked;
  const { who } = input;
  if (view.silenceCount >= SILENCES_MOST) {
    return refuse(`there are ${SILENCES_MOST} silences: expire some, or let some expire`);
  }
  if (endsAt === null && about === null) return refuse("only the silence of one incident can last until that is over");
  if (endsAt !== null && endsAt <= context.now) return refuse("it would be over already");
  const incident = about === null ? null : openingOf(view.incident(about), input);
  if (incident === undefined) return refuse(`there is no incident #${about}`);
  if (typeof incident === "string") return refuse(incident);
  // It is over once it was told, which it would never be.
  if (endsAt === null && digestedFor(view.incident(about ?? 0)?.policy ?? "") !== null)
    return refuse(`incident #${about} is a digest: silence it for a time, or what is told in it`);
  const changed = changedSince(view, about, asked.ifChanges);
  if (changed !== null) return refuse(changed);
  const id = view.putAudit({
    at: context.now,
    who,
    what: asked.kind,
    about: aboutOf(asked),
    ...(about !== null && { incident: about }),
  });
  endThoseOf(about, replaces, view, context);
  view.putSilence({ id, who, comment, createdAt: context.now, endsAt, incident, condition, written });
  // Whoever was told of it shows that it is silenced, and by whom.
  return { ...(about === null ? { woken: [], refused: null } : counted(view, about, context)), silence: id };
}

/** Of one incident, whoever silenced it. */
export function liftSilence(view: View, input: CommandInput, asked: Asked<"lift_silence">, context: Context): Result {
  const opening = openingOf(view.incident(asked.incident), input);
  if (opening === undefined) return refuse(`there is no incident #${asked.incident}`);
  if (typeof opening === "string") return refuse(opening);
  const changed = changedSince(view, asked.incident, asked.ifChanges);
  if (changed !== null) return refuse(changed);
  const ended = endThoseOf(asked.incident, asked.silences, view, context);
  if (ended === 0) return refuse(`incident #${asked.incident} is not silenced by itself`);
  const { incident } = asked;
  view.putAudit({ at: context.now, who: input.who, what: asked.kind, about: `#${incident}`, incident });
  return counted(view, asked.incident, context);
}

/** Null: it is as whoever asked has seen it. */
function changedSince(view: View, incident: number | null, ifChanges: number | undefined): string | null {
  if (incident === null || ifChanges === undefined) return null;
  const { silenceChanges = 0 } = view.incident(incident)?.handling ?? {};
  return silenceChanges === ifChanges ? null : `somebody has silenced #${incident} since, or lifted that`;
}

function counted(view: View, id: number, context: Context): Result {
  const incident = view.incident(id);
  if (incident === undefined) return refuse(`there is no incident #${id}`);
  return handled(view, incident, { silenceChanges: (incident.handling?.silenceChanges ?? 0) + 1 }, context);
}

/** Answers with how many. */
function endThoseOf(incident: number | null, ids: readonly number[], view: View, { now }: Context): number {
  const live = ids.flatMap((id) => {
    const silence = view.silence(id);
    return silence?.incident?.id === incident && silence !== undefined && isLive(silence, now) ? [silence] : [];
  });
  for (const silence of live) view.putSilence({ ...silence, endsAt: now });
  return live.length;
}

export function expireSilence(
  view: View,
  who: string,
  { silence: id }: Asked<"expire_silence">,
  context: Context,
): Result {
  const silence = view.silence(id);
  if (silence === undefined) return refuse(`there is no silence ${id}`);
  if (!isLive(silence, context.now)) return refuse(`silence ${id} is over already`);
  const incident = silence.incident?.id;
  view.putAudit({
    at: context.now,
    who,
    what: "expire_silence",
    about: String(id),
    ...(incident !== undefined && { incident }),
  });
  view.putSilence({ ...silence, endsAt: context.now });
  return { woken: [], refused: null, silence: id };
}

/** Those that nobody has a use for any more. */
export function forgetSilences(view: View, { silences }: ForgetSilencesInput): Result {
  for (const id of silences) view.removeSilence(id);
  return { woken: [] };
}

/** Undefined: there is none. A text: why it can't be silenced. */
function openingOf(
  incident: Incident | undefined,
  { ifOpenedAt }: CommandInput,
): SilencedIncident | string | undefined {
  if (incident === undefined) return undefined;
  const { id, openedAt, state } = incident;
  if (ifOpenedAt !== undefined && ifOpenedAt !== openedAt) return `incident #${id} was opened again since`;
  if (!isUnresolved(incident)) return `incident #${id} is over`;
  if (state === "pending") return `incident #${id} is held back: nobody has heard of it yet`;
  return { id, openedAt };
}

const ABOUT_CHARACTERS = 200;

function aboutOf({ incident, written }: Asked<"add_silence">): string {
  return incident === null ? written.slice(0, ABOUT_CHARACTERS) : `#${incident}`;
}

function refuse(why: string): Result {
  return { woken: [], refused: why };
}
