import type { Config } from "../config/schema.ts";
import { snapshotOf } from "../config/snapshot.ts";
import { connectorOfType, connectors } from "../connectors/index.ts";
import { fireAbsence } from "../core/absence.ts";
import { lineOf } from "../core/agent-note.ts";
import type { KeptAlert } from "../core/alert.ts";
import type { Context } from "../core/context.ts";
import { decide } from "../core/decide.ts";
import type { DigestTerms } from "../core/digest-event.ts";
import type { Collapse } from "../core/mass-event.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import type { Moment } from "../core/moments.ts";
import { playbookOf } from "../core/guidance.ts";
import type { Picture } from "../core/picture.ts";
import type { Redaction, Redactor } from "../core/redact.ts";
import { markOf } from "../core/receipt.ts";
import { rhythmAt, type ShownRhythm } from "../core/rhythm.ts";
import type { DestinationTerms, Snapshot } from "../core/snapshot.ts";
import { rehearsed } from "../core/rehearse-responses.ts";
import type { Instant } from "../core/time.ts";
import type { WindowTerms } from "../core/window.ts";
import { fireTimer } from "../core/timer.ts";
import { responds } from "../core/wanted-rules.ts";
import { View } from "../core/view.ts";
import { paint } from "../engine/paint.ts";
import { redactorOf } from "../engine/redacted.ts";
import { re2 } from "../ports/regex.ts";
import { offsetAt } from "../ports/zones.ts";
import { isSecretRef, placeOfSecret, type SecretRef } from "../ports/secrets.ts";
import { createLineJudge } from "../sources/line-judge.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import type { ClaimedWork } from "../store/store.ts";
import type { FleetKnown } from "./fleet-known.ts";
import { oneLine, type NoAlert } from "./explain.ts";
import { NOTHING } from "./nothing.ts";

/** What would be sent of one alert, were it the first of its kind. */
export interface Preview {
  readonly kind: "previewed";
  readonly incidents: readonly PreviewedIncident[];
  /** It is the line of an active response, which joins an incident and opens none. */
  readonly isResponse: boolean;
  /** Policies whose incident the alert would end; of that nothing is shown. */
  readonly clears: readonly string[];
}

export interface PreviewedIncident {
  readonly policy: string;
  readonly picture: Picture;
  /** How long it would be held back before; null: told at once. */
  readonly holdMs: number | null;
  /** From how many within what time on it would be told together with others instead; null: never. */
  readonly collapse: Collapse | null;
  /** What must come together before; null: nothing. */
  readonly window: WindowTerms | null;
  /** When it would be told, and again. */
  readonly rhythm: ShownRhythm;
  readonly requests: readonly PreviewedRequest[];
}

export interface PreviewedRequest {
  readonly destination: string;
  readonly type: string;
  /** The connector's word for the step. */
  readonly action: string;
  /** How it is sent: `POST, application/json`. */
  readonly way: string;
  /** Fields of the destination that hold an address or a secret, and where that is to be had. */
  readonly places: Readonly<Record<string, string>>;
  /** What is sent beside the body. */
  readonly adds: readonly string[];
  /** It would be told with others, and not by itself; absent: by itself, however many there are. */
  readonly digest?: DigestTerms;
  /** What of the alert is not shown there, by field; the texts that Riposte makes of it are without it as well. */
  readonly redacted: readonly Redaction[];
  /** It is not sent: integratord sends it, or who posts to the same address. */
  readonly shadow?: true;
  readonly yieldsTo?: string;
  /** As a person would read it there, line by line; absent: the body shows it. */
  readonly reads?: readonly string[];
  /** As it would be sent, but for the mark and the number of the incident, which the database gives. */
  readonly body: string;
}

/** The part of a mark that each database has its own of. */
const INSTALL = "preview0";

/** Runs the alert through the policies and the real decisions, and asks the connectors what they would send. */
export function previewText(
  text: string,
  config: Config,
  now: Instant,
  fleet: FleetKnown | null = null,
): Preview | NoAlert {
  const line = oneLine(text);
  if (typeof line !== "string") return line;
  const { snapshot, policies } = snapshotOf(config, connectors);
  const compiled = compilePolicies(policies, re2);
  const judged = createLineJudge(compiled, () => false, matchAlert, responds(policies), fleet?.enrich).judge(line, now);
  if (judged.kind === "malformed") return { kind: "no_alert", why: judged.why };
  if (judged.kind === "ignored") return { kind: "previewed", incidents: [], clears: [], isResponse: false };
  const { matches, at } = judged.alert;
  const alert = { ...judged.alert, matches: matches.filter(({ clears }) => !clears) };
  return {
    kind: "previewed",
    incidents: incidentsOf(alert, config, { now: at, random: () => 0, snapshot: rehearsed(snapshot), offsetAt }),
    isResponse: alert.action !== undefined,
    clears: matches.filter(({ clears }) => clears).map(({ policy }) => policy),
  };
}

