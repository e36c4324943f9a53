import type { Context } from "./context.ts";
import { digestedFor } from "./digest-event.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import type { Command, ForgetSilencesInput, Result } from "./input.ts";
import { isLive, SILENCES_MOST, type SilencedIncident } from "./silence.ts";
import type { View } from "./view.ts";

type Asked<Kind extends Command["kind"]> = Extract<Command, { readonly kind: Kind }>;

/** A person's word that something is not to be told for a while. Its number is that of its row in the audit. */
export function addSilence(view: View, who: string, asked: Asked<"add_silence">, context: Context): Result {
  const { incident: about, endsAt, comment, condition, written } = asked;
  if (view.silenceCount >= SILENCES_MOST) {
    return refuse(`there are ${SILENCES_MOST} silences: expire some, or let some expire`);
  }
  if (endsAt === null && about === null) return refuse("only the silence of one incident can last until that is over");
  if (endsAt !== null && endsAt <= context.now) return refuse("it would be over already");
  const incident = about === null ? null : openingOf(view.incident(about));
  if (incident === undefined) return refuse(`there is no incident #${about}`);
  if (typeof incident === "string") return refuse(incident);
  // It is over once it was told, which it would never be.
  if (endsAt === null && digestedFor(view.incident(about ?? 0)?.policy ?? "") !== null)
    return refuse(`incident #${about} is a digest: silence it for a time, or what is told in it`);
  const id = view.putAudit({
    at: context.now,
    who,
    what: asked.kind,
    about: aboutOf(asked),
    ...(about !== null && { incident: about }),
  });
  view.putSilence({ id, who, comment, createdAt: context.now, endsAt, incident, condition, written });
  return { woken: [], refused: null, silence: id };
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
  view.putAudit({ at: context.now, who, what: "expire_silence", about: String(id) });
  view.putSilence({ ...silence, endsAt: context.now });
  return { woken: [], refused: null, silence: id };
}

/** Those that nobody has a use for any more. */
export function forgetSilences(view: View, { silences }: ForgetSilencesInput): Result {
  for (const id of silences) view.removeSilence(id);
  return { woken: [] };
}

/** Undefined: there is none. A text: why it can't be silenced. */
function openingOf(incident: Incident | undefined): SilencedIncident | string | undefined {
  if (incident === undefined) return undefined;
  const { id, openedAt, state } = incident;
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
