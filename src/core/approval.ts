// What people say about responses. Each word is bound to exactly what was shown, and stands in the audit.
import { approvalsNeeded, approvalsThatCount } from "./asked-approval.ts";
import type { AuditRow } from "./change.ts";
import type { Context } from "./context.ts";
import type { CommandInput, Result } from "./input.ts";
import type { View } from "./view.ts";
import { judged, refuse, tellResponse } from "./plan-response.ts";
import { isOnItsWay, put, WORD_WITHIN_MS } from "./response-life.ts";
import { byHand, isProvable } from "./response-order.ts";
import { approvedWords } from "./response-words.ts";
import { isBeforeSending, mayBeInForce, nameOfResponse, type Response } from "./response.ts";
import { isSameUser } from "./protected-user.ts";
import { MINUTE_MS } from "./time.ts";

export type ResponseCommand =
  | {
      readonly kind: "approve_response";
      readonly response: number;
      readonly digest: string;
      /** So many of this person stand in the audit that one more refusal says nothing new. */
      readonly isRefusalUnnoted?: true;
    }
  | {
      readonly kind: "refuse_response";
      readonly response: number;
      readonly note: string | null;
      /** Of what was shown to whoever refuses it; absent: whatever it is. */
      readonly digest?: string;
    }
  | { readonly kind: "lift_response"; readonly response: number; readonly isDone: boolean }
  | { readonly kind: "stop_responses"; readonly why: string | null }
  | { readonly kind: "resume_responses" };

export function responseCommand(
  view: View,
  input: CommandInput & { readonly command: ResponseCommand },
  context: Context,
): Result {
  const { command, who } = input;
  const woken = new Set<string>();
  const done = (about: string, of?: Response, detail?: string | null): Result => {
    view.putAudit({ at: context.now, who, what: command.kind, about, ...rowOf(of, detail) });
    return { woken: [...woken], refused: null };
  };
  switch (command.kind) {
    case "approve_response": {
      const response = view.responding.get(command.response);
      if (response === undefined) return no(`there is no response R${command.response}`);
      const why = whyNotApproved(view, response, command.digest, who, context);
      if (why !== null) {
        if (command.isRefusalUnnoted === true) return no(why);
        const about = `R${response.id}: ${why}`;
        view.putAudit({ at: context.now, who, what: "approval_refused", about, ...rowOf(response) });
        return no(why);
      }
      approve(view, response, who, context, woken);
      return done(`R${response.id} ${command.digest}`, response);
    }
    case "refuse_response": {
      const response = view.responding.get(command.response);
      if (response === undefined) return no(`there is no response R${command.response}`);
      if (!isBeforeSending(response))
        return no(`R${response.id} is ${response.state}: there is nothing to refuse any more`);
      if (command.digest !== undefined && command.digest !== response.digest) return no(changed(response));
      const says = `${who} refused it${command.note === null ? "" : `: ${command.note}`}`;
      refuse(view, response, "refused_by_person", says, context, woken);
      return done(`R${response.id}`, response, command.note);
    }
    case "lift_response": {
      const response = view.responding.get(command.response);
      if (response === undefined) return no(`there is no response R${command.response}`);
      const why = command.isDone ? liftedByHand(view, response, who, context, woken) : lift(view, response, context);
      return why === null ? done(`R${response.id}${command.isDone ? " by hand" : ""}`, response) : no(why);
    }
    case "stop_responses":
      view.responding.putStop({ at: context.now, who, why: command.why });
      for (const response of view.responding.waiting())
        if (isBeforeSending(response))
          refuse(view, response, "stopped", `${who} has stopped all responses`, context, woken);
      return done(command.why ?? "all responses");
    case "resume_responses":
      if (view.responding.stop === null) return no("responses are not stopped");
      view.responding.putStop(null);
      return done("all responses");
  }
}

/** What the row says beside who, what and about. */
function rowOf(response?: Response, note?: string | null): Pick<AuditRow, "incident" | "response" | "detail"> {
  return {
    ...(response !== undefined && { incident: response.incident, response: response.id }),
    ...(typeof note === "string" && { detail: JSON.stringify({ note }) }),
  };
}

function whyNotApproved(view: View, response: Response, digest: string, who: string, context: Context): string | null {
  const { guardrails: rails } = context.snapshot;
  if (response.state !== "held") return `R${response.id} is ${response.state}, and waits for no approval`;
  if (response.expiresAt === null || context.now >= response.expiresAt)
    return `R${response.id} was not approved in time, which is a no`;
  if (response.digest === null || response.digest !== digest) return changed(response);
  if (rails?.approvers.includes(who) !== true) return `${who} is not among guardrails.approvers`;
  if (response.requestedBy === who) return "who asked for it can't approve it";
  if (response.target.kind === "user" && isSameUser(response.target.name, who))
    return "who it is done to can't approve it";
  if (response.approvals.some((approval) => approval.who === who))
    return `${who} has approved it already: it takes somebody else`;
  const answer = judged(view, response, null, null, context);
  return answer.kind === "refuse" ? answer.says : null;
}

function changed({ id }: Response): string {
  return `R${id} is not what was shown any more: look at it again`;
}

function approve(view: View, response: Response, who: string, context: Context, woken: Set<string>): void {
  const { now, snapshot } = context;
  const approvals = [...response.approvals, { who, at: now }];
  const needed = approvalsNeeded(response, snapshot.guardrails);
  const missing = Math.max(0, needed - approvalsThatCount({ approvals }, snapshot.guardrails).length);
  const approved: Response =
    missing === 0
      ? { ...response, approvals, state: "allowed", tries: 0, countedAt: now, dueAt: now }
      : { ...response, approvals };
  put(view, approved, context);
  tellResponse(view, approved, approvedWords(approved, who, missing), context, woken);
}

function lift(view: View, response: Response, context: Context): string | null {
  if (!mayBeInForce(response) || response.liftAfterMs === null)
    return `R${response.id} is ${response.state}: there is nothing to lift`;
  if (!isProvable(response)) {
    return `Wazuh's own script can't be told to lift it before its time. By hand on the agent: ${byHand(response)}; then riposte responses lift ${response.id} --done`;
  }
  if (isOnItsWay(response)) return "an order is on its way; ask again when it has ended";
  const { now } = context;
  put(
    view,
    { ...response, state: "lifting", endsAt: now, tries: 0, isLateTold: false, says: null, dueAt: now },
    context,
  );
  return null;
}

/** A person says that he has done it: that is told as his word. */
function liftedByHand(
  view: View,
  response: Response,
  who: string,
  context: Context,
  woken: Set<string>,
): string | null {
  if (!mayBeInForce(response)) return `R${response.id} is ${response.state}: there is nothing to lift`;
  if (isOnItsWay(response)) return "an order is on its way; ask again when it has ended";
  const { state, sentAt } = response;
  if ((state === "sent" || state === "unknown") && context.now < (sentAt ?? 0) + WORD_WITHIN_MS) {
    return `R${response.id} may still be on its way to the agent, which would do it after you; ask again in ${WORD_WITHIN_MS / MINUTE_MS} minutes`;
  }
  const lifted: Response = {
    ...response,
    state: "lifted",
    says: `by hand, says ${who}`,
    endedAt: context.now,
    dueAt: null,
  };
  put(view, lifted, context);
  tellResponse(view, lifted, `lifted by hand, says ${who}: ${nameOfResponse(lifted)}`, context, woken);
  return null;
}

function no(why: string): Result {
  return { woken: [], refused: why };
}
