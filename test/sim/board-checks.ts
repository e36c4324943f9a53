import type { Snapshot } from "../../src/core/snapshot.ts";
import type { FakeBoard } from "../fakes/board.ts";
import { hold } from "./checks.ts";
import { isCollapsed, isDead, receiptsAt, type IncidentRow, type Rows } from "./rows.ts";

/** 3 and 6 where things can be found and edited: one item, saying what the store says, each moment told once. */
export function checkBoard(rows: Rows, snapshot: Snapshot, board: FakeBoard): void {
  const receipts = receiptsAt(rows, snapshot, "board");
  for (const receipt of receipts) {
    const prefix = new RegExp(`^rp-[a-z0-9]+-${receipt.incident}-board-1$`);
    const items = board.liveItems().filter((item) => prefix.test(item.mark));
    // Whoever drops the work leaves a second copy where it is.
    if (isDead(rows, receipt.incident, receipt.destination)) continue;
    hold(3, items.length === 1, () => `#${receipt.incident} has ${items.length} live items on the board`);
    const item = items[0]!;
    // Its story ends where that of the mass event begins.
    if (isCollapsed(rows, receipt.incident)) continue;
    const [incident] = rows.all<IncidentRow>("SELECT * FROM incident WHERE id = ?", receipt.incident);
    const head = `${incident?.state} ${incident?.severity} x${incident?.count}`;
    hold(6, item.body === head, () => `#${receipt.incident} is "${head}", and the board says "${item.body}"`);
    const comments = item.comments.filter(({ closed }) => !closed);
    const marks = comments.map(({ mark }) => mark);
    hold(3, new Set(marks).size === marks.length, () => `#${receipt.incident} has a comment twice: ${marks.join(" ")}`);
    const told = [item.title, ...comments.map(({ text }) => text)].map(rangeOf);
    let next = 1;
    for (const [from, to] of told) {
      hold(6, from === next, () => `#${receipt.incident} tells from moment ${from}, where ${next} comes next`);
      next = to + 1;
    }
    hold(
      6,
      next === (incident?.moment_count ?? 0) + 1,
      () => `#${receipt.incident} has moments that the board never heard`,
    );
  }
  const orphans = board
    .liveItems()
    .filter((item) => !receipts.some(({ incident }) => item.mark.includes(`-${incident}-board-`)));
  const known = orphans.filter((item) => !isDead(rows, Number(/-(\d+)-board-/.exec(item.mark)?.[1]), "board"));
  hold(
    6,
    known.length === 0,
    () => `the board has ${known[0]?.key} (${known[0]?.mark}), and the store knows nothing of it`,
  );
}

/** 6, before everything is quiet: what was told so long ago that nothing of it can still be on its way is right. */
export function checkBoardSoFar(rows: Rows, board: FakeBoard, now: number, longestWayMs: number): void {
  const settled = rows.all<IncidentRow & { destination: string }>(
    `SELECT incident.* FROM incident JOIN receipt ON receipt.incident = incident.id
     WHERE receipt.destination = 'board' AND receipt.last_done_at < ? AND incident.state <> 'pending' AND collapsed_into = 0
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = incident.id AND work.destination = 'board')`,
    now - longestWayMs,
  );
  for (const incident of settled) {
    const head = `${incident.state} ${incident.severity} x${incident.count}`;
    const item = board.liveItems().find(({ mark }) => mark.endsWith(`-${incident.id}-board-1`));
    hold(6, item?.body === head, () => `#${incident.id} has long been "${head}", and the board says "${item?.body}"`);
  }
}

function rangeOf(text: string): readonly [number, number] {
  const [, from, to] = /told (\d+)\.\.(\d+)/.exec(text) ?? [];
  return [Number(from), Number(to)];
}
