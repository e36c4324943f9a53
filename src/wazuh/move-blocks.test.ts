import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOssecConf } from "../../test/wazuh/any-ossec-conf.ts";
import { runningBlocks } from "./block-secret.ts";
import { cutOf, type Files, isUnfinished, lastSection, moveBlocks, undoMove } from "./move-blocks.ts";
import { readOssecConf } from "./ossec-conf.ts";

const ORIGINAL = readFileSync(new URL("../../test/fixtures/ossec/original.conf", import.meta.url));
const STAMP = "20261123T165139Z";

/** Moves the blocks that are picked, as a takeover does. */
function moved(conf: Uint8Array, takenOver: Uint8Array, picks: (i: number) => boolean): Files {
  const going = runningBlocks(readOssecConf(conf).blocks).filter((_, i) => picks(i));
  const cuts = going.map(({ block }) => cutOf(conf, block, true));
  return moveBlocks({ conf, takenOver }, cuts, STAMP);
}

function undo(files: Files, copy: Uint8Array) {
  const section = lastSection(files.takenOver);
  if (section === null) throw new Error("there is no section");
  return undoMove(files, section, copy);
}

function contentOf(file: Uint8Array): readonly string[] {
  const { accepted, blocks } = readOssecConf(file);
  expect(accepted).toBe(true);
  return blocks.map(({ tags, hookUrl, apiKey, options }) => {
    const hidden = [hookUrl?.value.reveal(), apiKey?.value.reveal(), options?.text.reveal()];
    return JSON.stringify([tags.map(({ name, shown }) => [name, shown]), hidden]);
  });
}

const all = (): boolean => true;
const none = Buffer.alloc(0);

describe("moving blocks", () => {
  it("takes the original's two with their lines, and leaves the rest as it was", () => {
    const { conf, takenOver } = moved(ORIGINAL, none, all);

    expect(Buffer.from(conf).toString()).toBe("<ossec_config>\n\n</ossec_config>\n");
    const lines = ORIGINAL.toString().split("\n");
    expect(Buffer.from(takenOver).toString()).toBe(
      [
        `<!-- riposte takeover ${STAMP}: +15-369 +370-614 -->`,
        "<ossec_config>",
        ...lines.slice(1, 9),
        ...lines.slice(10, 18),
        "</ossec_config>",
        "",
      ].join("\n"),
    );
  });

  it("leaves what stands beside a block on its lines", () => {
    const block = "<integration><name>custom-x</name></integration>";
    const conf = Buffer.from(`<ossec_config><a>1</a>${block}<!-- why --> ${block}\r\n \t${block} \r\n</ossec_config>`);

    const after = moved(conf, none, all);

    expect(Buffer.from(after.conf).toString()).toBe("<ossec_config><a>1</a><!-- why --> \r\n</ossec_config>");
    expect(undo(after, conf)).toMatchObject({ kind: "undone", conf, takenOver: none });
  });

  it("of any file, no block is lost, changed or there twice, and undoing it gives every byte back", () => {
    fc.assert(
      fc.property(anyOssecConf, anyOssecConf, fc.array(fc.boolean()), (text, before, picks) => {
        const [conf, takenOver] = [Buffer.from(text), Buffer.from(before)];
        fc.pre(readOssecConf(conf).accepted && readOssecConf(takenOver).accepted);

        const after = moved(conf, takenOver, (i) => picks[i] ?? true);

        const now = [...contentOf(after.conf), ...contentOf(after.takenOver)];
        expect(now.toSorted()).toEqual([...contentOf(conf), ...contentOf(takenOver)].toSorted());
        if (lastSection(after.takenOver) === null) return;
        const undone = undo(after, conf);
        expect(undone).toMatchObject({ kind: "undone", conf });
        expect(undone.kind === "undone" && contentOf(undone.takenOver)).toEqual(contentOf(takenOver));
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("undoing it when ossec.conf was changed since", () => {
  const GLOBAL = "<ossec_config>\n  <global>\n    <a>1</a>\n  </global>\n";
  const BLOCK = "  <integration>\n    <name>custom-x</name>\n  </integration>\n";
  const REST = "  <alerts>\n    <b>2</b>\n  </alerts>\n</ossec_config>\n";
  const conf = Buffer.from(GLOBAL + BLOCK + REST);
  const after = moved(conf, none, all);
  const changed = (text: string) => undo({ ...after, conf: Buffer.from(text) }, conf);

  it.each([
    ["above the block", GLOBAL.replace("1", "one hundred"), REST],
    ["below the block", GLOBAL, REST.replace("2", "")],
  ])("%s: the block is put where it stood, and the change stays", (_where, above, below) => {
    const undone = changed(above + below);

    expect(undone.kind === "undone" && Buffer.from(undone.conf).toString()).toBe(above + BLOCK + below);
  });

  it.each([
    ["on both sides of it", GLOBAL.replace("1", "9") + REST.replace("2", "9"), "conf_changed"],
    ["so that the block is back", `${GLOBAL}${BLOCK}\n${REST}`, "blocks_back"],
    ["so that it is broken", "<ossec_config>\n", "conf_changed"],
  ])("%s: nothing is touched", (_how, text, why) => {
    expect(changed(text)).toEqual({ kind: "refused", why });
  });

  it("nor where the blocks themselves were changed", () => {
    const edited = Buffer.from(Buffer.from(after.takenOver).toString().replace("custom-x", "custom-y"));

    expect(undo({ conf: after.conf, takenOver: edited }, conf)).toEqual({ kind: "refused", why: "blocks_changed" });
  });

  it("whatever was changed, no block is lost or there twice", () => {
    const lines = Buffer.from(after.conf).toString().split("\n");
    const edit = fc.tuple(fc.nat(lines.length), fc.nat(3), fc.constantFrom("", "  <c>3</c>", BLOCK.trimEnd()));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const now = [...lines];
        for (const [at, gone, line] of edits) now.splice(at, gone, line);

        const undone = changed(now.join("\n"));

        if (undone.kind === "refused") return;
        expect(contentOf(undone.conf)).toHaveLength(1);
        expect(contentOf(undone.takenOver)).toHaveLength(0);
      }),
    );
  });
});

it("a takeover that died between its two files is known for one", () => {
  const after = moved(ORIGINAL, none, all);
  const section = lastSection(after.takenOver)!;

  expect(isUnfinished({ conf: ORIGINAL, takenOver: after.takenOver }, section, ORIGINAL)).toBe(true);
  expect(isUnfinished(after, section, ORIGINAL)).toBe(false);
  expect(undo({ conf: ORIGINAL, takenOver: after.takenOver }, ORIGINAL)).toMatchObject({
    kind: "undone",
    conf: ORIGINAL,
    takenOver: none,
  });
});
