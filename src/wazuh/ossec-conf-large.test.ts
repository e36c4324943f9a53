import { describe, expect, it } from "vitest";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "./ossec-conf.ts";

function inRoot(block: string): string {
  return `<ossec_config>\n  ${block}\n</ossec_config>\n`;
}

describe("a large ossec.conf", () => {
  // Each would take minutes or for ever if anything in it were looked at again for everything else in it.
  const large: readonly (readonly [string, string])[] = [
    ["blocks on lines of their own", "<integration><name>custom-x</name><rule_id>1,2,3</rule_id></integration>\n"],
    ["blocks on one line", "<integration><name>custom-x</name><rule_id>1,2,3</rule_id></integration>"],
    ["tags that repeat", "<integration><name>custom-x</name><level>1</level><name>custom-x</name></integration>"],
    ["blocks where none belong", "<global><integration/></global>"],
    ["comments", "<!-- <integration> -->"],
  ];
  it.each(large)("a file of 4 MiB is read in seconds: %s", (_what, part) => {
    const text = inRoot(part.repeat(Math.floor((OSSEC_CONF_BYTES_MOST - 100) / part.length)));

    expect(readOssecConf(Buffer.from(text)).accepted).toBe(true);
  });

  it("a block of 4 MiB of tags is read in seconds", () => {
    const half = OSSEC_CONF_BYTES_MOST / 2;
    const tags = ["<name>custom-x</name>", "<level>3</level>"].map((tag) => tag.repeat(half / tag.length - 9)).join("");

    expect(readOssecConf(Buffer.from(inRoot(`<integration>${tags}</integration>`))).blocks[0]!.filters.level).toBe(3);
  });
});
