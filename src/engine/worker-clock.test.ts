import { describe, expect, it } from "vitest";
import { WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

const later = { kind: "later", reason: "server_error", evidence: "503" } as const;

/** Answers each call within a second, for so long. */
async function answering(desk: WorkerDesk, forMs: number): Promise<void> {
  for (let ms = 0; ms < forMs; ms += SECOND_MS) {
    await desk.clock.advance(SECOND_MS);
    await desk.endAll();
  }
}

describe.each<readonly [way: string, byMs: number]>([
  ["back", -HOUR_MS],
  ["forward", HOUR_MS],
])("a clock that is set an hour %s", (_, byMs) => {
  it("costs what comes after it no more than the destination's pace and a minute", async () => {
    const desk = new WorkerDesk({ terms: { paceMs: 10 * SECOND_MS } });
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll();

    desk.clock.set(byMs);
    await desk.incidents(10, 10);
    await answering(desk, MINUTE_MS + 20 * SECOND_MS);

    expect(desk.called).toEqual([1, 2, 3]);
    expect(desk.calls[2]!.beganAt - desk.calls[1]!.beganAt).toBeGreaterThanOrEqual(10 * SECOND_MS);
  });

  it("costs what was waiting no more than that hour", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ ...later, scope: "work", retryAfterMs: 5 * MINUTE_MS });

    desk.clock.set(byMs);
    await answering(desk, HOUR_MS + 7 * MINUTE_MS);

    expect(desk.called).toEqual([1, 1]);
    expect(desk.works()).toEqual([]);
  });

  it("does not have a call made twice, and leaves nothing behind that a restart finds", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();

    desk.clock.set(byMs);
    await desk.endAll();
    await answering(desk, 2 * MINUTE_MS);
    await desk.restart();
    await desk.begin();
    await answering(desk, 2 * MINUTE_MS);

    expect(desk.called).toEqual([1]);
    expect(desk.works()).toEqual([]);
  });
});

describe("a wait that a clock which was set back has made longer than a day", () => {
  it("is no wait for what comes after it", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ ...later, scope: "destination", retryAfterMs: HOUR_MS });

    desk.clock.set(-30 * DAY_MS);
    await desk.incidents(10);
    await answering(desk, 2 * MINUTE_MS);

    expect(desk.called).toContain(2);
  });
});
