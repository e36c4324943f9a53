import { afterEach, beforeEach, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { lineFilterOf, namedFilter } from "../core/line-filter.ts";
import type { Scope } from "./caller.ts";
import { createPublicDoor } from "./api.ts";

let rig: ApiRig;
const named = namedFilter(lineFilterOf([]));

beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

function ask(headers: Readonly<Record<string, string>> = {}, may: readonly Scope[] = ["send"]): Promise<Response> {
  const parts = { ...rig.parts, lineFilter: () => named };
  const door = createPublicDoor(parts, () => ({ name: "master", may: new Set(may) }));
  return Promise.resolve(door.request("/v1/filter", { headers }));
}

test("who may send is given the filter in force, with its name", async () => {
  const answer = await ask();

  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    etag: named.etag,
    filter: { v: 1, levels: [{ from: 0, refuse: "all", ids: [] }] },
  });
  expect(answer.headers.get("etag")).toBe(`"${named.etag}"`);
});

test("who has it already is told so", async () => {
  const same = await ask({ "If-None-Match": `W/"other", "${named.etag}"` });
  const other = await ask({ "If-None-Match": '"other"' });

  expect([same.status, await same.text(), other.status]).toEqual([304, "", 200]);
});

test("nobody else is", async () => {
  expect((await ask({}, ["read"])).status).toBe(403);
});

test("where no server runs there is none", async () => {
  expect((await rig.get("/v1/filter")).status).toBe(404);
});
