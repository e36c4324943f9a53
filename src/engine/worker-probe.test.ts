import { expect, it } from "vitest";
import { WorkerDesk, arrived } from "../../test/fixtures/worker-desk.ts";
import type { Look } from "../core/outcome.ts";
import { later, unknown } from "../core/outcome.ts";
import { SECOND_MS } from "../core/time.ts";

const away = later("server_error", "destination", null, "503");
const absent: Look = { kind: "absent", evidence: "" };

/** A destination that is away, a lost call to look for, and behind it a new critical incident and another new one. */
async function broken(look: Look) {
  const looks: number[] = [];
  const desk: WorkerDesk = new WorkerDesk({
    terms: { finds: true, settleMs: 10 * SECOND_MS, concurrency: 3, paceMs: 0 },
    destination: {
      find: () => {
        looks.push(desk.calls.length);
        return Promise.resolve(look);
      },
    },
  });
  await desk.begin();
  await desk.incidents(10);
  await desk.clock.advance(0);
  await desk.endAll(unknown("timeout", null, "no answer"));
  await desk.incidents(15, 10);
  for (const holdMs of [750, 1_500, 3_000]) {
    await desk.clock.advance(holdMs);
    await desk.endAll(away);
  }
  expect(desk.lane()).toMatchObject({ failures: 4 });
  expect(looks).toEqual([]);
  return { desk, looks, triedBefore: desk.calls.length };
}

it("while a destination is away, a look finds out whether it is back, and nothing is sent there before", async () => {
  const { desk, looks, triedBefore } = await broken(absent);

  await desk.clock.advance(6 * SECOND_MS);

  expect(looks).toEqual([triedBefore]);
  expect(desk.called.slice(triedBefore)).toEqual([2]);
});

it("who answered a look is sent one thing at a time, the critical first, until he has taken one", async () => {
  const { desk } = await broken(absent);
  await desk.clock.advance(6 * SECOND_MS);
  expect(desk.lane()).toMatchObject({ failures: 4 });
  expect(desk.open.size).toBe(1);

  await desk.endAll(arrived);

  expect(desk.lane()).toMatchObject({ failures: 0 });
  expect(desk.receipt(2)).toBeDefined();
  expect([...desk.open].map(({ incident }) => incident)).toContain(3);
});

it("a look that gets no answer puts everything off, and the next to try is a look again", async () => {
  const { desk, looks, triedBefore } = await broken(away);
  for (const holdMs of [6, 12, 24]) await desk.clock.advance(holdMs * SECOND_MS);

  expect(looks).toEqual([triedBefore, triedBefore, triedBefore]);
  expect(desk.lane()).toMatchObject({ failures: 7 });
});
