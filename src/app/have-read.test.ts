import { expect, test } from "vitest";
import type { Source, SourceStatus } from "../sources/source.ts";
import { haveRead } from "./have-read.ts";

const now = Date.UTC(2026, 10, 23, 12);
const clock = { now: () => now };

function said(sender: SourceStatus["sender"], at: number | null): Source {
  const status: SourceStatus = { state: "at_end", trouble: null, behindBytes: null, ...(sender && { sender }) };
  const watermark = at === null ? null : { at, reportedAt: now };
  return { name: "x", start() {}, drain: () => Promise.resolve(), watermark: () => watermark, status: () => status };
}

test("a sender is waited for only where it says how far it has read", () => {
  const heard = { heardAt: null, lastBatch: null, refused: null };

  expect(haveRead([said({ ...heard, beats: false }, null)], clock)).toBe(true);
  expect(haveRead([said({ ...heard, beats: true }, null)], clock)).toBe(false);
  expect(haveRead([said({ ...heard, beats: true }, now - 2_000)], clock)).toBe(true);
  expect(haveRead([said(undefined, null)], clock)).toBe(false);
});
