import { expect, test } from "vitest";
import { waitMs } from "./delivery.ts";

const trouble = { why: "trouble", retryAfterMs: null } as const;

test("each failure doubles the wait, up to half a minute, apart from others by chance", () => {
  const most = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((tries) => waitMs(trouble, tries, () => 1));
  const least = [1, 2, 7].map((tries) => waitMs(trouble, tries, () => 0));

  expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(least).toEqual([250, 500, 15_000]);
});

test("what the server asks to wait is waited, and not more than ten minutes", () => {
  expect(waitMs({ ...trouble, retryAfterMs: 7_000 }, 1, () => 0)).toBe(7_000);
  expect(waitMs({ ...trouble, retryAfterMs: 0 }, 1, () => 0)).toBe(250);
  expect(waitMs({ ...trouble, retryAfterMs: 86_400_000 }, 1, () => 0)).toBe(600_000);
});

test("what a person must put right is tried twice a minute", () => {
  expect(waitMs({ why: "unauthorised", retryAfterMs: null }, 1, () => 0)).toBe(30_000);
  expect(waitMs({ why: "wrong_place", retryAfterMs: null }, 9, () => 0)).toBe(30_000);
});
