import type { Picture } from "../../core/picture.ts";
import { dashboardPlaces } from "../wazuh-dashboard.ts";
import { link, webAddress, type Inline } from "./document.ts";

/** Ways from an incident into the dashboard of Wazuh 4.9 and later: its alerts, and its agent. */
export function dashboardLinks(dashboard: string, picture: Picture): readonly Inline[] {
  const base = webAddress(dashboard);
  return base === null ? [] : dashboardPlaces(base, picture).map(({ words, url }) => link(words, url));
}
