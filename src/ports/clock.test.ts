import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";

test("nothing to wait for is the next turn of the event loop, after the promises of this one", async () => {
  const order: string[] = [];

  await new Promise<void>((done) => {
    systemClock.after(0, () => {
      order.push("next turn");
      done();
    });
    queueMicrotask(() => order.push("promise"));
  });

  expect(order).toEqual(["promise", "next turn"]);
});

test("what was cancelled is not called, whether it was to wait or not", async () => {
  const called: string[] = [];
  const cancels = [systemClock.after(0, () => called.push("now")), systemClock.after(1, () => called.push("later"))];

  for (const cancel of cancels) cancel();
  await new Promise<void>((done) => void systemClock.after(5, done));

  expect(called).toEqual([]);
});
