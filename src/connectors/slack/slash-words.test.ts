import { expect, test } from "vitest";
import { readWords } from "./slash-words.ts";

test.each<[string, object]>([
  ["", { kind: "help" }],
  ["help", { kind: "help" }],
  ["list", { kind: "list", onlyOpen: false }],
  ["open", { kind: "list", onlyOpen: true }],
  ["show #12", { kind: "show", incident: 12 }],
  ["  ACK   12 ", { kind: "acknowledge", incident: 12 }],
  ["resolve 12", { kind: "resolve", incident: 12, note: null }],
  ["resolve 12 key replaced", { kind: "resolve", incident: 12, note: "key replaced" }],
  ["ack", { kind: "unclear", says: "say which incident: /riposte ack 12" }],
  ["ack 0", { kind: "unclear" }],
  ["ack 12 13", { kind: "unclear", says: "ack takes nothing behind the number" }],
  ["list 12", { kind: "unclear", says: "list takes nothing behind it" }],
  ["delete 12", { kind: "unclear", says: "there is no such word" }],
  ["resolve 99999999999999999999", { kind: "unclear" }],
])("/riposte %s", (text, words) => {
  expect(readWords(text)).toMatchObject(words);
});

test.each([
  ["stop", { kind: "stop", why: null }],
  ["stop  we are under test", { kind: "stop", why: "we are under test" }],
  ["responses", { kind: "responses" }],
  ["responses 7", { kind: "unclear", says: "responses takes nothing behind it" }],
])("%j is for approvers", (text, words) => {
  expect(readWords(text)).toEqual(words);
});
