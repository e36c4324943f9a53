import { expect, test } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { RateLimit, retryAfter } from "./rate.ts";

const RATE = { perSecond: 2, burst: 3, mostKnown: 4 };

test("a burst is let through, then as many as the rate says, each counted for himself", async () => {
  const clock = createTestClock();
  const limit = new RateLimit(RATE, clock);

  expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([0, 0, 0, 500]);
  expect(limit.take("b")).toBe(0);
  await clock.advance(400);
  expect(limit.take("a")).toBe(100);
  await clock.advance(100);
  expect([limit.take("a"), limit.take("a")]).toEqual([0, 500]);
  await clock.advance(3_600_000);
  expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([0, 0, 0, 500]);
});

test("to ask while there is none costs nothing more", async () => {
  const clock = createTestClock();
  const limit = new RateLimit(RATE, clock);
  for (let i = 0; i < 100; i += 1) limit.take("a");

  await clock.advance(500);

  expect(limit.take("a")).toBe(0);
});

test("a clock that is set back keeps nobody out for as long", () => {
  const clock = createTestClock();
  const limit = new RateLimit(RATE, clock);
  for (let i = 0; i < 4; i += 1) limit.take("a");

  clock.set(-3_600_000);
  expect(limit.take("a")).toBe(500);
  clock.set(500);
  expect(limit.take("a")).toBe(0);
});

test("however many come, no more are known than may be", () => {
  const limit = new RateLimit(RATE, createTestClock());
  for (let i = 0; i < 1_000; i += 1) limit.take(`a${i}`);

  expect(limit.known).toBe(4);
});

test("what a client is told to wait is whole seconds, and never none", () => {
  expect([1, 1_000, 1_001].map((ms) => retryAfter(ms)["Retry-After"])).toEqual(["1", "1", "2"]);
});
