import { describe, expect, it } from "vitest";
import { arrived, isOutcome, WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";

describe("drain", () => {
  it("ends when the calls in flight have ended and are written down, and begins nothing that happens meanwhile", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 2 } });
    await desk.incidents(10, 10, 10);
    await desk.begin();
    const drained = ended(desk.drain());

    desk.calls[0]!.end();
    await desk.incidents(15);
    await desk.clock.advance(0);
    expect(drained.isOver).toBe(false);
    await desk.endAll();

    expect(drained.isOver).toBe(true);
    expect(desk.called).toEqual([1, 2]);
    expect(desk.works().map(({ incident }) => incident)).toEqual([3, 4]);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("ends at once where nothing is to do", async () => {
    const desk = new WorkerDesk();
    const drained = ended(desk.drain());

    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
  });

  it("waits for a plan under way, and for the calls that it begins", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    const plan = Promise.withResolvers<void>();
    desk.beforeClaim = () => plan.promise;
    await desk.begin();

    const drained = ended(desk.drain());
    plan.resolve();
    await desk.clock.advance(0);
    expect(drained.isOver).toBe(false);
    expect(desk.called).toEqual([1]);
    await desk.endAll();

    expect(drained.isOver).toBe(true);
    expect(desk.works()).toEqual([]);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("leaves no timer behind where a plan under way has found what is due later", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ kind: "later", reason: "server_error", scope: "work", retryAfterMs: HOUR_MS, evidence: "" });
    const plan = Promise.withResolvers<void>();
    desk.beforeClaim = () => plan.promise;
    await desk.begin();

    const drained = ended(desk.drain());
    plan.resolve();
    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("leaves no timer behind where a plan under way fails", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    const plan = Promise.withResolvers<void>();
    desk.beforeClaim = () => plan.promise;
    await desk.begin();

    const drained = ended(desk.drain());
    plan.reject(new Error("disk I/O error"));
    await desk.clock.advance(0);

    expect(drained.isOver).toBe(true);
    expect(desk.clock.waiting()).toBe(0);
  });

  it("ends although an outcome can't be committed: the next life finds the call without one", async () => {
    const desk = new WorkerDesk();
    desk.commitFails = isOutcome;
    await desk.incidents(10);
    await desk.begin();

    const drained = ended(desk.drain());
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
    await desk.begin();
    const both = [ended(desk.drain()), ended(desk.drain())];

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
