import { isUnresolved, type Incident } from "../../core/incident.ts";
import { grouped } from "../../core/plain-text.ts";
import type { Receipt } from "../../core/receipt.ts";
import type { Asked } from "./asked.ts";
import { capital } from "../telling.ts";
import { mrkdwn, mrkdwnLine, slackTime } from "./mrkdwn.ts";

const LINE_CHARS = 300;
const URL_CHARS = 700;
/** As many as a person reads there. */
export const LISTED_IN_SLACK = 10;

/** What only the person sees. */
export function onlyYou(text: string): object {
  return { response_type: "ephemeral", replace_original: false, text };
}

export function plainAnswer(text: string): object {
  return onlyYou(mrkdwn(text, 2_900));
}

/** What has been done, for whoever asked by words; who pressed sees it in the message. */
export function doneAnswer(asked: Asked, incident: number, who: string): object {
  return plainAnswer(`#${incident} ${doneWords(asked)} by ${who}.`);
}

function doneWords(asked: Asked): string {
  switch (asked.kind) {
    case "acknowledge":
      return "is acknowledged";
    case "resolve":
      return "is resolved";
    case "false_positive":
      return "is resolved as a false positive";
    case "silence":
      return asked.span === "until-resolved" ? "is silenced until it is resolved" : `is silenced for ${asked.span}`;
    case "lift_silence":
      return "may be told of again: its silence was lifted";
    case "tick":
      return `step ${asked.step} is ${asked.isDone ? "ticked off" : "not ticked off any more, taken back"}`;
    case "take":
      return "is taken";
    case "assign":
      return asked.to === null ? "is given back, so that nobody has it," : `is given to ${asked.to}`;
  }
}

export function listAnswer(
  incidents: readonly Incident[],
  { onlyOpen, more }: { readonly onlyOpen: boolean; readonly more: boolean },
): object {
  if (incidents.length === 0 && !more)
    return onlyYou(onlyOpen ? "Nothing waits for somebody to acknowledge it." : "No incident is unresolved.");
  const others = more ? ["There are more: riposte incidents list"] : [];
  return onlyYou([...incidents.map(lineOf), ...others].join("\n"));
}

export function showAnswer(incident: Incident, receipts: readonly Receipt[]): object {
  const told = receipts.flatMap(({ destination, remote: { url } }) => {
    if (url === null) return [];
    return [`Told at ${mrkdwnLine(destination, 60)}: ${linkTo(url)}`];
  });
  return onlyYou(
    [
      lineOf(incident),
      `First alert ${slackTime(incident.firstAt)}, newest ${slackTime(incident.lastAt)}`,
      mrkdwnLine(`Policy ${incident.policy}, rule ${incident.ruleId}`, LINE_CHARS),
      ...told,
    ].join("\n"),
  );
}

function lineOf(incident: Incident): string {
  const { id, severity, state, title, agentName, count, acknowledgedBy } = incident;
  const by = state === "acknowledged" && isUnresolved(incident) ? ` by ${acknowledgedBy ?? "somebody"}` : "";
  const agent = agentName === null ? "" : ` · ${agentName}`;
  return `*#${id}* ${mrkdwnLine(`${capital(severity)} · ${state}${by} · ${title}${agent} · ${grouped(count)}`, LINE_CHARS)}`;
}

function linkTo(address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return mrkdwnLine(address, URL_CHARS);
  const href = url.href.replaceAll(/[<>|\s]/g, (sign) => encodeURIComponent(sign)).replaceAll("&", "&amp;");
  return href.length > URL_CHARS ? "an address that is too long to show" : `<${href}>`;
}
