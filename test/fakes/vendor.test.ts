import { expect, test } from "vitest";
import { jsonAnswer, pathWithoutQuery, textAnswer } from "./vendor.ts";

test("an answer says what its body is, and takes further headers", () => {
  const text = textAnswer(429, "rate_limited", { "retry-after": "3" });
  const json = jsonAnswer(201, { key: "B-1" });

  expect(text.headers).toEqual({ "content-type": "text/plain; charset=utf-8", "retry-after": "3" });
  expect(json).toEqual({
    status: 201,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: '{"key":"B-1"}',
  });
});

test.each([
  ["/items?mark=a", "/items"],
  ["/items", "/items"],
  ["/items?a=1?b", "/items"],
])("the path of %s is %s", (path, expected) => {
  expect(pathWithoutQuery(path)).toBe(expected);
});
