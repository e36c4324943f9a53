import { describe, expect, it } from "vitest";
import { WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";

describe("calls", () => {
  it("are never more at once than the destination's concurrency, and as many as that while there is work", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 3 } });
    await desk.incidents(...Array.from({ length: 10 }, () => 10));

    await desk.begin();
    await desk.begin();
    expect(desk.called).toEqual([1, 2, 3]);
    desk.calls[1]!.end();
    await desk.clock.advance(0);
    expect(desk.called).toEqual([1, 2, 3, 4]);
    while (desk.open.size > 0) await desk.endAll();

    expect(desk.called).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(desk.mostOpen).toBe(3);
    expect(desk.works()).toEqual([]);
  });

  it("keep their pace, however fast they are answered and across a restart", async () => {
    const desk = new WorkerDesk({ terms: { paceMs: 10 * SECOND_MS } });
    await desk.incidents(10, 10, 10);
    const beganAt = desk.clock.now();

    await desk.begin();
    await desk.endAll();
    await desk.restart();
    await desk.begin();
    await desk.clock.advance(10 * SECOND_MS - 1);
    expect(desk.called).toEqual([1]);
    for (let seconds = 0; seconds < 30; seconds += 1) {
      await desk.clock.advance(SECOND_MS);
      await desk.endAll();
    }

    expect(desk.calls.map((call) => call.beganAt - beganAt)).toEqual([0, 10 * SECOND_MS, 20 * SECOND_MS]);
  });

  it("for the new and critical go before those that waited longer", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 1 } });
    await desk.incidents(10, 10, 10);
    await desk.begin();

    await desk.incidents(15);
    while (desk.open.size > 0) await desk.endAll();

    expect(desk.called).toEqual([1, 4, 2, 3]);
  });

  it("begin by themselves when what was put off falls due", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ kind: "later", reason: "server_error", scope: "work", retryAfterMs: MINUTE_MS, evidence: "" });

    await desk.clock.advance(MINUTE_MS - 1);
    expect(desk.called).toEqual([1]);
    await desk.clock.advance(1);

    expect(desk.called).toEqual([1, 1]);
  });

  it("go on until nothing is left to tell, and what happens meanwhile is told after", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();

    await desk.writer.submit({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } });
    await desk.endAll();
    await desk.endAll();

    expect(desk.calls.map(({ step }) => step.plan.momentsTold)).toEqual([1, 2]);
    expect(desk.receipt(1)).toMatchObject({ steps: 2, momentsTold: 2 });
    expect(desk.works()).toEqual([]);
  });
});
