// What integratord makes of an ossec.conf: its blocks, and why it would refuse or leave out any of them.
import { blockDoubts, fileDoubts } from "./block-doubts.ts";
import type { ConfProblem, IntegrationBlock } from "./integration-block.ts";
import { type Element, readOssecXml } from "./ossec-xml.ts";
import { placesIn } from "./place.ts";
import { readBlock } from "./read-block.ts";

export interface OssecConf {
  /** False: integratord would not start with this file, and nothing of it may count. The blocks are for showing. */
  readonly accepted: boolean;
  /** Those that were closed before the file broke, where it did. */
  readonly blocks: readonly IntegrationBlock[];
  /** In the order of the lines. */
  readonly problems: readonly ConfProblem[];
}

/** Far more than any ossec.conf has; those with hundreds of entries take some hundred KiB. */
export const OSSEC_CONF_BYTES_MOST = 4 * 1_048_576;

/** Reads the bytes of an ossec.conf. Never throws, whatever they are. */
export function readOssecConf(file: Uint8Array): OssecConf {
  const whole = (says: string): OssecConf => {
    return { accepted: false, blocks: [], problems: [{ kind: "refused", line: 1, column: 1, says }] };
  };
  if (file.length > OSSEC_CONF_BYTES_MOST) return whole("larger than 4 MiB: is this the right file?");
  if (isUtf16(file)) return whole("UTF-16, of which Wazuh reads nothing. Save it as UTF-8");

  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString("latin1");
  const { roots, broken } = readOssecXml(bytes);
  const placeOf = placesIn(bytes);
  const blocks: IntegrationBlock[] = [];
  // Lists of lists: there may be more problems than a call takes arguments.
  const found: (readonly ConfProblem[])[] = [];
  for (const element of roots.filter(({ name }) => name === "ossec_config").flatMap(({ elements }) => elements)) {
    if (element.name !== "integration") continue;
    const read = readBlock(element, placeOf);
    blocks.push(read.block);
    found.push(read.problems, blockDoubts(read.block));
  }
  if (broken !== null) found.push([{ kind: "refused", ...placeOf(broken.offset), says: broken.says }]);
  found.push(
    astray(roots).map(({ offset }): ConfProblem => {
      const says = "integratord reads <integration> directly inside <ossec_config> only. Move it there";
      return { kind: "doubt", ...placeOf(offset), says };
    }),
  );
  found.push(fileDoubts(blocks));
  const problems = found.flat();
  return {
    accepted: !problems.some(({ kind }) => kind === "refused"),
    blocks,
    problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** Zeros beside plain letters, or the mark that says so. */
function isUtf16(file: Uint8Array): boolean {
  const [a, b] = file;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a === 0x3c && b === 0) || (a === 0 && b === 0x3c);
}

/** Blocks in places where integratord does not look. */
function astray(roots: readonly Element[]): readonly Element[] {
  const found: Element[] = [];
  const waiting = roots.flatMap((root): readonly Element[] => {
    return root.name === "ossec_config" ? root.elements.filter(({ name }) => name !== "integration") : [root];
  });
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    if (element.name === "integration") found.push(element);
    // One at a time: a spread of a million arguments would throw.
    else for (const within of element.elements) waiting.push(within);
  }
  return found.toSorted((a, b) => a.offset - b.offset);
}
