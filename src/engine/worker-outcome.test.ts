import { describe, expect, it } from "vitest";
import { isOutcome, WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";

describe("an outcome", () => {
  it("that can't be committed is offered again until it can, and the call is not made again", async () => {
    const desk = new WorkerDesk();
    desk.commitFails = isOutcome;
    await desk.incidents(10);
    await desk.begin();

    await desk.endAll();
    await desk.clock.advance(MINUTE_MS);
    expect(desk.work(1)).toMatchObject({ state: "sending" });
    desk.commitFails = () => false;
    await desk.clock.advance(2 * SECOND_MS);

    expect(desk.called).toEqual([1]);
    expect(desk.receipt(1)).toMatchObject({ steps: 1 });
    expect(desk.works()).toEqual([]);
    expect(desk.worker.inFlight).toBe(0);
    expect(desk.failures.length).toBeGreaterThan(10);
  });

  it("that waits to be committed keeps its place among the calls at once", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 2 } });
    desk.commitFails = isOutcome;
    await desk.incidents(10, 10, 10);
    await desk.begin();

    await desk.endAll();
    await desk.clock.advance(MINUTE_MS);

    expect(desk.called).toEqual([1, 2]);
  });

  it.each<readonly [what: string, observe: ConstructorParameters<typeof WorkerDesk>[0]]>([
    ["told of it", { observe: { settled: throwing } }],
    ["told of anything", { observe: { settled: throwing, looked: throwing, swept: throwing, failed: throwing } }],
  ])("is not lost to an observer that throws when it is %s", async (_, options) => {
    const desk = new WorkerDesk(options);
    await desk.incidents(10, 10);
    await desk.begin();

    desk.calls[0]!.end();
    desk.calls[1]!.fail(new Error("a bug"));
    await desk.clock.advance(0);

    expect(desk.receipt(1)).toMatchObject({ steps: 1 });
    expect(desk.work(1)).toBeUndefined();
    expect(desk.work(2)).toMatchObject({ state: "unknown", reason: "connector_bug" });
    expect(desk.worker.inFlight).toBe(0);
  });

  it("is told of once it is committed, and not before", async () => {
    const desk = new WorkerDesk();
    desk.commitFails = isOutcome;
    await desk.incidents(10);
    await desk.begin();

    await desk.endAll();
    await desk.clock.advance(10 * SECOND_MS);
    expect(desk.told).toEqual([]);
    desk.commitFails = () => false;
    await desk.clock.advance(2 * SECOND_MS);

    expect(desk.told).toEqual([[1, "done"]]);
  });
});

describe("while the database takes nothing", () => {
  it("no call begins, and all of them do when it is back", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10, 10);
    desk.commitFails = () => true;

    await desk.begin();
    await desk.clock.advance(MINUTE_MS);
    expect(desk.called).toEqual([]);
    desk.commitFails = () => false;
    await desk.clock.advance(2 * SECOND_MS);

    expect(desk.called).toEqual([1, 2]);
  });

  it("a claim that fails is asked again", async () => {
    const desk = new WorkerDesk();
    await desk.incidents(10);
    desk.beforeClaim = () => {
      throw new Error("disk I/O error");
    };

    await desk.begin();
    expect(desk.failures).toHaveLength(1);
    desk.beforeClaim = null;
    await desk.clock.advance(2 * SECOND_MS);

    expect(desk.called).toEqual([1]);
  });

  it("an observer that throws as well does not end the worker", async () => {
    const desk = new WorkerDesk({ observe: { failed: throwing } });
    await desk.incidents(10);
    desk.commitFails = () => true;

    await desk.begin();
    await desk.clock.advance(10 * SECOND_MS);
    desk.commitFails = () => false;
    await desk.clock.advance(2 * SECOND_MS);

    expect(desk.called).toEqual([1]);
  });
});

function throwing(): never {
  throw new Error("the log's disk is full");
}
