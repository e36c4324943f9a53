import type { Need, WindowFacts } from "../core/need.ts";
import { LIVE_WINDOW, LIVE_WINDOW_KEY, WINDOW_BOOK } from "./columns.ts";
import { valuesOf } from "./postgres-leap.ts";
import type { Row } from "./rows.ts";
import { toText } from "./text.ts";
import { liveWindowOf, windowBookOf } from "./window-rows.ts";

/** What is asked of windows; part of `POSTGRES_FACT_SQL`. */
export const POSTGRES_WINDOW_SQL = {
  windows: `SELECT ${LIVE_WINDOW} FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS asked(policy, window_key)
    JOIN live_window USING (policy, window_key) ORDER BY ${LIVE_WINDOW_KEY}`,
  dueWindows: `SELECT ${LIVE_WINDOW} FROM live_window WHERE source = $1 AND due_at < $2
    ORDER BY due_at, ${LIVE_WINDOW_KEY} LIMIT $3`,
  dueWindowsOfOthers: `${valuesOf("live_window", "source", "true")}
    SELECT due.* FROM leap CROSS JOIN LATERAL (
      SELECT ${LIVE_WINDOW} FROM live_window WHERE source = leap.value AND due_at < $1
      ORDER BY due_at, ${LIVE_WINDOW_KEY} LIMIT $2
    ) AS due
    WHERE leap.value <> ALL($3::text[])`,
  windowBooks: `SELECT ${WINDOW_BOOK} FROM window_book WHERE policy = ANY($1::text[]) ORDER BY policy`,
} as const;

/** Whose books a turn needs. */
export function policiesOf(asked: Need["windows"], ended: readonly Row[]): readonly string[] {
  const named = [...asked.values()].map(([policy]) => toText(policy));
  return [...new Set([...named, ...ended.map(([policy]) => policy as string)])];
}

export function factsOfWindows(named: readonly Row[], ended: readonly Row[], books: readonly Row[]): WindowFacts {
  const due = ended.map(liveWindowOf);
  const live = new Map([...due, ...named.map(liveWindowOf)].map((row) => [`${row.policy}\n${row.key}`, row]));
  const ending = new Map(due.map(({ policy, key }) => [`${policy}\n${key}`, [policy, key] as const]));
  return { live: [...live.values()], due: [...ending.values()], books: books.map(windowBookOf) };
}
