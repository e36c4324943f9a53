import { expect, test } from "vitest";
import { own, ownList, ownObject, ownText, parseJsonObject } from "./json.ts";

test.each(["", "[]", "null", "7", '"text"', "{", '{"a":1}{'])("%j is no JSON object", (text) => {
  expect(parseJsonObject(text)).toBeNull();
});

test("only what the sender wrote is read, never what every object has", () => {
  const object = parseJsonObject('{"a":"text","o":{"x":1},"l":[1],"__proto__":{"planted":"yes"}}') ?? {};

  expect(own(object, "toString")).toBeUndefined();
  expect(ownText(object, "planted")).toBeNull();
  expect(ownObject(object, "__proto__")).toEqual({ planted: "yes" });
  expect(ownText(object, "a")).toBe("text");
  expect(ownText(object, "o")).toBeNull();
  expect(ownObject(object, "o")).toEqual({ x: 1 });
  expect(ownList(object, "l")).toEqual([1]);
  expect(ownList(object, "a")).toEqual([]);
});
