import { expect, test } from "vitest";
import { elsewhereOf } from "./elsewhere.ts";
import type { DestinationTerms, Snapshot } from "./snapshot.ts";

function terms(name: string, linksElsewhere?: true): DestinationTerms {
  const usual = { edits: true, finds: true, paceMs: 0, concurrency: 1, settleMs: 1, sweepMs: 0, giveUpAfterMs: 2 };
  return { name, type: "x", budget: null, ...usual, ...(linksElsewhere && { linksElsewhere }) };
}

const destinations = { chat: terms("chat", true), other: terms("other", true), tickets: terms("tickets") };
const snapshot: Snapshot = { hash: "x", policies: {}, destinations };

function receipt(destination: string, url: string | null) {
  return { destination, remote: { anchor: "1", url } };
}

test("a chat is told of the tickets that have an address, and not of itself or of other chats", () => {
  const receipts = [
    receipt("chat", "https://chat.example/1"),
    receipt("other", "https://chat.example/2"),
    receipt("tickets", "https://tickets.example/SEC-1"),
    receipt("gone", "https://tickets.example/OLD-1"),
    receipt("hook", null),
  ];
  expect(elsewhereOf(receipts, "chat", snapshot)).toEqual([
    { destination: "tickets", url: "https://tickets.example/SEC-1" },
    { destination: "gone", url: "https://tickets.example/OLD-1" },
  ]);
});
