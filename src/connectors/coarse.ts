import type { Picture } from "../core/picture.ts";
import { MINUTE_MS, type Instant } from "../core/time.ts";

/**
 * The picture as it is worth an edit. A flood of alerts changes its count with each of them: of an open incident two
 * digits of the count and five minutes of the time count as the same. Once it is over the last word is exact.
 */
export function coarse(picture: Picture): Picture {
  const { incident, first, newest } = picture;
  if (incident.state === "resolved") return picture;
  const lastAt = Math.floor(incident.lastAt / COARSE_MS) * COARSE_MS;
  return {
    ...picture,
    incident: { ...incident, count: coarseCount(incident.count), lastAt: Math.max(incident.firstAt, lastAt) },
    newest: incident.count < EXACT_BELOW ? newest : first,
  };
}

const COARSE_MS: Instant = 5 * MINUTE_MS;
const EXACT_BELOW = 10;

function coarseCount(count: number): number {
  const unit = 10 ** Math.max(0, String(Math.floor(count)).length - 2);
  return Math.floor(count / unit) * unit;
}
