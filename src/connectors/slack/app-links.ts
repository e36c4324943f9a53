import type { Picture } from "../../core/picture.ts";
import { alertPlace, dashboardPlaces } from "../wazuh-dashboard.ts";
import type { AppConfig } from "./kind.ts";
import { mrkdwnLine } from "./mrkdwn.ts";

const WORDS_CHARS = 90;
/** Slack shows longer ones as text; ours are a few hundred. */
const URL_CHARS = 700;
const TICKETS = 3;

/** Where to go from here, as mrkdwn: where else it is told, Riposte's console, the dashboard. */
export function linksOf(config: AppConfig, picture: Picture): readonly string[] {
  const { wazuh_dashboard: dashboard, console: riposte } = config;
  const told = (picture.elsewhere ?? []).slice(0, TICKETS).map(({ destination, url }) => ({
    // A ticket's address ends with its name.
    words: nameIn(url) ?? destination,
    url,
  }));
  const wazuh = dashboard === undefined ? [] : [...dashboardPlaces(dashboard, picture), ...alert(dashboard, picture)];
  const console_ =
    riposte === undefined
      ? []
      : [{ words: "in Riposte", url: `${riposte.replace(/\/+$/, "")}/incidents/${picture.incident.id}` }];
  return [...told, ...console_, ...wazuh].flatMap(({ words, url }) => linkTo(words, url) ?? []);
}

function alert(dashboard: string, picture: Picture) {
  const place = alertPlace(dashboard, picture);
  return place === null ? [] : [place];
}

function nameIn(url: string): string | null {
  return /\/browse\/([A-Z][A-Z0-9_]{0,79}-\d{1,15})$/.exec(url)?.[1] ?? null;
}

/** Null: no address that may be pressed. */
function linkTo(words: string, address: string): string | null {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  if (url.username !== "" || url.password !== "") return null;
  // What means something within Slack's angle brackets.
  const href = url.href.replaceAll(/[<>|\s]/g, (sign) => encodeURIComponent(sign)).replaceAll("&", "&amp;");
  return href.length > URL_CHARS ? null : `<${href}|${mrkdwnLine(words, WORDS_CHARS)}>`;
}
