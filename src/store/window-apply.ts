import type { DatabaseSync } from "node:sqlite";
import type { FilledWindow, LiveWindow, WindowBook } from "../core/window.ts";
import * as columns from "./columns.ts";
import { insert, upsert } from "./columns.ts";
import { toText } from "./text.ts";
import { liveWindowCells, windowBookCells, windowFilledCells } from "./window-rows.ts";

export function preparePutWindow(db: DatabaseSync): (row: LiveWindow) => void {
  const put = db.prepare(upsert("live_window", columns.LIVE_WINDOW, columns.LIVE_WINDOW_KEY));
  return (row) => void put.run(...liveWindowCells(row));
}

export function prepareRemoveWindow(db: DatabaseSync): (policy: string, key: string) => void {
  const remove = db.prepare("DELETE FROM live_window WHERE policy = ? AND window_key = ?");
  return (policy, key) => void remove.run(toText(policy), toText(key));
}

export function preparePutWindowBook(db: DatabaseSync): (row: WindowBook) => void {
  const put = db.prepare(upsert("window_book", columns.WINDOW_BOOK, "policy"));
  return (row) => void put.run(...windowBookCells(row));
}

export function prepareAddWindowFilled(db: DatabaseSync): (row: FilledWindow) => void {
  const add = db.prepare(insert("window_filled", columns.WINDOW_FILLED));
  return (row) => void add.run(...windowFilledCells(row));
}
