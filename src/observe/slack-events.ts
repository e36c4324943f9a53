// What people do in Slack, as whoever runs Riposte reads of it: one function each, like those in events.ts.
import type { Log } from "./log.ts";

/** Somebody did something where he was told of it. */
export function personActed(log: Log, about: { who: string; what: string }): void {
  log.info(about, "somebody acted in Slack");
}

export function personTurnedAway(
  log: Log,
  about: { who: string; wanted: string; incident: number | null; why: string },
): void {
  log.warn(about, "somebody was turned away in Slack, and nothing was changed");
}

export function personUnheard(log: Log, error: unknown): void {
  log.error({ err: error }, "what somebody did in Slack could not be written down");
}

/** What was done is done; only the person was not told. */
export function slackAnswerLost(log: Log, about: { why: string }): void {
  log.warn(about, "somebody could not be answered in Slack");
}

/** Null: connected. */
export function socketChanged(log: Log, about: { destination: string; trouble: string | null }): void {
  if (about.trouble === null) log.info({ destination: about.destination }, "Slack's Socket Mode is connected");
  else log.error(about, "Slack's Socket Mode has no connection: nothing that is pressed is heard");
}

export function signingSecretTrouble(log: Log, about: { destination: string; trouble: string }): void {
  log.error(about, "a signing secret can't be used: what Slack sends is refused");
}
