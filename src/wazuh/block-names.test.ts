import { describe, expect, it } from "vitest";
import { nameBlocks, type NamedBlock } from "./block-names.ts";
import { readOssecConf } from "./ossec-conf.ts";

/** `"one 3"` is a slack block with the address `one` from level 3 on. */
function named(blocks: readonly string[], known: readonly NamedBlock[] = []) {
  const text = blocks.map((block) => {
    const [url = "", level = "", name = "slack"] = block.split(" ");
    return `<integration><name>${name}</name><hook_url>https://h/${url}</hook_url><level>${level}</level></integration>`;
  });
  const { blocks: read } = readOssecConf(Buffer.from(`<ossec_config>${text.join("\n")}</ossec_config>`));
  const found = nameBlocks(read, known);
  return { known: found.known, names: read.map((block) => found.names.get(block)) };
}

const { known } = named(["one 3", "two 3", "one 12"]);

describe("the names of blocks", () => {
  it("are numbers in their order where none was known before, as they ever were", () => {
    expect(named(["one 3", "two 3", "a 1 custom-a", "one 12"]).names).toEqual([
      "ossec-slack",
      "ossec-slack-2",
      "ossec-custom-a",
      "ossec-slack-3",
    ]);
  });

  it.each([
    ["the first is taken out", ["two 3", "one 12"], ["ossec-slack-2", "ossec-slack-3"]],
    ["they change places", ["one 12", "two 3", "one 3"], ["ossec-slack-3", "ossec-slack-2", "ossec-slack"]],
    ["a new one comes before them", ["new 5", "one 3", "two 3"], ["ossec-slack-4", "ossec-slack", "ossec-slack-2"]],
    ["one gets another level", ["one 3", "two 7", "one 12"], ["ossec-slack", "ossec-slack-2", "ossec-slack-3"]],
    ["a secret rotates", ["one 3", "two 3", "new 12"], ["ossec-slack", "ossec-slack-2", "ossec-slack-3"]],
    ["all secrets rotate", ["new 3", "newer 3", "new 12"], ["ossec-slack", "ossec-slack-2", "ossec-slack-3"]],
    ["it is not known which one is left", ["new 3", "one 12"], ["ossec-slack-4", "ossec-slack-3"]],
    [
      "one makes room for something else",
      ["one 3", "two 3", "new 5"],
      ["ossec-slack", "ossec-slack-2", "ossec-slack-4"],
    ],
  ])("stay with them where %s", (_, blocks, names) => {
    expect(named(blocks, known).names).toEqual(names);
  });

  it("of one that is gone are kept for it, and given to no other", () => {
    const without = named(["two 3", "one 12"], known);

    const other = named(["new 3", "two 3", "one 12"], without.known);
    const back = named(["two 3", "one 12", "one 3"], other.known);

    expect(other.names).toEqual(["ossec-slack-4", "ossec-slack-2", "ossec-slack-3"]);
    expect(back.names).toEqual(["ossec-slack-2", "ossec-slack-3", "ossec-slack"]);
  });

  it("are the same when they are asked for again, and hold no secret", () => {
    const again = named(["one 3", "two 3", "one 12"], known);

    expect(again.known).toEqual(known);
    expect(JSON.stringify(known)).not.toContain("https");
  });
});
