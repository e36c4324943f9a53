import { expect, it } from "vitest";
import { createTestClock } from "../../../test/clock.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { HttpAnswer } from "../../ports/http.ts";
import { Heartbeat } from "./heartbeat.ts";

function openDesk(url = "https://hc.example/ping/s3cret") {
  const clock = createTestClock();
  const calls: string[] = [];
  const troubles: (string | null)[] = [];
  const world = { status: 200, isWell: true };
  const heartbeat = new Heartbeat({
    clock,
    http: {
      request: ({ url: to }) => {
        calls.push(to);
        const answer: HttpAnswer = {
          kind: "answered",
          status: world.status,
          headers: {},
          body: "",
          retryAfterMs: null,
        };
        return Promise.resolve(answer);
      },
    },
    secrets: { read: () => Promise.resolve({ kind: "value", value: url }) },
    terms: () => ({ url: { env: "PING" }, everyMs: MINUTE_MS }),
    isWell: () => world.isWell,
    trouble: (says) => troubles.push(says),
  });
  heartbeat.start();
  return { clock, calls, troubles, world, heartbeat };
}

it("beats at its times while all is well, and not while it is not", async () => {
  const desk = openDesk();
  await desk.clock.advance(3 * MINUTE_MS);
  expect(desk.calls).toHaveLength(3);

  desk.world.isWell = false;
  await desk.clock.advance(10 * MINUTE_MS);
  expect(desk.calls).toHaveLength(3);
  desk.world.isWell = true;
  await desk.clock.advance(MINUTE_MS);
  expect(desk.calls).toHaveLength(4);
});

it("tells once when it does not get through and once when it does again, and never the address", async () => {
  const desk = openDesk();
  desk.world.status = 404;
  await desk.clock.advance(5 * MINUTE_MS);
  desk.world.status = 200;
  await desk.clock.advance(5 * MINUTE_MS);

  expect(desk.troubles).toEqual(["answered 404", null]);
  const wrong = openDesk("s3cret");
  await wrong.clock.advance(2 * MINUTE_MS);
  expect(wrong.troubles).toEqual([expect.stringContaining("health.heartbeat.url")]);
  expect(JSON.stringify(wrong.troubles)).not.toContain("s3cret");
});

it("ends when it is stopped", async () => {
  const desk = openDesk();
  await desk.heartbeat.stop();
  await desk.clock.advance(5 * MINUTE_MS);

  expect(desk.calls).toEqual([]);
  expect(desk.clock.waiting()).toBe(0);
});
