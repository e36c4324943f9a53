import type { Guardrails } from "./guardrails.ts";
import type { Instant } from "./time.ts";
import { windowEnd, type OffsetAt, type WeeklyWindow } from "./weekly-window.ts";

/** Hours in which nothing is begun by itself: somebody is asked, or it is refused. */
export interface QuietResponses extends WeeklyWindow {
  readonly does: "ask" | "refuse";
}

export interface QuietNow {
  readonly does: QuietResponses["does"];
  readonly says: string;
}

/** The stricter of the quiet hours in which the instant lies; null: it lies in none. Without a calendar it is in all of them. */
export function quietNow(
  { quietHours = [] }: Pick<Guardrails, "quietHours">,
  now: Instant,
  offsetAt: OffsetAt | undefined,
): QuietNow | null {
  const inForce = quietHours.filter((hours) => offsetAt === undefined || windowEnd(hours, now, offsetAt) !== null);
  const strictest = inForce.find(({ does }) => does === "refuse") ?? inForce[0];
  if (strictest === undefined) return null;
  const { does, toMinute, zone } = strictest;
  return { does, says: `guardrails.quiet_hours last until ${timeOfDay(toMinute)} (${zone})` };
}

function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
