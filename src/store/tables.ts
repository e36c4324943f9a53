// The tables as Kysely sees them, and from its rows to ours.
import type * as columns from "./columns.ts";
import { namesOf, type Cell, type Column } from "./columns.ts";
import type { Row } from "./rows.ts";

type Table<List extends string> = { readonly [Name in Column<List>]: Cell };

export interface Tables {
  readonly source: Table<typeof columns.SOURCE>;
  readonly alert: Table<typeof columns.ALERT>;
  readonly body: Table<typeof columns.BODY>;
  readonly quarantine: Table<typeof columns.QUARANTINE>;
  readonly incident: Table<typeof columns.INCIDENT>;
  readonly moment: Table<typeof columns.MOMENT>;
  readonly work: Table<typeof columns.WORK>;
  readonly receipt: Table<typeof columns.RECEIPT>;
  readonly attempt: Table<typeof columns.ATTEMPT>;
  readonly tally: Table<typeof columns.TALLY>;
  readonly lane: Table<typeof columns.LANE>;
  readonly action: Table<typeof columns.ACTION>;
  readonly surge: Table<typeof columns.SURGE>;
  readonly mass: Table<typeof columns.MASS>;
  readonly live_window: Table<typeof columns.LIVE_WINDOW>;
  readonly window_book: Table<typeof columns.WINDOW_BOOK>;
  readonly window_filled: Table<typeof columns.WINDOW_FILLED>;
  readonly reminder: Table<typeof columns.REMINDER>;
  readonly digest: Table<typeof columns.DIGEST>;
  readonly told_in: Table<typeof columns.TOLD_IN>;
  readonly response: Table<typeof columns.RESPONSE>;
  readonly sighting: Table<typeof columns.SIGHTING>;
  readonly respond_stop: Table<typeof columns.RESPOND_STOP>;
  readonly silence: Table<typeof columns.SILENCE>;
  readonly audit: Table<typeof columns.AUDIT>;
  readonly meta: { readonly installed_at: Cell };
  readonly retention: Table<typeof columns.RETENTION>;
  readonly agent: Table<typeof columns.AGENT>;
  readonly fleet: Table<typeof columns.FLEET>;
  readonly snapshot: Table<typeof columns.SNAPSHOT>;
}

/** Kysely's rows are objects; ours are read by place, in the order of their list of columns. */
export function readAll<Found>(
  list: string,
  rows: readonly Readonly<Record<string, Cell>>[],
  of: (row: Row) => Found,
): Found[] {
  const names = namesOf(list);
  return rows.map((row) => of(names.map((name) => row[name])));
}
