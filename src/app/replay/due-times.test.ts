import fc from "fast-check";
import { expect, test } from "vitest";
import { DueTimes } from "./due-times.ts";

test("whatever is set, put off, brought forward and taken away, the soonest is always named", () => {
  const step = fc.record({ id: fc.nat(8), dueAt: fc.option(fc.nat(50)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const due = new DueTimes();
      const model = new Map<number, number>();
      for (const { id, dueAt } of steps) {
        due.set(`incident ${id}`, dueAt);
        if (dueAt === null) model.delete(id);
        else model.set(id, dueAt);

        expect(due.next()).toBe(model.size === 0 ? null : Math.min(...model.values()));
      }
    }),
  );
});
