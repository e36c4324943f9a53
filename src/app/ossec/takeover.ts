// Moves blocks from the file that integratord reads to the one that only Riposte reads, and back.
import { rmSync } from "node:fs";
import type { Instant } from "../../core/time.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import type { ByteRange, IntegrationBlock } from "../../wazuh/integration-block.ts";
import {
  type Cut,
  cutOf,
  type Files,
  isUnfinished,
  lastSection,
  moveBlocks,
  undoMove,
  type WhyNotUndone,
  without,
} from "../../wazuh/move-blocks.ts";
import { readOssecConf } from "../../wazuh/ossec-conf.ts";
import type { OssecPart } from "../read-config.ts";
import { cutDiff } from "./cut-diff.ts";
import { restartCommand } from "./restart-command.ts";
import { makeCopy, ownedBy, type Replaced, replaceFile } from "./replace-file.ts";
import {
  findFiles,
  type Found,
  ownerOf,
  readCopy,
  type TakeoverOptions,
  type TakeoverRefusal,
} from "./takeover-files.ts";
import { copyPath } from "./unsent.ts";

/** What is to be done, or was. */
export interface TakeoverReport {
  readonly ossecConf: string;
  readonly takenOver: string;
  /** Of ossec.conf as it was before. */
  readonly copy: string;
  /** Blocks that go from one file to the other; with the line in ossec.conf. */
  readonly blocks: readonly { readonly name: string; readonly line: number }[];
  /** Blocks that integratord goes on to send. */
  readonly left: readonly { readonly name: string; readonly line: number }[];
  readonly diff: readonly string[];
  /** The command that makes integratord read its file again. */
  readonly restart: string;
}

export type Prepared =
  | TakeoverRefusal
  | { readonly kind: "prepared"; readonly report: TakeoverReport; readonly carryOut: () => TakeoverRefusal | null };

/** Nothing is written before `carryOut`. */
export function prepareTakeover(options: TakeoverOptions): Prepared {
  const found = findFiles(options);
  if (found.kind === "refused") return found;
  const { ossec, paths, files } = found;
  const { conf, problems } = ossec.reading.conf;
  if (conf === null) {
    const lines = problems.map(({ file, line, column, says }) => `${file}:${line}:${column} ${says}`);
    const why = `integratord would not start with this file, so nothing is moved out of it. Mend it first:\n${lines.join("\n")}`;
    return { kind: "refused", code: "not_accepted", why };
  }
  if (!options.config.sources.some(({ from }) => from === "file")) {
    const why = `alerts come through integratord's blocks only (from: spool), so without them Riposte would hear of nothing. Give wazuh.alerts the path of alerts.json first`;
    return { kind: "refused", code: "unsafe", why };
  }
  const section = lastSection(files.takenOver);
  const copyOfSection = section === null ? null : readCopy(copyPath(paths.conf, section.stamp));
  const isHalf = section !== null && copyOfSection !== null && isUnfinished(files, section, copyOfSection);
  const stamp = isHalf ? section.stamp : stampOf(options.now);
  const going = goingBlocks(ossec);
  const cuts = isHalf ? section.cuts : going.map(({ block, isAdded }) => cutOf(files.conf, block, isAdded));
  if (cuts.length === 0) {
    const standing = runningBlocks(conf.blocks).length;
    const which =
      standing === 0
        ? "has no blocks that integratord runs"
        : "has no block that Riposte can take over (riposte check says why)";
    return { kind: "refused", code: "nothing", why: `${paths.conf} ${which}: there is nothing to take over` };
  }
  const after: Files = isHalf
    ? { conf: without(files.conf, cuts), takenOver: files.takenOver }
    : moveBlocks(files, cuts, stamp);
  const copy = copyPath(paths.conf, stamp);
  const report = reportOf(found, copy, files.conf, cuts, "-");
  const ownedTaken = ownedBy(paths.takenOver) ?? ownerOf(options);
  return {
    kind: "prepared",
    report,
    carryOut: () =>
      trouble(makeCopy(copy, files.conf, found.owned)) ??
      trouble(isHalf ? DONE : replaceFile(paths.takenOver, after.takenOver, ownedTaken, found.takenOverWas)) ??
      // From here on the blocks are in both files, which is known for what it is, and then in one again.
      trouble(replaceFile(paths.conf, after.conf, found.owned, files.conf), () => {
        if (isHalf) return;
        const back = replaceFile(paths.takenOver, files.takenOver, ownedTaken, after.takenOver);
        if (back.kind === "replaced") rmSync(copy, { force: true });
      }),
  };
}

