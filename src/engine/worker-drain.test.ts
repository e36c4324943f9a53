import { describe, expect, it } from "vitest";
import { arrived, isOutcome, WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";

describe("drain", () => {
  it("ends when the calls in flight have ended and are written down, also when it was woken meanwhile", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 2 } });
    await desk.incidents(10, 10, 10);
    await desk.wake();
    const drained = ended(desk.worker.drain());

    desk.calls[0]!.end();
    await desk.wake();
    expect(drained.isOver).toBe(false);
    await desk.endAll();

    expect(drained.isOver).toBe(true);
    expect(desk.called).toEqual([1, 2]);
    expect(desk.works().map(({ incident }) => incident)).toEqual([3]);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("ends at once where nothing is to do", async () => {
    const desk = new WorkerDesk();
    const drained = ended(desk.worker.drain());

    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
  });

  it.each<readonly [found: string, levels: readonly number[]]>([
    ["nothing to do", []],
    ["something to do", [10]],
  ])("ends when a claim under way has found %s, begins no call, and leaves no timer behind", async (_, levels) => {
    const desk = new WorkerDesk();
    await desk.incidents(...levels);
    const claim = Promise.withResolvers<void>();
    desk.beforeClaim = () => claim.promise;
    await desk.wake();

    const drained = ended(desk.worker.drain());
    await desk.wake();
    expect(drained.isOver).toBe(false);
    claim.resolve();
    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
    expect(desk.called).toEqual([]);
    expect(desk.works()).toHaveLength(levels.length);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("leaves no timer behind where a claim under way has found what is due later", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.wake();
    await desk.endAll({ kind: "later", reason: "server_error", scope: "work", retryAfterMs: HOUR_MS, evidence: "" });
    const claim = Promise.withResolvers<void>();
    desk.beforeClaim = () => claim.promise;
    await desk.wake();

    const drained = ended(desk.worker.drain());
    claim.resolve();
    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("leaves no timer behind where a claim under way fails", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    const claim = Promise.withResolvers<void>();
    desk.beforeClaim = () => claim.promise;
    await desk.wake();

    const drained = ended(desk.worker.drain());
    claim.reject(new Error("disk I/O error"));
    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("ends although an outcome can't be committed: the next life finds the call without one", async () => {
    const desk = new WorkerDesk();
    desk.commitFails = isOutcome;
    await desk.incidents(10);
    await desk.wake();

    const drained = ended(desk.worker.drain());
    await desk.endAll();
    await desk.clock.advance(2 * SECOND_MS);
    expect(drained.isOver).toBe(true);
    desk.commitFails = () => false;
    await desk.restart();

    expect(desk.work(1)).toMatchObject({ state: "unknown", reason: "engine_died" });
  });

  it("asked for twice ends twice", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.wake();
    const both = [ended(desk.worker.drain()), ended(desk.worker.drain())];

    await desk.endAll(arrived);

    expect(both.map(({ isOver }) => isOver)).toEqual([true, true]);
  });
});

function ended(work: Promise<void>): { readonly isOver: boolean } {
  const seen = { isOver: false };
  work.then(
    () => (seen.isOver = true),
    () => (seen.isOver = false),
  );
  return seen;
}
