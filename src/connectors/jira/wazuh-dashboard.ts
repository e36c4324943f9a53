import type { Picture } from "../../core/picture.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import { MINUTE_MS, type Instant } from "../../core/time.ts";
import { isoText } from "../telling.ts";
import { link, webAddress, type Inline } from "./document.ts";

/** Ways from an incident into the dashboard of Wazuh 4.9 and later: its alerts, and its agent. */
export function dashboardLinks(dashboard: string, { incident, first, mass }: Picture): readonly Inline[] {
  // Its alert is none that Wazuh has.
  if (mass !== undefined) return [];
  const base = webAddress(dashboard)
    ?.replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
  if (base === undefined) return [];
  const agentId = first.agentId !== null && PLAIN_ID.test(first.agentId) ? first.agentId : null;
  const query = PLAIN_ID.test(first.ruleId) ? `rule.id:"${first.ruleId}"` : "";
  const parts = [
    "tab=general&tabView=events",
    ...(agentId === null ? [] : [`agentId=${agentId}`]),
    `_a=${encodeURIComponent(`(filters:!(),query:(language:kuery,query:'${query}'))`)}`,
    ...timeParts(incident.firstAt, incident.lastAt),
  ];
  const agent = cutPlainLine(first.agentName ?? agentId ?? "", AGENT_CHARS);
  return [
    link("alerts of this rule", `${base}/app/threat-hunting#/overview/?${parts.join("&")}`),
    ...(agentId === null
      ? []
      : [link(`agent ${agent}`, `${base}/app/endpoints-summary#/agents?tab=welcome&agent=${agentId}`)]),
  ];
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
