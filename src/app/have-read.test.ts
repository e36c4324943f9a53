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

  expect(haveRead([said({ ...heard, beats: false }, null)], clock, now)).toBe(true);
  expect(haveRead([said({ ...heard, beats: true }, null)], clock, now)).toBe(false);
  expect(haveRead([said({ ...heard, beats: true }, now - 2_000)], clock, now)).toBe(true);
  expect(haveRead([said(undefined, null)], clock, now)).toBe(false);
});

test("nor is one waited for that has not been heard of for half a minute", () => {
  const sender = { heardAt: null, lastBatch: null, refused: null, beats: true };

  expect(haveRead([said(sender, null)], clock, now - 29_000)).toBe(false);
  expect(haveRead([said(sender, null)], clock, now - 31_000)).toBe(true);
  expect(haveRead([said({ ...sender, heardAt: now - 1_000 }, null)], clock, now - 31_000)).toBe(false);
});
