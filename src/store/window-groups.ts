import type { WindowFacts } from "../core/need.ts";

/** The incidents of what is expected and may not have come: their group is the window's key. */
export function absentGroups(windows: WindowFacts | null): readonly (readonly [string, string])[] {
  const awaited = windows?.live.filter(({ last }) => last !== null) ?? [];
  return awaited.map(({ policy, key }) => [policy, key]);
}
