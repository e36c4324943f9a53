import { ownText, parseJsonObject, type JsonObject } from "./json.ts";
import { jsonAnswer, pathWithoutQuery, type Vendor, type VendorAnswer, type VendorRequest } from "./vendor.ts";

/**
 * A vendor whose things can be found again: created, edited, commented, read by key, and searched by our mark in an
 * index that lags. It has no idempotency key: the same create twice makes twins.
 */
export class FakeBoard implements Vendor {
  readonly items: BoardItem[] = [];
  readonly #indexLagMs: number;

  constructor(options: { readonly indexLagMs?: number } = {}) {
    this.#indexLagMs = options.indexLagMs ?? 5_000;
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const path = pathWithoutQuery(request.path);
    if (path === "/items") {
      if (request.method === "POST") return this.#create(request, nowMs);
      if (request.method === "GET") return this.#search(request, nowMs);
      return jsonAnswer(405, { error: "method_not_allowed" });
    }
    const [, key, comments, id] = /^\/items\/([^/]+)(\/comments(?:\/([^/]+))?)?$/.exec(path) ?? [];
    const item = this.items.find((each) => each.key === key && each.deletedAt === null);
    if (item === undefined) return jsonAnswer(404, { error: "no_such_item" });
    if (id !== undefined) return editComment(item, id, request);
    if (comments !== undefined) {
      return request.method === "POST"
        ? comment(item, request, nowMs)
        : jsonAnswer(405, { error: "method_not_allowed" });
    }
    if (request.method === "GET") return jsonAnswer(200, item);
    if (request.method === "PUT") return edit(item, request, nowMs);
    return jsonAnswer(405, { error: "method_not_allowed" });
  }

  /** What a person working on the board would call the open ones. */
  liveItems(): readonly BoardItem[] {
    return this.items.filter((item) => item.deletedAt === null && !item.closed);
  }

  deleteByPerson(key: string, nowMs: number): void {
    const item = this.items.find((each) => each.key === key && each.deletedAt === null);
    if (item === undefined) throw new Error(`no item ${key} to delete`);
    item.deletedAt = nowMs;
  }

  #create(request: VendorRequest, nowMs: number): VendorAnswer {
    const given = parseJsonObject(request.body);
    const mark = given && ownText(given, "mark");
    const title = given && ownText(given, "title");
    const body = given && ownText(given, "body");
    if (mark === null || title === null || body === null) return jsonAnswer(400, { error: "needs mark, title, body" });

    const key = `B-${this.items.length + 1}`;
    this.items.push({
      key,
      mark,
      title,
      body,
      closed: false,
      createdAt: nowMs,
      updatedAt: nowMs,
      deletedAt: null,
      comments: [],
    });
    return jsonAnswer(201, { key });
  }

  #search(request: VendorRequest, nowMs: number): VendorAnswer {
    const mark = new URL(request.path, "http://board").searchParams.get("mark");
    if (mark === null) return jsonAnswer(400, { error: "needs mark" });
    const found = this.items.filter(
      (item) => item.mark === mark && item.deletedAt === null && item.createdAt + this.#indexLagMs <= nowMs,
    );
    return jsonAnswer(200, { items: found });
  }
}

export interface BoardItem {
  /** `B-1`, `B-2`, ...: consecutive and never used again, so that the keys after a known one can be probed. */
  readonly key: string;
  readonly mark: string;
  title: string;
  body: string;
  closed: boolean;
  readonly createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
  readonly comments: BoardComment[];
}

export interface BoardComment {
  readonly id: string;
  readonly mark: string;
  readonly text: string;
  readonly at: number;
  /** Taken back: nobody sees it any more. */
  closed: boolean;
}

function edit(item: BoardItem, request: VendorRequest, nowMs: number): VendorAnswer {
  const given = parseJsonObject(request.body);
  if (given === null || !isEdit(given)) return jsonAnswer(400, { error: "title, body: text; closed: true or false" });
  item.title = given.title ?? item.title;
  item.body = given.body ?? item.body;
  item.closed = given.closed ?? item.closed;
  item.updatedAt = nowMs;
  return jsonAnswer(200, { key: item.key });
}

function isEdit(given: JsonObject): given is { title?: string; body?: string; closed?: boolean } {
  return (
    ["string", "undefined"].includes(typeof given.title) &&
    ["string", "undefined"].includes(typeof given.body) &&
    ["boolean", "undefined"].includes(typeof given.closed)
  );
}

function comment(item: BoardItem, request: VendorRequest, nowMs: number): VendorAnswer {
  const given = parseJsonObject(request.body);
  const mark = given && ownText(given, "mark");
  const text = given && ownText(given, "text");
  if (mark === null || text === null) return jsonAnswer(400, { error: "needs mark, text" });
  const id = `${item.key}-C-${item.comments.length + 1}`;
  item.comments.push({ id, mark, text, at: nowMs, closed: false });
  return jsonAnswer(201, { id });
}

function editComment(item: BoardItem, id: string, request: VendorRequest): VendorAnswer {
  const found = item.comments.find((each) => each.id === id);
  if (found === undefined) return jsonAnswer(404, { error: "no_such_comment" });
  const closed = parseJsonObject(request.body)?.closed;
  if (request.method !== "PUT" || typeof closed !== "boolean")
    return jsonAnswer(400, { error: "closed: true or false" });
  found.closed = closed;
  return jsonAnswer(200, { id });
}
