import { isUnresolved, type Incident } from "../../core/incident.ts";
import { grouped } from "../../core/plain-text.ts";
import type { Receipt } from "../../core/receipt.ts";
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
