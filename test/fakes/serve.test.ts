import { expect, onTestFinished, test } from "vitest";
import { request } from "undici";
import { FakeBoard } from "./board.ts";
import { serveVendor, unreachableUrl, type ServedFault, type ServedVendor } from "./serve.ts";
import type { Vendor } from "./vendor.ts";

async function serveBoard(fault: ServedFault | null = null): Promise<{ board: FakeBoard; served: ServedVendor }> {
  const board = new FakeBoard();
  const served = await serveVendor(board, { faults: () => fault });
  onTestFinished(() => served.close());
  return { board, served };
}

function create(served: ServedVendor, options: { signal?: AbortSignal } = {}) {
  return request(`${served.url}/items?a=1`, {
    method: "POST",
    headers: { "X-Mark": "m" },
    body: '{"mark":"m","title":"t","body":"b"}',
    ...options,
  });
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => new Error("the call went well"),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error && "code" in error ? error.code : error;
}

test("a request reaches the vendor as it was sent, and is logged with its end", async () => {
  const { board, served } = await serveBoard();

  const answer = await create(served);

  expect([answer.statusCode, await answer.body.json()]).toEqual([201, { key: "B-1" }]);
  expect(board.items).toHaveLength(1);
  expect(served.requests).toMatchObject([
    { n: 1, method: "POST", path: "/items?a=1", headers: { "x-mark": "m" }, fault: null, status: 201 },
  ]);
  expect(served.requests[0]?.handledAt).not.toBeNull();
});

test.each<[ServedFault["kind"], number]>([
  ["reset-before-commit", 0],
  ["reset-after-commit", 1],
])("%s cuts the connection and leaves %i item", async (kind, items) => {
  const { board, served } = await serveBoard({ kind } as ServedFault);

  expect(await codeOf(create(served))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  expect(board.items).toHaveLength(items);
  expect(served.requests).toMatchObject([{ fault: kind, status: null }]);
});

test.each<[ServedFault["kind"], number]>([
  ["timeout-not-done", 0],
  ["timeout-done", 1],
])("%s never answers and leaves %i item", async (kind, items) => {
  const { board, served } = await serveBoard({ kind } as ServedFault);
  const patience = new AbortController();
  const call = create(served, { signal: patience.signal });
  const ended = codeOf(call);

  await served.arrived(1);
  patience.abort();

  await ended;
  expect(served.requests).toMatchObject([{ fault: kind, status: null }]);
  expect(board.items).toHaveLength(items);
});

test("a late commit happens without an answer, when its time has come", async () => {
  const { board, served } = await serveBoard({ kind: "late-commit", delayMs: 30 });
  const patience = new AbortController();
  const ended = codeOf(create(served, { signal: patience.signal }));

  await served.arrived(1);
  patience.abort();
  await ended;
  await served.drain();

  const entry = served.requests[0];
  expect(board.items).toHaveLength(1);
  expect(entry?.status).toBeNull();
  expect((entry?.handledAt ?? Number.NaN) - (entry?.at ?? Number.NaN)).toBeGreaterThanOrEqual(29);
});

test.each<[ServedFault, number, string | undefined, number]>([
  [{ kind: "status-429", retryAfterSeconds: 9 }, 429, "9", 0],
  [{ kind: "status-429", retryAfterSeconds: null }, 429, undefined, 0],
  [{ kind: "status-500", done: false }, 500, undefined, 0],
  [{ kind: "status-500", done: true }, 500, undefined, 1],
  [{ kind: "status-503", done: true, retryAfterSeconds: 4 }, 503, "4", 1],
  [{ kind: "status-503", done: false, retryAfterSeconds: null }, 503, undefined, 0],
])("%j answers %i with Retry-After %s and leaves %i item", async (fault, status, retryAfter, items) => {
  const { board, served } = await serveBoard(fault);

  const { statusCode, headers, body } = await create(served);
  await body.dump();

  expect([statusCode, headers["retry-after"]]).toEqual([status, retryAfter]);
  expect(board.items).toHaveLength(items);
});

test("garbage is a 200 that cannot be read, for something that was done", async () => {
  const { board, served } = await serveBoard({ kind: "garbage", body: "<html>" });

  const { statusCode, body } = await create(served);

  expect([statusCode, await body.text()]).toEqual([200, "<html>"]);
  expect(board.items).toHaveLength(1);
});

test("an answer that is cut off announced more than it brings, for something that was done", async () => {
  const { board, served } = await serveBoard({ kind: "cut-off", afterBytes: 4 });

  const { statusCode, body } = await create(served);

  expect(statusCode).toBe(201);
  expect(await codeOf(body.text())).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  expect(board.items).toHaveLength(1);
});

test.each([
  [true, 1],
  [false, 0],
])("what answers instead of the vendor (done: %s) leaves %i item", async (done, items) => {
  const page = { status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad Gateway</html>" };
  const { board, served } = await serveBoard({ kind: "instead", done, answer: page });

  const { statusCode, headers, body } = await create(served);

  expect([statusCode, headers["content-type"], await body.text()]).toEqual([502, "text/html", page.body]);
  expect(board.items).toHaveLength(items);
  expect(served.requests).toMatchObject([{ fault: "instead", status: 502 }]);
});

test("a slow answer is the true one, later than it was done", async () => {
  const { served } = await serveBoard({ kind: "slow", delayMs: 30 });

  const { statusCode, body } = await create(served);
  await body.dump();

  const entry = served.requests[0];
  expect(statusCode).toBe(201);
  expect(Date.now() - (entry?.handledAt ?? Number.NaN)).toBeGreaterThanOrEqual(29);
});

test("faults are asked by number, the first being 1", async () => {
  const served = await serveVendor(new FakeBoard(), {
    faults: (n, { path }) => (n === 2 && path.startsWith("/items") ? { kind: "status-500", done: false } : null),
  });
  onTestFinished(() => served.close());

  const statuses: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const { statusCode, body } = await create(served);
    await body.dump();
    statuses.push(statusCode);
  }

  expect(statuses).toEqual([201, 500, 201]);
});

test("closing cuts what hangs and forgets a late commit", async () => {
  const board = new FakeBoard();
  const served = await serveVendor(board, {
    faults: (n) => (n === 1 ? { kind: "timeout-done" } : { kind: "late-commit", delayMs: 60_000 }),
  });
  const calls = [codeOf(create(served)), codeOf(create(served))];
  await served.arrived(2);
  const drained = served.drain();

  await served.close();
  await served.close();

  await drained;
  expect(await Promise.all(calls)).toEqual([
    expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
  ]);
  expect(board.items).toHaveLength(1);
});

test("a vendor that breaks is a fault of ours, told when it closes", async () => {
  const vendor: Vendor = {
    handle() {
      throw new Error("planted");
    },
  };
  const served = await serveVendor(vendor);

  expect(await codeOf(create(served))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  await expect(served.close()).rejects.toThrow(expect.objectContaining({ cause: new Error("planted") }) as Error);
});

test("an unreachable address refuses, again and again", async () => {
  const url = await unreachableUrl();

  expect(await codeOf(request(url))).toBe("ECONNREFUSED");
  expect(await codeOf(request(url))).toBe("ECONNREFUSED");
});

test("TLS spoken to a vendor without it fails before a request is out", async () => {
  const { served } = await serveBoard();

  expect(await codeOf(request(served.brokenTlsUrl))).toMatch(/SSL|EPROTO/);
  expect(served.requests).toEqual([]);
});
