import { expect, test } from "vitest";
import { withoutMarkup } from "./markup.ts";

test.each([
  ["sshd[4007]: Failed password", "sshd[4007]: Failed password"],
  ['{"a": [1, 2], "b": {}}', '{"a": [1, 2], "b": {}}'],
  ["Warning! Really!!", "Warning! Really!!"],
  ["[~accountid:5b10] look", "［~accountid:5b10] look"],
  ["[all is well|https://evil.example]", "［all is well|https://evil.example]"],
  ["[https://evil.example]", "［https://evil.example]"],
  ["{code}x{code:title=y}", "｛code}x｛code:title=y}"],
  ["{{issue.reporter}} {{{x}}}", "｛{issue.reporter}} ｛｛｛x}}}"],
  ["!https://evil.example/x.png! !x.png|width=1!", "！https://evil.example/x.png! ！x.png|width=1!"],
])("%j is shown as %j", (text, shown) => {
  expect(withoutMarkup(text)).toBe(shown);
  expect(withoutMarkup(text)).toHaveLength(text.length);
});

test("a long line of nothing but brackets takes no time to speak of", () => {
  const before = performance.now();
  for (const sign of ["[", "{", "!"]) withoutMarkup(sign.repeat(32_767));
  expect(performance.now() - before).toBeLessThan(2_000);
});