function incidentsOf(alert: KeptAlert, config: Config, context: Context): readonly PreviewedIncident[] {
  const view = new View(NOTHING);
  const stretch = { cursor: "{}", read: 1, ignored: 0, malformed: 0, quarantine: [], watermarkAt: null };
  const { snapshot } = context;
  // What windows would have to be filled with is taken to have come, and what a digest would be made of is shown as it
  // would be told by itself.
  const policies = withoutWindows(snapshot.policies);
  const alone = {
    ...context,
    snapshot: { ...snapshot, policies, destinations: withoutDigests(snapshot.destinations) },
  };
  decide(view, { kind: "accept", source: "preview", alerts: [alert], ...stretch }, alone);
  for (const { policy, window } of alert.matches) {
    const key = window?.key ?? null;
    const row = key === null ? undefined : view.window(policy, key);
    if (row !== undefined) fireAbsence(view, row, context);
  }
  for (let id = 1; id <= view.counters.incident; id += 1) {
    const held = view.incident(id);
    if (held?.state === "pending") fireTimer(view, held, { ...alone, now: held.dueAt ?? context.now });
  }
  const moments = view.changes().flatMap((change): Moment[] => (change.table === "moment" ? [change.row] : []));
  return Array.from({ length: view.counters.incident }, (_, i) => i + 1).flatMap((id) => {
    const incident = view.incident(id);
    if (incident === undefined) return [];
    const of = { incident, moments: moments.filter((moment) => moment.incident === id) };
    const terms = context.snapshot.policies[incident.policy];
    const claimed = { ...of, firstRaw: alert.raw, newestRaw: null };
    const { policy } = incident;
    const draw: Draw = (redactor) =>
      paint(claimed, terms, readStoredLine, { playbook: playbookOf(context.snapshot, policy), redactor });
    const picture = draw(null);
    const told = view.worksOf(id).map(({ destination }) => destination);
    const requests = told.flatMap((name) => {
      const request = requestOf(name, draw, claimed, context.snapshot, config);
      const digest = snapshot.destinations[name]?.digest;
      if (request === null) return [];
      return digest === undefined ? [request] : [{ ...request, digest }];
    });
    return [
      {
        policy: incident.policy,
        picture,
        holdMs: terms?.holdMs ?? null,
        collapse: terms?.collapse ?? null,
        window: terms?.window ?? null,
        rhythm: rhythmAt(terms ?? {}, incident.severity),
        requests,
      },
    ];
  });
}

/** As if each window were full. What is told of an absence is not told of an alert, and keeps its own. */
function withoutWindows(policies: Snapshot["policies"]): Snapshot["policies"] {
  return Object.fromEntries(
    Object.entries(policies).map(([name, terms]) => {
      const { window, ...alone } = terms;
      return [name, window?.kind === "absence" ? terms : alone];
    }),
  );
}

function withoutDigests(destinations: Snapshot["destinations"]): Snapshot["destinations"] {
  return Object.fromEntries(
    Object.entries(destinations).map(([name, terms]): [string, DestinationTerms] => {
      const { digest: _, ...alone } = terms;
      return [name, alone];
    }),
  );
}

type Draw = (redactor: Redactor | null) => Picture;

function requestOf(
  name: string,
  draw: Draw,
  { firstRaw }: Pick<ClaimedWork, "firstRaw">,
  snapshot: Snapshot,
  { destinations }: Config,
): PreviewedRequest | null {
  const settings = destinations.find((each) => each.name === name);
  const connector = settings === undefined ? undefined : connectorOfType(settings.type);
  if (settings === undefined || connector === undefined) return null;
  const redactor = redactorOf(snapshot.destinations[name] ?? {});
  const picture = draw(redactor);
  const mark = markOf(INSTALL, picture.incident.id, name, 1);
  const step = connector.destination(name, settings.config).next(picture, null, { mark, repeat: false });
  if (step === null) return null;
  return {
    destination: name,
    type: settings.type,
    action: step.action,
    way: connector.way ?? "POST, application/json",
    places: Object.fromEntries(placesIn(settings.config)),
    adds: connector.adds?.(settings.config) ?? [],
    redacted: once(redactor?.line(lineOf(firstRaw)).found ?? []),
    ...(settings.shadow === true && { shadow: true }),
    ...(settings.yieldsTo !== undefined && { yieldsTo: settings.yieldsTo }),
    ...(connector.asText !== undefined && { reads: connector.asText(step.body) }),
    body: step.body,
  };
}

/** The same of the same field is said once. */
function once(found: readonly Redaction[]): readonly Redaction[] {
  return found.filter((each, i) => found.findIndex((of) => of.path === each.path && of.kind === each.kind) === i);
}

/** Secrets by the name of their field, and addresses that are none. */
function placesIn(config: unknown): readonly (readonly [field: string, place: string])[] {
  if (typeof config !== "object" || config === null) return [];
  return Object.entries(config).flatMap(([field, value]: [string, unknown]) => {
    if (typeof value === "string") return field === "url" ? [[field, value] as const] : [];
    if (isSecretRef(value)) return [[field, placeOf(value)] as const];
    return placesIn(value).map(([inner, place]) => [`${field}.${inner}`, place] as const);
  });
}

function placeOf(ref: SecretRef): string {
  return `in ${placeOfSecret(ref)}`;
}
