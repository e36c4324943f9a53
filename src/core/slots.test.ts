import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

test("each is taken once, by the number that it was put under", () => {
  const slots = new Slots<{ readonly name: string }>();
  const [a, b] = [slots.put({ name: "a" }), slots.put({ name: "b" })];

  expect(slots.take(a)).toEqual({ name: "a" });
  expect(slots.take(a)).toBeUndefined();
  expect(slots.take(7)).toBeUndefined();

  expect(slots.all()).toEqual([{ name: "b" }]);
  expect(slots.size).toBe(1);
  expect(slots.take(b)).toEqual({ name: "b" });
});

test("no two that are there have one number, however many come and go", () => {
  const slots = new Slots<{ readonly n: number }>();
  const there = new Map<number, number>();
  for (let n = 0; n < 1_000; n += 1) {
    const slot = slots.put({ n });
    expect(there.has(slot)).toBe(false);
    there.set(slot, n);
    const [first] = there;
    if (n % 3 === 0 || first === undefined) continue;
    there.delete(first[0]);
    expect(slots.take(first[0])).toEqual({ n: first[1] });
  }

  expect(slots.size).toBe(there.size);
  expect(Math.max(...there.keys())).toBeLessThan(1_000);
});

test("it grows no longer than what is there at once", () => {
  const slots = new Slots<object>();
  const numbers = Array.from({ length: 10_000 }, () => {
    const slot = slots.put({});
    slots.take(slot);
    return slot;
  });

  expect(new Set(numbers)).toEqual(new Set([0]));
});
