import { isUnresolved, type Incident } from "../core/incident.ts";
import { digestedFor } from "../core/digest-event.ts";
import { isOwnPolicy } from "../core/own-health.ts";
import { eachTestOf } from "../core/policy.ts";
import { documentOf, INCIDENT_FIELDS, type Silence } from "../core/silence.ts";
import type { ApiParts } from "./parts.ts";

/** The open incidents that a silence hides. */
export interface Hidden {
  readonly incidents: number;
  readonly lookedAt: number;
  /** The newest of them. */
  readonly shown: readonly Pick<Incident, "id" | "severity" | "policy" | "title">[];
}

/** Each takes its first line off the disk and reads it: so many are a fraction of a second. */
const LOOKED_AT_MOST = 2_000;
const SHOWN_MOST = 10;

export async function hiddenBy(silence: Silence, parts: ApiParts): Promise<Hidden> {
  const { reader, readMatchers, readFacts } = parts;
  if (silence.incident !== null) {
    const incident = await reader.incident(silence.incident.id);
    const isIt = incident !== null && isUnresolved(incident) && incident.openedAt === silence.incident.openedAt;
    return hidden(isIt ? [incident] : [], 1);
  }
  const read = readMatchers?.(JSON.parse(silence.written));
  if (read?.kind !== "read") return hidden([], 0);
  const incidents = await reader.incidents({ state: "unresolved", limit: LOOKED_AT_MOST });
  const asksAlerts = asksOfAlerts(silence);
  const matching: Incident[] = [];
  for (const incident of incidents) {
    if (isOwnPolicy(incident.policy) || digestedFor(incident.policy) !== null) continue;
    const line = asksAlerts ? await reader.firstLine(incident.id) : null;
    const alert = line === null || readFacts === undefined ? {} : readFacts(line).document;
    if (read.matches({ document: documentOf(incident, alert) })) matching.push(incident);
  }
  return hidden(matching, incidents.length);
}

function asksOfAlerts({ condition }: Silence): boolean {
  let asks = false;
  eachTestOf(condition, (path) => {
    asks ||= !(INCIDENT_FIELDS as readonly string[]).includes(path);
  });
  return asks;
}

function hidden(incidents: readonly Incident[], lookedAt: number): Hidden {
  const shown = incidents
    .slice(0, SHOWN_MOST)
    .map(({ id, severity, policy, title }) => ({ id, severity, policy, title }));
  return { incidents: incidents.length, lookedAt, shown };
}
