import { beforeEach, expect, onTestFinished, test } from "vitest";
import { request } from "undici";
import { FakeBoard } from "./board.ts";
import { serveVendor } from "./serve.ts";

let board: FakeBoard;

beforeEach(() => {
  board = new FakeBoard({ indexLagMs: 5_000 });
});

function call(method: string, path: string, nowMs: number, body?: unknown): { status: number; body: unknown } {
  const answer = board.handle(
    { method, path, headers: {}, body: body === undefined ? "" : JSON.stringify(body) },
    nowMs,
  );
  return { status: answer.status, body: JSON.parse(answer.body) };
}

function create(nowMs: number, mark = "i1:board:1"): unknown {
  return call("POST", "/items", nowMs, { mark, title: "t", body: "b" }).body;
}

test("the same create twice makes twins with consecutive keys", () => {
  expect([create(0), create(0)]).toEqual([{ key: "B-1" }, { key: "B-2" }]);
  expect(board.liveItems().map((item) => item.mark)).toEqual(["i1:board:1", "i1:board:1"]);
});

test("search sees an item only once the index has caught up, a direct read sees it at once", () => {
  create(1_000);

  expect(call("GET", "/items?mark=i1%3Aboard%3A1", 5_999).body).toEqual({ items: [] });
  expect(call("GET", "/items?mark=i1%3Aboard%3A1", 6_000).body).toMatchObject({ items: [{ key: "B-1" }] });
  expect(call("GET", "/items/B-1", 1_000)).toMatchObject({ status: 200, body: { mark: "i1:board:1" } });
  expect(call("GET", "/items/B-2", 1_000).status).toBe(404);
});

test("search answers for the whole mark only", () => {
  create(0, "i1:board:1");
  create(0, "i1:board:10");

  expect(call("GET", "/items?mark=i1%3Aboard%3A1", 9_000).body).toMatchObject({ items: [{ key: "B-1" }] });
});

test("an edit changes what was given and leaves the rest", () => {
  create(0);

  call("PUT", "/items/B-1", 10, { title: "new" });
  call("PUT", "/items/B-1", 20, { closed: true });

  expect(board.items[0]).toMatchObject({ title: "new", body: "b", closed: true, createdAt: 0, updatedAt: 20 });
  expect(board.liveItems()).toEqual([]);
});

test("the same comment twice is two comments", () => {
  create(0);

  const ids = [1, 2].map((at) => call("POST", "/items/B-1/comments", at, { mark: "m", text: "opened" }).body);

  expect(ids).toEqual([{ id: "B-1-C-1" }, { id: "B-1-C-2" }]);
  expect(board.items[0]?.comments.map((each) => each.at)).toEqual([1, 2]);
});

test("what a person deletes is gone for every call, and its key is not used again", () => {
  create(0);

  board.deleteByPerson("B-1", 6_000);

  expect(call("GET", "/items/B-1", 6_000).status).toBe(404);
  expect(call("PUT", "/items/B-1", 6_000, { title: "x" }).status).toBe(404);
  expect(call("POST", "/items/B-1/comments", 6_000, { mark: "m", text: "x" }).status).toBe(404);
  expect(call("GET", "/items?mark=i1%3Aboard%3A1", 6_000).body).toEqual({ items: [] });
  expect(create(6_000)).toEqual({ key: "B-2" });
  expect(() => board.deleteByPerson("B-1", 7_000)).toThrow("B-1");
});

test.each([
  ["POST", "/items", { mark: "m", title: "t" }, 400],
  ["POST", "/items", [], 400],
  ["GET", "/items", undefined, 400],
  ["DELETE", "/items", undefined, 405],
  ["PUT", "/items/B-1", { title: 7 }, 400],
  ["PUT", "/items/B-1", "text", 400],
  ["DELETE", "/items/B-1", undefined, 405],
  ["POST", "/items/B-1/comments", { text: "no mark" }, 400],
  ["GET", "/items/B-1/comments", undefined, 405],
  ["GET", "/elsewhere", undefined, 404],
])("%s %s with %j is answered with %i", (method, path, body, status) => {
  create(0);

  expect(call(method, path, 0, body).status).toBe(status);
});

test("over a socket it answers as in memory", async () => {
  const served = await serveVendor(new FakeBoard({ indexLagMs: 0 }));
  onTestFinished(() => served.close());

  const created = await request(`${served.url}/items`, { method: "POST", body: '{"mark":"m","title":"t","body":"b"}' });
  const found = await request(`${served.url}/items?mark=m`);

  expect([created.statusCode, await created.body.json()]).toEqual([201, { key: "B-1" }]);
  expect(await found.body.json()).toMatchObject({ items: [{ key: "B-1", comments: [] }] });
});
