import { responseCommand } from "./approval.ts";
import type { Context } from "./context.ts";
import { assign, hasAlready, tickStep } from "./handle.ts";
import { nextState, type Incident, type IncidentCause } from "./incident.ts";
import type { Command, CommandInput, Result } from "./input.ts";
import { ORPHANS_A_TURN } from "./need.ts";
import type { DestinationTerms } from "./snapshot.ts";
import { publish } from "./tell.ts";
import { addSilence, expireSilence, liftSilence } from "./silencing.ts";
import { DAY_MS } from "./time.ts";
import type { View } from "./view.ts";
import { revived } from "./work.ts";

/** What a person asked for. Either it applies and is written to the audit, or the answer says why it doesn't. */
export function command(view: View, input: CommandInput, context: Context): Result {
  switch (input.command.kind) {
    case "approve_response":
    case "refuse_response":
    case "lift_response":
    case "stop_responses":
    case "resume_responses":
      return responseCommand(view, { ...input, command: input.command }, context);
    case "acknowledge":
      return changeIncident(view, input, input.command.incident, "person_acknowledges", context);
    case "resolve":
      return changeIncident(view, input, input.command.incident, "person_resolves", context);
    case "retry_work":
    case "drop_work":
      return changeWork(view, input, input.command, context);
    case "add_silence":
      return addSilence(view, input, input.command, context);
    case "lift_silence":
      return liftSilence(view, input, input.command, context);
    case "tick_step":
      return tickStep(view, input, input.command, context);
    case "assign":
      return assignOrTake(view, input, input.command, context);
    case "expire_silence":
      return expireSilence(view, input.who, input.command, context);
    case "retry_dead": {
      const { destination } = input.command;
      if (context.snapshot.destinations[destination] === undefined) {
        return refuse(`${destination} is not in the config: add it there first, and its work goes on by itself`);
      }
      const toldBy = whoTells(context.snapshot.destinations[destination]);
      if (toldBy !== null) return refuse(toldBy);
      const dead = view.works().filter((work) => work.state === "dead" && work.destination === destination);
      for (const work of dead) view.putWork(revived(work, context));
      if (dead.length > 0) audit(view, input, destination, context);
      return { woken: [destination], refused: null, more: dead.length >= ORPHANS_A_TURN };
    }
    case "turned_away": {
      const { incident, response, wanted, why } = input.command;
      const about = `${wanted}${incident === null ? "" : ` #${incident}`}: ${why}`;
      // Of one that there is not it is no evidence, nor of the one that gets its number later.
      const isThere = incident !== null && view.incident(incident) !== undefined;
      audit(view, input, about, context, isThere ? incident : undefined, response);
      return { woken: [], refused: null };
    }
  }
}

function changeIncident(
  view: View,
  input: CommandInput,
  id: number,
  cause: IncidentCause & `person_${string}`,
  context: Context,
): Result {
  const incident = view.incident(id);
  if (incident === undefined) return refuse(`there is no incident #${id}`);
  if (input.ifOpenedAt !== undefined && input.ifOpenedAt !== incident.openedAt) {
    return refuse(`incident #${id} was opened again since`);
  }
  const state = nextState(incident.state, cause);
  if (state === null) return refuse(`incident #${id} is ${incident.state}`);
  audit(view, input, `#${id}`, context, id);
  const resolves = state === "resolved";
  const changed: Incident = resolves
    ? { ...incident, state, resolvedAt: context.now, resolvedBy: "person", dueAt: null }
    : {
        ...withoutHold(incident, context),
        state,
        acknowledgedBy: input.who,
        openedAt: incident.openedAt ?? context.now,
      };
  const text = input.command.kind === "resolve" ? input.command.note : null;
  const moment = { kind: resolves ? "resolved" : "acknowledged", by: input.who, text } as const;
  const { happenedAt } = input;
  return {
    woken: publish(view, changed, { moment, ...(happenedAt !== undefined && { happenedAt }) }, context),
    refused: null,
  };
}

/** Whoever takes it himself has seen it: nobody need be reminded of it any more. */
function assignOrTake(
  view: View,
  input: CommandInput,
  asked: Extract<Command, { readonly kind: "assign" }>,
  context: Context,
): Result {
  const before = view.incident(asked.incident);
  // Who was given it may have seen nothing of it yet: that he takes it says that he has.
  const isHis = before !== undefined && hasAlready(before, asked);
  const assigned = assign(view, input, asked, context);
  const incident = view.incident(asked.incident);
  const takes = asked.to === input.who && incident !== undefined && (assigned.refused === null || isHis);
  if (!takes || nextState(incident.state, "person_acknowledges") === null) return assigned;
  const command: Command = { kind: "acknowledge", incident: asked.incident };
  const seen = changeIncident(view, { ...input, command }, asked.incident, "person_acknowledges", context);
  return { ...seen, woken: [...new Set([...assigned.woken, ...seen.woken])] };
}

function changeWork(
  view: View,
  input: CommandInput,
  command: Extract<Command, { kind: "retry_work" | "drop_work" }>,
  context: Context,
): Result {
  const { incident, destination } = command;
  if (command.kind === "retry_work" && context.snapshot.destinations[destination] === undefined) {
    return refuse(`${destination} is not in the config: add it there first, and its work goes on by itself`);
  }
  const toldBy = command.kind === "retry_work" ? whoTells(context.snapshot.destinations[destination]) : null;
  if (toldBy !== null) return refuse(toldBy);
  const work = view.work(incident, destination);
  if (work === undefined || work.state === "watched")
    return refuse(`nothing waits for incident #${incident} at ${destination}`);
  if (work.state === "sending") return refuse("a call is under way; ask again when it has ended");
  if (work.state === "unknown" && command.kind === "retry_work") {
    return refuse("a call of it may have arrived: it is looked for, or repeated, when it has had time to show");
  }
  audit(view, input, `#${incident} ${destination}`, context, incident);
  if (command.kind === "drop_work") {
    view.putWork({ ...work, state: "dead", reason: "dropped_by_person", evidence: `dropped by ${input.who}` });
    return { woken: [], refused: null };
  }
  view.putWork(revived(work, context));
  return { woken: [destination], refused: null };
}

/** Its timer is no longer that of the hold. */
function withoutHold(incident: Incident, context: Context): Incident {
  if (incident.state !== "pending") return incident;
  const resolveAfterMs = context.snapshot.policies[incident.policy]?.resolveAfterMs ?? DAY_MS;
  return { ...incident, dueAt: incident.lastAt + resolveAfterMs };
}

function audit(
  view: View,
  input: CommandInput,
  about: string,
  context: Context,
  incident?: number,
  response?: number,
): void {
  const { who, command: asked } = input;
  const note = asked.kind === "resolve" ? asked.note : null;
  view.putAudit({
    at: context.now,
    who,
    what: asked.kind,
    about,
    ...(incident !== undefined && { incident }),
    ...(incident !== undefined && response !== undefined && { response }),
    ...(note !== null && { detail: JSON.stringify({ note }) }),
  });
}

/** Why nothing may be told there, where somebody else does. */
function whoTells(terms: DestinationTerms | undefined): string | null {
  if (terms?.shadow !== true) return null;
  const { name, yieldsTo } = terms;
  return yieldsTo === undefined
    ? `integratord tells ${name}, and Riposte would tell it twice: riposte takeover moves the block over`
    : `${yieldsTo} posts to the address of ${name}, where it would be told twice: take the block out of ossec.conf, or ${yieldsTo} out of the policies`;
}

function refuse(why: string): Result {
  return { woken: [], refused: why };
}
