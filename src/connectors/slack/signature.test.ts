import { expect, test } from "vitest";
import { signed, usualSigningSecret } from "../../../test/fakes/slack-app/person.ts";
import { isSignedWith, readSignature, whyNoSigningSecret } from "./signature.ts";

const body = "payload=%7B%7D";
const { timestamp, signature } = signed(body, 1_787_216_414_000);
const read = readSignature(timestamp, signature)!;

test("what Slack signed is known by the secret, the time and every byte", () => {
  expect(read.signedAt).toBe(1_787_216_414_000);
  expect(isSignedWith(usualSigningSecret, read, Buffer.from(body))).toBe(true);
  expect(isSignedWith("another-secret-of-an-app", read, Buffer.from(body))).toBe(false);
  expect(isSignedWith(usualSigningSecret, read, Buffer.from(`${body} `))).toBe(false);
  const later = readSignature(String(Number(timestamp) + 1), signature)!;
  expect(isSignedWith(usualSigningSecret, later, Buffer.from(body))).toBe(false);
});

test("what Slack's own page about signatures shows comes to the same digest", () => {
  const secret = "8f742231b10e8888abcd99yyyzzz85a5";
  const text =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const theirs = readSignature("1531420618", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
  expect(isSignedWith(secret, theirs!, Buffer.from(text))).toBe(true);
});

test.each([
  [undefined, signature],
  [timestamp, undefined],
  ["soon", signature],
  ["-5", signature],
  [timestamp, signature.slice(0, -1)],
  [timestamp, signature.replace("v0", "v1")],
  [timestamp, signature.toUpperCase()],
])("headers that Slack does not write are none: %s %s", (time, text) => {
  expect(readSignature(time, text)).toBeNull();
});

test("a token, and what could be guessed, is no signing secret", () => {
  expect(whyNoSigningSecret(usualSigningSecret)).toBeNull();
  expect(whyNoSigningSecret("")).toMatch(/^no signing secret/);
  expect(whyNoSigningSecret("xoxb-1234567890123456")).toMatch(/^a token/);
});
