import { describe, expect, it } from "vitest";
import { createTestClock } from "../../../test/clock.ts";
import { newLane } from "../../core/lane.ts";
import type { HealthFacts, Problem } from "../../core/own-health.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { LOOK_MS, Monitor } from "./monitor.ts";

class Desk {
  readonly clock = createTestClock();
  readonly said: string[] = [];
  readonly unwritable: unknown[] = [];
  readonly failures: unknown[] = [];
  deadLetters = 0;
  listed = 0;
  writes = 0;
  isFull = false;
  remembered: readonly Problem[] = [];
  readonly monitor = new Monitor({
    clock: this.clock,
    look: () => Promise.resolve(this.#facts()),
    terms: () => ({ quietSourceMs: null, destinations: new Set(["chat", "soc"]) }),
    submit: ({ alerts }) => {
      if (this.isFull) return Promise.reject(new Error("disk full"));
      this.writes += 1;
      for (const { title, matches } of alerts) this.said.push(`${matches[0]!.clears ? "over" : "there"}: ${title}`);
      return Promise.resolve();
    },
    remembered: () => Promise.resolve(this.remembered),
    unwritable: (error) => this.unwritable.push(error),
    failed: (error) => this.failures.push(error),
  });

  #facts(): HealthFacts {
    return {
      now: this.clock.now(),
      deadLetters: [{ destination: "chat", count: this.deadLetters }],
      lanes: [newLane("chat")],
      waitingSince: new Map(),
      sources: [],
      disk: null,
      secrets: [],
      storms: this.listed === 0 ? [] : [{ destination: "soc", count: this.listed, incidents: [] }],
      unsent: [],
    };
  }
}

describe("a problem", () => {
  it("that grows is said again whenever it has", async () => {
    const desk = new Desk();
    desk.monitor.start();
    for (const listed of [3, 3, 7, 0]) {
      desk.listed = listed;
      await desk.clock.advance(MINUTE_MS);
    }

    const there = "there: More incidents than the budget of soc";
    expect(desk.said).toEqual([there, there, "over: More incidents than the budget of soc: that is over"]);
  });

  it("is said once when it is there and once when it is over", async () => {
    const desk = new Desk();
    desk.monitor.start();
    await desk.clock.advance(MINUTE_MS);
    desk.deadLetters = 1;
    await desk.clock.advance(10 * MINUTE_MS);
    desk.deadLetters = 0;
    await desk.clock.advance(MINUTE_MS);

    expect(desk.said).toEqual([
      "there: Riposte gave up deliveries to chat",
      "over: Riposte gave up deliveries to chat: that is over",
    ]);
    expect(desk.failures).toEqual([]);
  });

  it("that lasts is said again after hours, should somebody have resolved it", async () => {
    const desk = new Desk();
    desk.deadLetters = 1;
    desk.monitor.start();
    await desk.clock.advance(7 * HOUR_MS);

    expect(desk.said).toHaveLength(2);
  });

  it("that an earlier life told of is said to be over by this one", async () => {
    const desk = new Desk();
    desk.remembered = [
      { kind: "secret", about: "chat", destination: "chat", level: 12, title: "a secret", says: "a secret" },
    ];
    desk.monitor.start();
    await desk.clock.advance(MINUTE_MS);

    expect(desk.said).toEqual(["over: a secret: that is over"]);
  });

  it("is said once the database takes it, and not taken for said before", async () => {
    const desk = new Desk();
    desk.isFull = true;
    desk.deadLetters = 1;
    desk.monitor.start();
    await desk.clock.advance(MINUTE_MS);
    expect(desk.said).toEqual([]);

    desk.isFull = false;
    await desk.clock.advance(LOOK_MS);
    expect(desk.said).toEqual(["there: Riposte gave up deliveries to chat"]);
  });
});

describe("a database that takes nothing", () => {
  it("is told once for as long as it lasts, and again the next time", async () => {
    const desk = new Desk();
    desk.monitor.start();
    await desk.clock.advance(MINUTE_MS);
    expect(desk.monitor.writtenAt).not.toBeNull();

    for (const isFull of [true, false, true]) {
      desk.isFull = isFull;
      await desk.clock.advance(5 * MINUTE_MS);
    }

    expect(desk.unwritable).toHaveLength(2);
  });

  it("stops nothing: a monitor that is stopped looks no more", async () => {
    const desk = new Desk();
    desk.isFull = true;
    desk.monitor.start();
    await desk.clock.advance(MINUTE_MS);
    await desk.monitor.stop();
    desk.isFull = false;
    await desk.clock.advance(HOUR_MS);

    expect(desk.writes).toBe(0);
    expect(desk.clock.waiting()).toBe(0);
  });
});
