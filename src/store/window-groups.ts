import type { WindowBook } from "../core/window.ts";
import type { Need, WindowFacts, WindowRoom } from "../core/need.ts";

/** The incidents of what is expected and may not have come: their group is the window's key. */
export function absentGroups(windows: WindowFacts | null): readonly (readonly [string, string])[] {
  const awaited = windows?.live.filter(({ last }) => last !== null) ?? [];
  return awaited.map(({ policy, key }) => [policy, key]);
}

/** Those that may have no room for all of their keys that are asked for, were each of them new. */
export function crowded(
  windows: Need["windows"],
  rooms: Need["windowRoom"],
  books: readonly WindowBook[],
): readonly WindowRoom[] {
  const asked = new Map<string, number>();
  for (const [policy] of windows.values()) asked.set(policy, (asked.get(policy) ?? 0) + 1);
  const live = new Map(books.map((book) => [book.policy, book.live]));
  return [...rooms.values()].filter(
    ({ policy, keysMost }) => (live.get(policy) ?? 0) + (asked.get(policy) ?? 0) > keysMost,
  );
}
