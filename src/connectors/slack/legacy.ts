import { grouped } from "../../core/plain-text.ts";
import { textOfField } from "../../core/fields.ts";
import { foldMoments, type Moment } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { countedIn, leadingMoment, leadOf, sayNoResponse } from "../telling.ts";
import { shownAlert } from "./blocks.ts";
import { mrkdwn, mrkdwnLine } from "./mrkdwn.ts";
import { stepWords, whatToDo } from "./what-to-do.ts";

const TITLE_CHARS = 300;
const VALUE_CHARS = 300;
// Slack folds an attachment's text away after 700 and names no limit; the whole message's text ends at 40,000.
const TEXT_CHARS = 7_000;
const STEPS_CHARS = 2_000;

/**
 * The message of the integration that comes with Wazuh, so that a channel looks as it did: the same attachment, and
 * `options` laid over it. A field is added only where there is something that integration could not know.
 */
export function legacyMessage(
  picture: Picture,
  untold: readonly Moment[],
  isRepeat: boolean,
  options: Readonly<Record<string, unknown>>,
): object {
  const { incident } = picture;
  const told = foldMoments(untold);
  const alert = shownAlert(picture, told);
  const last = leadingMoment(told);
  const description = textOfField(alert, "rule.description") ?? "N/A";
  const isNews = last !== undefined && last.kind !== "opened";
  const attachment = {
    color: colourOf(alert.level),
    pretext: "WAZUH Alert",
    title: mrkdwnLine(isNews ? `${leadOf(last, incident)} · ${description}` : description, TITLE_CHARS),
    text: alert.log === null ? null : mrkdwn(alert.log, TEXT_CHARS),
    fields: [
      ...(alert.agentId === null ? [] : [field("Agent", `(${alert.agentId}) - ${alert.agentName ?? ""}`)]),
      ...fieldOrNone("Agentless Host", textOfField(alert, "agentless.host")),
      ...fieldOrNone("Location", alert.location),
      { title: "Rule ID", value: `${mrkdwnLine(alert.ruleId, VALUE_CHARS)} _(Level ${alert.level})_` },
      ...(incident.count > 1 ? [field(countedIn(picture), grouped(incident.count))] : []),
      ...(isNews ? [field("Incident", `#${incident.id}, ${incident.state}`)] : []),
      ...whatToDo(picture, told, STEPS_CHARS, stepWords).map(({ title, text }) => ({ title, value: text })),
      ...told
        .flatMap(({ kind, text }) => (kind === "action" && text !== null ? [field("Response", text)] : []))
        .slice(-3),
      ...fieldOrNone("Response", sayNoResponse(picture)),
      ...(isRepeat ? [field("Possible repeat", "an earlier sending of this message may have arrived")] : []),
    ],
    ...timestampOf(alert),
    ...options,
  };
  // A preview would have Slack fetch addresses that an attacker chose.
  return { unfurl_links: false, unfurl_media: false, attachments: [attachment] };
}

function colourOf(level: number): string {
  if (level <= 4) return "good";
  return level <= 7 ? "warning" : "danger";
}

function field(title: string, value: string): object {
  return { title, value: mrkdwnLine(value, VALUE_CHARS) };
}

function fieldOrNone(title: string, value: string | null): readonly object[] {
  return value === null || value === "" ? [] : [field(title, value)];
}

/** Wazuh's script sends the alert's id here, which begins with the second that it was written in. */
function timestampOf(alert: AlertFacts): object {
  return /^\d{1,12}(\.\d{1,24})?$/.test(alert.id) ? { ts: alert.id } : {};
}
