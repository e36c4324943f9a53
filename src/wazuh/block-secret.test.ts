import { describe, expect, it } from "vitest";
import { blockDigest } from "./block-names.ts";
import { runningBlocks, secretIn } from "./block-secret.ts";
import { readOssecConf } from "./ossec-conf.ts";

function conf(...urls: readonly string[]) {
  const blocks = urls.map((url) => `<integration><name>slack</name><hook_url>${url}</hook_url></integration>`);
  return readOssecConf(Buffer.from(`<ossec_config>${blocks.join("")}</ossec_config>`));
}

const before = runningBlocks(conf("one", "two").blocks).map(({ block }) => blockDigest(block));

/** The address of the nth of both blocks, in a file as it is now. */
function addressOf(nth: 1 | 2, now: ReturnType<typeof conf>): string | null {
  const [digest = "", other = ""] = nth === 1 ? before : before.toReversed();
  const place = { file: "/f", block: "slack", nth, digest, others: [other], tag: "hook_url" } as const;
  return secretIn(now, place)?.value.reveal() ?? null;
}

describe("the secret of a block", () => {
  it.each([
    ["as it was", ["one", "two"], "one", "two"],
    ["whose place has changed", ["two", "one"], "one", "two"],
    ["that rotates is the new one", ["one", "new"], "one", "new"],
    ["that is gone is nowhere, and least of all in another block", ["two"], null, "two"],
    ["that is gone is not that of what stands in its place", ["two", "three"], null, "two"],
    ["is not guessed where blocks came as well", ["one", "new", "newer"], "one", null],
  ])("%s", (_, urls, first, second) => {
    const now = conf(...urls);

    expect([addressOf(1, now), addressOf(2, now)]).toEqual([first, second]);
  });
});
