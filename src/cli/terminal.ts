import { visible } from "../core/visible.ts";
import type { CliContext, Output } from "./context.ts";

export type Colour = "red" | "yellow" | "green" | "dim" | "bold";

/** How to dress up text for one output: plain wherever it is not a terminal, or where NO_COLOR asks for that. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const plain: Paint = (_colour, text) => text;

export function paintFor(output: Output, env: CliContext["process"]["env"]): Paint {
  const wanted = output.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  if (!wanted) return plain;
  return (colour, text) => `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`;
}

/** Columns that line up, two spaces apart; cells are data and so made visible first. The last column may be long. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const cells = rows.map((row) => row.map(visible));
  const widths = heads.map((head, i) => Math.max(widthOf(head), ...cells.map((row) => widthOf(row[i] ?? ""))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cell : cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell))),
      )
      .join("  ")
      .trimEnd();
  return [paint("bold", line(heads)), ...cells.map(line)].map((text) => `${text}\n`).join("");
}

/** Terminal cells, near enough: wide East Asian characters and emoji take two, marks that combine take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (COMBINING.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const COMBINING = /^\p{M}$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
