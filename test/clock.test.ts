import { expect, test } from "vitest";
import { createTestClock } from "./clock.ts";

test("timers fire in the order of their instants, each at its own, those set for the same one in the order they were set", async () => {
  const clock = createTestClock(1_000);
  const fired: [string, number][] = [];
  const note = (name: string) => (): void => void fired.push([name, clock.now()]);
  clock.after(20, note("late"));
  clock.after(5, note("first"));
  clock.after(5, note("second"));
  clock.after(50, note("never"));

  await clock.advance(30);

  expect(fired).toEqual([
    ["first", 1_005],
    ["second", 1_005],
    ["late", 1_020],
  ]);
  expect(clock.now()).toBe(1_030);
  expect(clock.waiting()).toBe(1);
});

test("what a timer sets going in microtasks is at rest before the next one fires", async () => {
  const clock = createTestClock();
  const steps: string[] = [];
  clock.after(1, () => {
    queueMicrotask(() => {
      queueMicrotask(() => {
        steps.push("microtask of a microtask");
        clock.after(0, () => steps.push("its timer"));
      });
    });
  });
  clock.after(2, () => steps.push("next timer"));

  await clock.advance(2);

  expect(steps).toEqual(["microtask of a microtask", "its timer", "next timer"]);
});

test("a cancelled timer does not fire", async () => {
  const clock = createTestClock();
  let fired = false;
  const cancel = clock.after(0, () => (fired = true));

  cancel();
  await clock.advance(10);

  expect(fired).toBe(false);
});
