import type { Kysely } from "kysely";
import type { FilledWindow, LiveWindow, WindowBook, WindowRef } from "../core/window.ts";
import { LIVE_WINDOW, namesOf, WINDOW_BOOK, WINDOW_FILLED } from "./columns.ts";
import { readAll, type Tables } from "./tables.ts";
import { toText } from "./text.ts";
import { liveWindowOf, windowBookOf, windowFilledOf } from "./window-rows.ts";

export async function liveWindow(db: Kysely<Tables>, policy: string, key: string): Promise<LiveWindow | null> {
  const query = db
    .selectFrom("live_window")
    .select(namesOf(LIVE_WINDOW))
    .where("policy", "=", toText(policy))
    .where("window_key", "=", toText(key));
  return readAll(LIVE_WINDOW, await query.execute(), liveWindowOf)[0] ?? null;
}

export async function windowFilled(db: Kysely<Tables>, { policy, n }: WindowRef): Promise<FilledWindow | null> {
  const query = db
    .selectFrom("window_filled")
    .select(namesOf(WINDOW_FILLED))
    .where("policy", "=", toText(policy))
    .where("n", "=", n);
  return readAll(WINDOW_FILLED, await query.execute(), windowFilledOf)[0] ?? null;
}

export async function windowBooks(db: Kysely<Tables>): Promise<readonly WindowBook[]> {
  const query = db.selectFrom("window_book").select(namesOf(WINDOW_BOOK)).orderBy("policy");
  return readAll(WINDOW_BOOK, await query.execute(), windowBookOf);
}
