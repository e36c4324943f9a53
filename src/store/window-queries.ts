import type { FilledWindow, LiveWindow, WindowBook, WindowRef } from "../core/window.ts";
import { LIVE_WINDOW, WINDOW_BOOK, WINDOW_FILLED } from "./columns.ts";
import { columnsOf, only, sql, type Ask } from "./sql.ts";
import { toText } from "./text.ts";
import { liveWindowOf, windowBookOf, windowFilledOf } from "./window-rows.ts";

export async function liveWindow(ask: Ask, policy: string, key: string): Promise<LiveWindow | null> {
  const found = sql`SELECT ${columnsOf(LIVE_WINDOW)} FROM live_window
    WHERE policy = ${toText(policy)} AND window_key = ${toText(key)}`;
  return only(await ask(found), liveWindowOf);
}

export async function windowFilled(ask: Ask, { policy, n }: WindowRef): Promise<FilledWindow | null> {
  const found = sql`SELECT ${columnsOf(WINDOW_FILLED)} FROM window_filled
    WHERE policy = ${toText(policy)} AND n = ${n}`;
  return only(await ask(found), windowFilledOf);
}

export async function windowBooks(ask: Ask): Promise<readonly WindowBook[]> {
  const rows = await ask(sql`SELECT ${columnsOf(WINDOW_BOOK)} FROM window_book ORDER BY policy`);
  return rows.map(windowBookOf);
}
