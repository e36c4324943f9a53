import { expect, it } from "vitest";
import { StoreError } from "./store.ts";
import { fromJson, toJson, type VersionedJson } from "./versioned-json.ts";

const first: VersionedJson = { name: "plan", upcasts: [] };
const third: VersionedJson = {
  name: "plan",
  upcasts: [(old) => ({ ...old, added: true }), ({ told, ...rest }) => ({ ...rest, momentsTold: told })],
};

it("gives back what it was given", () => {
  const value = { told: 1, text: "\ud800\u0000", none: null };

  expect(fromJson(first, toJson(first, value))).toEqual(value);
});

it("brings an old value to the newest version, step by step", () => {
  expect(fromJson(third, toJson(first, { told: 4 }))).toEqual({ added: true, momentsTold: 4 });
  expect(fromJson(third, '{"v":2,"told":4,"added":false}')).toEqual({ added: false, momentsTold: 4 });
});

it("says which program is needed where a value is newer than it knows", () => {
  expect(() => fromJson(first, toJson(third, {}))).toThrow(
    "A row holds a plan of version 3 and this Riposte knows 1: run the newer one that wrote it.",
  );
});

it.each(["", "{", "null", "7", "[]", "{}", '{"v":0}', '{"v":"1"}', '{"v":1.5}'])("calls %j damage", (json) => {
  const reading = (): unknown => fromJson(first, json);

  expect(reading).toThrow(StoreError);
  expect(reading).toThrow(expect.objectContaining({ code: "corrupt" }));
});
