import { describe, expect, it } from "vitest";
import { nextMoment, WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { STEP_DEADLINE_MS } from "./worker.ts";

/** Longer than anything may take that has a deadline. */
const patience = STEP_DEADLINE_MS + 5 * SECOND_MS;

describe("a connector that", () => {
  it.each<readonly [how: string, perform: () => Promise<never>]>([
    [
      "throws at once",
      () => {
        throw new RangeError("the token is s3cret");
      },
    ],
    ["rejects", () => Promise.reject(new RangeError("the token is s3cret"))],
  ])("%s leaves a row that a person can see, without its words, and blocks nobody", async (_, perform) => {
    const desk = new WorkerDesk({ terms: { concurrency: 1 }, destination: { perform } });
    await desk.incidents(10, 10);

    await desk.begin();
    await desk.clock.advance(MINUTE_MS);

    for (const incident of [1, 2]) {
      expect(desk.work(incident)).toMatchObject({ state: "unknown", reason: "connector_bug" });
      expect(desk.work(incident)?.evidence).toContain("RangeError");
    }
    expect(JSON.stringify([desk.works(), desk.lane(), desk.told])).not.toContain("s3cret");
    expect(desk.worker.inFlight).toBe(0);
  });

  it("throws while it looks leaves a row that a person can see, and is asked again", async () => {
    let looks = 0;
    const desk = new WorkerDesk({
      terms: { finds: true, settleMs: SECOND_MS },
      destination: {
        find() {
          looks += 1;
          throw new RangeError("the token is s3cret");
        },
      },
    });
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ kind: "unknown", reason: "timeout", retryAfterMs: null, evidence: "no answer" });

    await desk.clock.advance(10 * MINUTE_MS);

    expect(looks).toBeGreaterThan(1);
    expect(desk.called).toEqual([1]);
    expect(desk.work(1)).toMatchObject({ state: "unknown", reason: "connector_bug" });
    expect(desk.work(1)?.evidence).not.toContain("s3cret");
  });

  it("never comes back is given up on after its deadline, and its place is free", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 1, settleMs: HOUR_MS } });
    await desk.incidents(10, 10);
    await desk.begin();
    expect(desk.called).toEqual([1]);

    await desk.clock.advance(STEP_DEADLINE_MS);
    expect(desk.called).toEqual([1]);
    await desk.clock.advance(patience);

    expect(desk.work(1)).toMatchObject({ state: "unknown", reason: "timeout" });
    expect(desk.called).toEqual([1, 2]);
  });

  it("needs longer than others says so, and has that long", async () => {
    const deadlineMs = 3 * MINUTE_MS;
    const desk = new WorkerDesk({ destination: { deadlineMs }, terms: { settleMs: HOUR_MS } });
    await desk.incidents(10);
    await desk.begin();

    await desk.clock.advance(deadlineMs);
    expect(desk.told).toEqual([]);
    await desk.clock.advance(5 * SECOND_MS);

    expect(desk.told).toEqual([[1, "unknown"]]);
  });

  it("comes back after all once it was given up on changes nothing any more", async () => {
    const desk = new WorkerDesk({ terms: { settleMs: HOUR_MS } });
    await desk.incidents(10);
    await desk.begin();
    await desk.clock.advance(patience);

    await desk.endAll();

    expect(desk.told).toEqual([[1, "unknown"]]);
    expect(desk.work(1)).toMatchObject({ state: "unknown", reason: "timeout" });
  });

  it("can't draw one incident makes a dead letter of that one, and the others go out", async () => {
    const desk = new WorkerDesk({
      destination: {
        next(picture, receipt, words) {
          if (picture.incident.id === 2) throw new TypeError("the token is s3cret");
          return nextMoment(picture, receipt, words);
        },
      },
    });
    await desk.incidents(10, 10, 10);

    await desk.begin();
    await desk.endAll();

    expect(desk.called).toEqual([1, 3]);
    expect(desk.works()).toHaveLength(1);
    expect(desk.work(2)).toMatchObject({ state: "dead", reason: "connector_bug" });
    expect(desk.work(2)?.evidence).toContain("TypeError");
    expect(desk.work(2)?.evidence).not.toContain("s3cret");
    expect(desk.failures).toHaveLength(1);
  });

  it("has nothing to say of an incident leaves nothing to do, and is not asked again and again", async () => {
    let asked = 0;
    const desk = new WorkerDesk({
      destination: {
        next() {
          asked += 1;
          return null;
        },
      },
    });
    await desk.incidents(10, 10);

    await desk.begin();
    await desk.clock.advance(HOUR_MS);

    expect(desk.works()).toEqual([]);
    expect(asked).toBe(2);
  });
});
