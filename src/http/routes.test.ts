import { expect, test } from "vitest";
import { SHORT_BODY } from "./body.ts";
import { routes } from "./routes.ts";
import { SOCKET_BOUNDS, TCP_BOUNDS } from "./server.ts";

const name = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

test("only health, numbers and what brings its own proof are open to everybody", () => {
  const open = routes.filter(({ needs }) => needs === null);

  expect(open.map(name)).toEqual([
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    // Slack can bring no token of ours; it signs each request, and nothing of one is read before that has held.
    "POST /v1/hooks/slack",
  ]);
});

test("nothing is done by asking, and nothing is done without a scope for it", () => {
  const byRead = routes.filter(({ needs }) => needs === "read");
  const byAct = routes.filter(({ needs }) => needs === "act");

  expect(byRead.map(({ method }) => method)).toEqual(byRead.map(() => "GET"));
  expect(byAct.map(({ method }) => method)).toEqual(byAct.map(() => "POST"));
});

test("no route is there twice", () => {
  expect(new Set(routes.map(name)).size).toBe(routes.length);
});

test("no body is waited for longer than the door waits for a request", () => {
  for (const { stream = SHORT_BODY } of routes) expect(stream.withinMs).toBeLessThan(TCP_BOUNDS.requestMs);
  expect(SHORT_BODY.withinMs).toBeLessThanOrEqual(SOCKET_BOUNDS.requestMs);
});
