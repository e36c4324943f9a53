import type { ByteRange, IntegrationBlock } from "../../wazuh/integration-block.ts";

const HIDDEN = "(hidden)";

/**
 * What goes out of the file (`-`) or comes into it (`+`), as a unified diff without any lines around it: those are none
 * of a reader's business, and may hold other secrets. Secrets of the blocks are hidden.
 */
export function cutDiff(
  path: string,
  sign: "-" | "+",
  conf: Uint8Array,
  cuts: readonly ByteRange[],
  blocks: readonly IntegrationBlock[],
): readonly string[] {
  const text = Buffer.from(conf).toString("latin1");
  let gone = 0;
  const hunks = cuts
    .toSorted((a, b) => a.from - b.from)
    .flatMap((cut) => {
      const line = text.slice(0, cut.from).split("\n").length;
      const count = text.slice(cut.from, cut.to).replace(/\n$/, "").split("\n").length;
      const secrets = blocks.flatMap(({ secretRanges }) => secretRanges).filter((of) => isWithin(of, cut));
      const shown = masked(text, cut, secrets).replace(/\n$/, "").split("\n");
      const [before, after] = [`${line},${count}`, `${line - gone - 1},0`];
      gone += count;
      const head = sign === "-" ? `@@ -${before} +${after} @@` : `@@ -${after} +${before} @@`;
      return [head, ...shown.map((of) => sign + Buffer.from(of, "latin1").toString("utf8"))];
    });
  return [`--- ${path}`, `+++ ${path}`, ...hunks];
}

function isWithin(range: ByteRange, outer: ByteRange): boolean {
  return outer.from <= range.from && range.to <= outer.to;
}

function masked(text: string, { from, to }: ByteRange, secrets: readonly ByteRange[]): string {
  let at = from;
  let shown = "";
  for (const secret of secrets.toSorted((a, b) => a.from - b.from)) {
    const name = /^<([a-z_]+)/.exec(text.slice(secret.from, secret.to))?.[1] ?? "";
    shown += `${text.slice(at, secret.from)}<${name}>${HIDDEN}</${name}>`;
    at = secret.to;
  }
  // An old address may be left in a comment.
  return (shown + text.slice(at, to)).replaceAll(/<!--[^]*?-->/g, (comment) =>
    /:\/\//.test(comment) ? `<!-- ${HIDDEN} -->` : comment,
  );
}
