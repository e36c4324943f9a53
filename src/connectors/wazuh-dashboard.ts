import type { Picture } from "../core/picture.ts";
import { cutPlainLine } from "../core/plain-text.ts";
import { MINUTE_MS, type Instant } from "../core/time.ts";
import { isoText } from "./telling.ts";

/** An address of the dashboard, to be escaped for where it is shown, and what it leads to, in plain words. */
export interface DashboardPlace {
  readonly words: string;
  readonly url: string;
}

/** Ways from an incident into the dashboard of Wazuh 4.9 and later: the alerts of its rule, and its agent. */
export function dashboardPlaces(dashboard: string, { incident, first, mass }: Picture): readonly DashboardPlace[] {
  // Its alert is none that Wazuh has.
  if (mass !== undefined) return [];
  const base = baseOf(dashboard);
  const agentId = first.agentId !== null && PLAIN_ID.test(first.agentId) ? first.agentId : null;
  const query = PLAIN_ID.test(first.ruleId) ? `rule.id:"${first.ruleId}"` : "";
  const agent = cutPlainLine(first.agentName ?? agentId ?? "", AGENT_CHARS);
  return [
    {
      words: "alerts of this rule",
      url: eventsUrl(base, agentId, query, timeParts(incident.firstAt, incident.lastAt)),
    },
    ...(agentId === null
      ? []
      : [{ words: `agent ${agent}`, url: `${base}/app/endpoints-summary#/agents?tab=welcome&agent=${agentId}` }]),
  ];
}

/** The one alert that an incident began with; null: it has no id that could be asked for. */
export function alertPlace(dashboard: string, { first, mass }: Picture): DashboardPlace | null {
  if (mass !== undefined || !PLAIN_ID.test(first.id)) return null;
  const agentId = first.agentId !== null && PLAIN_ID.test(first.agentId) ? first.agentId : null;
  const times = timeParts(first.at, first.at);
  return { words: "this alert", url: eventsUrl(baseOf(dashboard), agentId, `id:"${first.id}"`, times) };
}

function baseOf(dashboard: string): string {
  return dashboard.replace(/[?#].*$/, "").replace(/\/+$/, "");
}

function eventsUrl(base: string, agentId: string | null, query: string, times: readonly string[]): string {
  const parts = [
    "tab=general&tabView=events",
    ...(agentId === null ? [] : [`agentId=${agentId}`]),
    `_a=${encodeURIComponent(`(filters:!(),query:(language:kuery,query:'${query}'))`)}`,
    ...times,
  ];
  return `${base}/app/threat-hunting#/overview/?${parts.join("&")}`;
}

/** What may stand in a query and an address without meaning anything there. */
const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const AGENT_CHARS = 80;

function timeParts(firstAt: Instant, lastAt: Instant): readonly string[] {
  const from = isoText(firstAt - MINUTE_MS);
  const to = isoText(lastAt + MINUTE_MS);
  if (from === null || to === null) return [];
  const state = `(filters:!(),refreshInterval:(pause:!t,value:0),time:(from:'${from}',to:'${to}'))`;
  return [`_g=${encodeURIComponent(state)}`];
}
