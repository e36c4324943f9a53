import type { Context } from "./context.ts";
import type { CalledBackInput, Result } from "./input.ts";
import { laneAfterSuccess } from "./lane.ts";
import { markInstall, mayHaveBeenTold } from "./restore.ts";
import type { Attempt, Mark, Receipt } from "./receipt.ts";
import { arrived } from "./settle.ts";
import { publish } from "./tell.ts";
import type { View } from "./view.ts";
import { CALLS_THAT_MAY_HAVE_ARRIVED, newWork } from "./work.ts";

/** What became of the word of a destination that calls back: it is new, it was known, or it is not believed. */
export type CalledBack = "taken" | "known" | CallbackRefusal;

export type CallbackRefusal = "not_awaited" | "unknown_incident" | "foreign_mark" | "never_made" | "too_many_things";

/** Calls of one step make at most one thing each; a person who has it tried again may have a few made more. */
const THINGS_MOST = 2 * CALLS_THAT_MAY_HAVE_ARRIVED;

/**
 * A destination says by itself what a step has made. Its word is believed for the one step that the mark is of, and
 * only where that step was begun. Whatever its call came to before, by now it has arrived: nothing is looked for or
 * done again. What is said once more changes nothing, however late.
 * All of it is one commit: who dies before it has heard nothing, and the step goes on as if nobody had called; who dies
 * after it finds everything in the rows.
 */
export function calledBack(view: View, input: CalledBackInput, context: Context): Result {
  const { mark, remote } = input;
  const { incident, destination, step } = mark;
  if (context.snapshot.destinations[destination]?.callsBack !== true)
    return refuse("not_awaited", `no destination ${destination} awaits a call back`);
  const about = view.incident(incident);
  if (about === undefined) return refuse("unknown_incident", `there is no incident #${incident}`);
  if (!isOurs(mark, context)) return refuse("foreign_mark", `the mark ${mark.install} is of another installation`);
  const attempt = view.attemptsOf(mark).findLast(({ beganAt }) => installAt(beganAt, context) === mark.install);
  if (attempt === undefined)
    return refuse("never_made", `step ${step} of incident #${incident} at ${destination} was never made`);

  const receipt = view.receipt(incident, destination);
  const known = thingsOf(receipt);
  if (known.includes(remote.anchor)) return { woken: [], refused: null, calledBack: "known" };
  if (known.length >= THINGS_MOST)
    return refuse("too_many_things", `${destination} named ${known.length} things for incident #${incident} already`);

  let linked: readonly string[] = [];
  if (receipt === undefined || receipt.steps < step) linked = arrivedAfterAll(view, input, attempt, context);
  else if (known.length === 0) view.putReceipt({ ...receipt, remote });
  else view.putReceipt({ ...receipt, twins: [...receipt.twins, remote.anchor] });

  const text = say(input, known);
  const news = publish(
    view,
    view.incident(incident) ?? about,
    { moment: { kind: "note", by: destination, text } },
    context,
  );
  return { woken: [...new Set([destination, ...linked, ...news])], refused: null, calledBack: "taken" };
}

function arrivedAfterAll(
  view: View,
  { mark, remote }: CalledBackInput,
  attempt: Attempt,
  context: Context,
): readonly string[] {
  const { incident, destination } = mark;
  // Its own answer, should it still come, is no news: an attempt settles once.
  if (attempt.endedAt === null) view.putLane(laneAfterSuccess(view.lane(destination), context.now));
  view.putAttempt({
    ...attempt,
    endedAt: context.now,
    outcome: "found",
    evidence: `it called back: ${remote.anchor}`,
  });
  const about = { id: incident, revision: view.incident(incident)?.revision ?? 0 };
  const work = view.work(incident, destination) ?? newWork(about, destination, 3, context.now);
  return arrived(view, work, attempt, { remote, others: [], sawAnswer: false }, context);
}

function say({ mark, remote, created }: CalledBackInput, known: readonly string[]): string {
  const where = remote.url === null ? remote.anchor : `${remote.anchor} (${remote.url})`;
  const [first] = known;
  if (first !== undefined) return `${where} as well as ${first}: ${mark.destination} may have it twice, close one`;
  return created ? `created ${where}` : `found ${where}, which an earlier call had created`;
}

function thingsOf(receipt: Receipt | undefined): readonly string[] {
  if (receipt === undefined) return [];
  const { remote, twins } = receipt;
  return remote.anchor === null ? twins : [remote.anchor, ...twins];
}

/** What was done before a restore was done under the marks of its time. */
function installAt(at: number, { install = "", restoredAt = null }: Context): string {
  return mayHaveBeenTold(at, restoredAt) ? install : markInstall(install, restoredAt);
}

function isOurs({ install }: Mark, { install: own = "", restoredAt = null }: Context): boolean {
  return install === own || install === markInstall(own, restoredAt);
}

function refuse(why: CallbackRefusal, says: string): Result {
  return { woken: [], refused: says, calledBack: why };
}
