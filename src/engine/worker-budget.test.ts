import { describe, expect, it } from "vitest";
import { WorkerDesk } from "../../test/fixtures/worker-desk.ts";
import type { Command } from "../core/input.ts";
import { HOUR_MS } from "../core/time.ts";

const budget = { max: 2, perMs: HOUR_MS };

describe("a destination with a budget", () => {
  it("is told of so many incidents, and has the rest listed", async () => {
    const desk = await told([10, 10, 10, 10]);

    expect(desk.called).toEqual([1, 2]);
    expect(desk.work(3)).toMatchObject({ state: "listed", reason: "over_budget" });
    expect(desk.work(4)).toMatchObject({ state: "listed", evidence: "chat had its budget of 2 in 60 minutes" });
    expect(desk.failures).toEqual([]);
  });

  it("goes on with those that come when the time is over, and leaves the listed ones listed", async () => {
    const desk = await told([10, 10, 10]);
    await desk.clock.advance(HOUR_MS);
    await desk.incidents(10);
    await rest(desk);

    expect(desk.called).toEqual([1, 2, 4]);
    expect(desk.work(3)).toMatchObject({ state: "listed" });
  });

  it("is told of whatever is critical, first and past the budget", async () => {
    const desk = await told([10, 10, 10, 15, 15, 15]);

    expect(desk.called).toEqual([4, 5, 6]);
    expect([1, 2, 3].map((incident) => desk.work(incident)?.state)).toEqual(["listed", "listed", "listed"]);
  });

  it("is told by itself what a person asks for", async () => {
    const desk = await told([10, 10, 10]);
    await command(desk, { kind: "retry_work", incident: 3, destination: "chat" });

    expect(desk.called).toEqual([1, 2, 3]);
    expect(desk.works()).toEqual([]);
  });

  it("has nothing left to hear of what is resolved while it was listed", async () => {
    const desk = await told([10, 10, 10]);
    await command(desk, { kind: "acknowledge", incident: 3 });
    expect(desk.work(3)).toMatchObject({ state: "listed" });
    await command(desk, { kind: "resolve", incident: 3, note: null });

    expect(desk.work(3)).toBeUndefined();
    expect(desk.called).toEqual([1, 2]);
  });

  it("has nothing on its list that was resolved before its turn came", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 1, budget } });
    await desk.incidents(10, 10, 10);
    await command(desk, { kind: "resolve", incident: 3, note: null });
    await rest(desk);

    expect(desk.work(3)).toBeUndefined();
    expect(desk.called).not.toContain(3);
    expect(desk.failures).toEqual([]);
  });

  it("hears news of what it was told of, and has what is tried again counted once", async () => {
    const desk = new WorkerDesk({ terms: { concurrency: 1, budget } });
    await desk.incidents(10);
    await desk.begin();
    await desk.endAll({ kind: "later", reason: "server_error", scope: "work", retryAfterMs: 1_000, evidence: "" });
    await desk.clock.advance(1_000);
    await desk.endAll();
    await command(desk, { kind: "acknowledge", incident: 1 });
    await desk.incidents(10, 10);
    await rest(desk);

    expect(desk.called).toEqual([1, 1, 1, 2]);
    expect(desk.work(3)).toMatchObject({ state: "listed" });
  });

  it("keeps count across a restart, and believes no window that began in the future", async () => {
    const desk = await told([10, 10]);
    await desk.restart();
    await desk.incidents(10);
    await rest(desk);
    expect(desk.work(3)).toMatchObject({ state: "listed" });

    desk.clock.set(-2 * HOUR_MS);
    await desk.incidents(10);
    await rest(desk);
    expect(desk.called).toEqual([1, 2, 4]);
  });
});

async function told(levels: readonly number[]): Promise<WorkerDesk> {
  const desk = new WorkerDesk({ terms: { concurrency: 1, budget } });
  await desk.incidents(...levels);
  await rest(desk);
  return desk;
}

async function rest(desk: WorkerDesk): Promise<void> {
  await desk.begin();
  while (desk.open.size > 0) await desk.endAll();
}

async function command(desk: WorkerDesk, asked: Command): Promise<void> {
  await desk.writer.submit({ kind: "command", who: "ana", command: asked });
  await desk.clock.advance(0);
  while (desk.open.size > 0) await desk.endAll();
}
