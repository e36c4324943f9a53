import { expect, test } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import type { Input } from "../core/input.ts";
import { Witness } from "./witness.ts";

const note = (about: string) => ({ who: "riposte", what: "secret_changed", about }) as const;

test("what happens outside comes into the audit once, in its order, as soon as the database takes it", async () => {
  const clock = createTestClock();
  const taken: string[] = [];
  let isFull = true;
  const submit = async (input: Input) => {
    if (isFull) throw new Error("the disk is full");
    if (input.kind === "note") taken.push(input.about);
    return { woken: [] };
  };
  const witness = new Witness({ submit }, clock);
  for (const about of ["one", "two"]) witness.note(note(about));
  await clock.advance(5_000);
  expect(taken).toEqual([]);

  isFull = false;
  await clock.advance(1_000);
  witness.note(note("three"));
  await clock.advance(1_000);

  expect(taken).toEqual(["one", "two", "three"]);
});

test("nothing is brought any more once it has stopped", async () => {
  const clock = createTestClock();
  let asked = 0;
  const submit = async () => {
    asked += 1;
    throw new Error("the disk is full");
  };
  const witness = new Witness({ submit }, clock);
  witness.note(note("one"));
  await clock.advance(1_000);
  witness.stop();
  await clock.advance(10_000);

  expect(asked).toBeLessThanOrEqual(3);
});
