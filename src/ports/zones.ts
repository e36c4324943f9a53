import { MINUTE_MS, type Instant } from "../core/time.ts";
import type { OffsetAt } from "../core/weekly-window.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** By the rules that come with Node. Seconds of old local times are left out: there are none in any zone since 1972. */
export const offsetAt: OffsetAt = (zone, at) => {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  // The end of a text like "11/23/2026, GMT+01:00"; UTC itself has no figures.
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(format.format(at)) ?? [];
  if (sign === undefined) return 0;
  const ahead = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return sign === "-" ? -ahead : ahead;
};

/** Asked often about the same few instants: the last answers are kept. */
export function rememberingOffsets(of: OffsetAt = offsetAt): OffsetAt {
  const known = new Map<string, number>();
  return (zone: string, at: Instant): number => {
    const key = `${zone} ${at}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= 1_000) known.clear();
    const offset = of(zone, at);
    known.set(key, offset);
    return offset;
  };
}
