import type { Incident, IncidentState } from "../../core/incident.ts";
import type { Receipt } from "../../core/receipt.ts";
import { REDACTED } from "../../core/redact-span.ts";
import { redactorOf, redactTold } from "../../engine/redacted.ts";
import type { Reader } from "../../store/queries.ts";
import type { SlackPlace } from "./place.ts";

export type TheirsReader = Pick<Reader, "incident" | "incidents" | "receipts" | "works" | "toldIn" | "firstLine">;

/** An incident that is told where the person may act. */
export interface Theirs {
  readonly kind: "theirs";
  /** One of those destinations. */
  readonly place: SlackPlace;
  readonly incident: Incident;
  /** The same without what that destination is not shown. */
  readonly shown: Incident;
  readonly receipts: readonly Receipt[];
}

/** As many are looked at for one answer: each is asked for by itself. */
const PAGE = 50;
const MOST_LOOKED_AT = 200;

/** What those who may act at these destinations may see and change by its number. */
export async function findTheirs(
  id: number,
  places: readonly SlackPlace[],
  reader: TheirsReader,
): Promise<Theirs | { readonly kind: "gone" } | { readonly kind: "others" }> {
  const incident = await reader.incident(id);
  if (incident === null) return { kind: "gone" };
  return (await asTheirs(incident, places, reader)) ?? { kind: "others" };
}

/** The newest of them, as they may be shown; `more`: there may be others that were not looked at. */
export async function newestOfTheirs(
  state: IncidentState | "unresolved",
  most: number,
  places: readonly SlackPlace[],
  reader: TheirsReader,
): Promise<{ readonly shown: readonly Incident[]; readonly more: boolean }> {
  const shown: Incident[] = [];
  let before: number | undefined;
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT; lookedAt += PAGE) {
    const page = await reader.incidents({ state, before, limit: PAGE });
    for (const incident of page) {
      const theirs = await asTheirs(incident, places, reader);
      if (theirs === null) continue;
      if (shown.length === most) return { shown, more: true };
      shown.push(theirs.shown);
    }
    if (page.length < PAGE) return { shown, more: false };
    before = page.at(-1)?.id;
  }
  return { shown, more: true };
}

async function asTheirs(
  incident: Incident,
  places: readonly SlackPlace[],
  reader: TheirsReader,
): Promise<Theirs | null> {
  const receipts = await reader.receipts(incident.id);
  const place = placeIn(receipts, places) ?? placeIn(await toldOtherwise(incident, reader), places);
  if (place === null) return null;
  return { kind: "theirs", place, incident, shown: await asShown(incident, place, reader), receipts };
}

/** Where it is to be told yet, or is told in another one. */
async function toldOtherwise(incident: Incident, reader: TheirsReader): Promise<readonly At[]> {
  const { id, collapsedInto: mass } = incident;
  const own = [...(await reader.works(id)), ...(await reader.toldIn(id))];
  return mass === undefined ? own : [...own, ...(await reader.receipts(mass)), ...(await reader.works(mass))];
}

interface At {
  readonly destination: string;
}

function placeIn(told: readonly At[], places: readonly SlackPlace[]): SlackPlace | null {
  return places.find(({ name }) => told.some(({ destination }) => destination === name)) ?? null;
}

/** Slack's own pages keep what is answered: it shows no more than the message does. */
async function asShown(incident: Incident, { redact }: SlackPlace, reader: TheirsReader): Promise<Incident> {
  const redactor = redactorOf(redact === undefined ? {} : { redact });
  if (redactor === null) return incident;
  const line = await reader.firstLine(incident.id);
  const told = { incident, group: {}, moments: [] };
  if (line !== null) return redactTold(told, redactor, [redactor.line(line)]).incident;
  const shown = redactTold(told, redactor, []).incident;
  // Without its alert nobody can tell which words of the title are values of those fields.
  return redactor.terms.fields.length === 0 ? shown : { ...shown, title: REDACTED };
}