/** Puts back what the last takeover moved. */
export function prepareUndo(options: TakeoverOptions): Prepared {
  const found = findFiles(options);
  if (found.kind === "refused") return found;
  const { paths, files } = found;
  const section = lastSection(files.takenOver);
  if (section === null)
    return {
      kind: "refused",
      code: "nothing",
      why: `${paths.takenOver} has nothing in it that riposte takeover moved`,
    };
  const copy = copyPath(paths.conf, section.stamp);
  const before = readCopy(copy);
  if (before === null) {
    const why = `${copy}, the copy of ${paths.conf} as it was before, can't be read, so it is not known where the blocks stood. ${byHand(found)}`;
    return { kind: "refused", code: "unsafe", why };
  }
  const undone = undoMove(files, section, before);
  if (undone.kind === "refused")
    return { kind: "refused", code: "unsafe", why: `${whyNotUndone(undone.why, found)}. ${byHand(found)}` };
  const ownedTaken = ownedBy(paths.takenOver) ?? ownerOf(options);
  return {
    kind: "prepared",
    report: reportOf(found, copy, before, section.cuts, "+"),
    carryOut: () =>
      trouble(replaceFile(paths.conf, undone.conf, found.owned, files.conf)) ??
      trouble(replaceFile(paths.takenOver, undone.takenOver, ownedTaken, found.takenOverWas)) ??
      // It would say that the blocks were taken over.
      removed(copy),
  };
}

interface GoingBlock {
  readonly block: IntegrationBlock;
  readonly isAdded: boolean;
}

/** Blocks that Riposte can send, and those that it would if they did not stand in both files. */
function goingBlocks({ blocks }: OssecPart): readonly GoingBlock[] {
  return blocks.flatMap(({ state, block, twin }): readonly GoingBlock[] => {
    if (twin !== null) return [{ block: twin, isAdded: false }];
    return state === "shadow" ? [{ block, isAdded: true }] : [];
  });
}

function reportOf(
  { paths, files }: Found,
  copy: string,
  before: Uint8Array,
  cuts: readonly Cut[],
  sign: "-" | "+",
): TakeoverReport {
  const all = runningBlocks(readOssecConf(before).blocks);
  const isCut = ({ range }: IntegrationBlock): boolean => cuts.some((cut) => isWithin(range, cut));
  const linesOf = (of: typeof all) => of.map(({ name, block }) => ({ name, line: block.place.line }));
  const standing =
    sign === "-" ? all.filter(({ block }) => !isCut(block)) : runningBlocks(readOssecConf(files.conf).blocks);
  const moved = all.filter(({ block }) => isCut(block));
  return {
    ossecConf: paths.conf,
    takenOver: paths.takenOver,
    copy,
    blocks: linesOf(moved),
    left: linesOf(standing),
    diff: cutDiff(
      paths.conf,
      sign,
      before,
      cuts,
      moved.map(({ block }) => block),
    ),
    restart: restartCommand(paths.conf),
  };
}

function isWithin(range: ByteRange, outer: ByteRange): boolean {
  return outer.from <= range.from && range.to <= outer.to;
}

/** `20261123T165139123Z` */
function stampOf(now: Instant): string {
  return new Date(now).toISOString().replaceAll(/[-:.]/g, "");
}

function removed(path: string): null {
  rmSync(path, { force: true });
  return null;
}

const DONE: Replaced = { kind: "replaced" };

function trouble(replaced: Replaced, before: () => void = () => {}): TakeoverRefusal | null {
  if (replaced.kind === "replaced") return null;
  before();
  return replaced;
}

function whyNotUndone(why: WhyNotUndone, { paths }: Found): string {
  switch (why) {
    case "blocks_changed":
      return `${paths.takenOver} was changed since the takeover, and ${paths.conf} would get blocks that are not those of today`;
    case "blocks_back":
      return `some of the blocks stand in ${paths.conf} again, and integratord would send them twice`;
    case "conf_changed":
      return `${paths.conf} was changed just where the blocks stood`;
  }
}

function byHand({ paths }: Found): string {
  return `Do it by hand: put the blocks of ${paths.takenOver} into ${paths.conf}, each of them once, take them out of ${paths.takenOver}, and restart the manager`;
}
