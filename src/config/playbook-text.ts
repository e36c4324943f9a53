import { z } from "zod";
import { parseCommand, REFERENCE_EXAMPLE } from "../core/command-template.ts";
import { grouped, plainText } from "../core/plain-text.ts";
import {
  PLAYBOOK_INCIDENT_FIELDS,
  type CommandPart,
  type Playbook,
  type PlaybookStep,
  type TextPart,
  type TextRun,
} from "../core/playbook.ts";
import { parseReference, REFERENCE, type Reference } from "../core/reference.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { parseConfigDocument } from "./document.ts";
import { didYouMean } from "./nearest.ts";
import { placeOfBlock } from "./playbook-block.ts";
import { isMap } from "./problem.ts";
import { checkShape } from "./wording.ts";

export interface PlaybookMistake {
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

export type ReadPlaybook =
  | { readonly kind: "read"; readonly playbook: Extract<Playbook, { readonly kind: "playbook" }> }
  /** One for each mistake, in the order of the lines. */
  | { readonly kind: "broken"; readonly mistakes: readonly PlaybookMistake[] };

const FrontMatter = z.strictObject({
  title: z
    .string()
    .min(1)
    .max(120)
    .meta({ examples: ["Agent disconnected"] }),
});

// A page of paper has some forty lines; a ticket has to hold all of it beside what happened.
const STEPS_MOST = 40;
const TEXT_CHARS = 1_500;
const COMMAND_CHARS = 1_500;

/**
 * Reads a playbook: front matter with a title, then numbered steps, each a text with commands below it. Whatever else
 * Markdown knows is shown as it is written.
 */
export function readPlaybookText(text: string, name: string): ReadPlaybook {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => line.trimEnd());
  const unseen = lines.flatMap((line, i): readonly PlaybookMistake[] =>
    plainText(line) === line ? [] : [at(i + 1, 1, "has a character that can't be seen. Take it out")],
  );
  const front = readFront(lines);
  const body = new Body();
  body.read(lines, front.bodyFrom);
  const mistakes = [...unseen, ...front.mistakes, ...body.mistakes].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  if (mistakes.length > 0) return { kind: "broken", mistakes };
  const { before, steps } = body;
  return { kind: "read", playbook: { kind: "playbook", name, title: front.title, before, steps } };
}

interface Front {
  readonly title: string;
  /** Index of the first line behind it. */
  readonly bodyFrom: number;
  readonly mistakes: readonly PlaybookMistake[];
}

const FRONT_EXAMPLE = "Begin the file with three lines: ---, title: Agent disconnected, ---";

function readFront(lines: readonly string[]): Front {
  const end = lines.indexOf("---", 1);
  if (lines[0] !== "---" || end < 0)
    return { title: "", bodyFrom: 0, mistakes: [at(1, 1, `has no front matter. ${FRONT_EXAMPLE}`)] };
  const parsed = parseConfigDocument(lines.slice(1, end).join("\n"));
  const bodyFrom = end + 1;
  if (parsed.kind === "broken") {
    const mistakes = parsed.problems.map(({ line, column, says }) => at(line + 1, column, says));
    return { title: "", bodyFrom, mistakes };
  }
  const { value, place } = parsed.document;
  if (!isMap(value ?? {})) return { title: "", bodyFrom, mistakes: [at(2, 1, `expected title: …. ${FRONT_EXAMPLE}`)] };
  const { shape, problems } = checkShape(FrontMatter, value ?? {}, []);
  const mistakes = problems.map((problem) => {
    const { line, column } = place(problem.path, problem.at);
    return at(line + 1, column, `${problem.path.join(".")}: ${problem.says}`);
  });
  return { title: shape?.title ?? "", bodyFrom, mistakes };
}

/** A line of a paragraph, and where its first sign stands. */
interface Written {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

class Body {
  readonly before: TextPart[] = [];
  readonly steps: PlaybookStep[] = [];
  readonly mistakes: PlaybookMistake[] = [];
  #paragraph: Written[] = [];
  #parts: (TextPart | CommandPart)[] | null = null;

  read(lines: readonly string[], from: number): void {
    for (let i = from; i < lines.length; i += 1) {
      const line = lines[i] ?? "";
      const [, fence = "", info = ""] = /^\s*(`{3,}|~{3,})\s*([^`]*)$/.exec(line) ?? [];
      if (fence !== "") {
        i = this.#block(lines, i, fence, info.trim());
        continue;
      }
      const [lead, step] = /^\d{1,3}[.)][ \t]+(?=(\S.*)$)/.exec(line) ?? [];
      if (line === "") this.#endParagraph();
      else if (lead !== undefined && step !== undefined) {
        this.#endParagraph();
        this.#parts = [];
        this.steps.push({ parts: this.#parts });
        this.#paragraph.push({ line: i + 1, column: lead.length + 1, text: step });
      } else {
        const trimmed = line.trimStart();
        this.#paragraph.push({ line: i + 1, column: line.length - trimmed.length + 1, text: trimmed });
      }
    }
    this.#endParagraph();
    if (this.steps.length === 0)
      this.#complain(Math.max(1, from + 1), 1, "has no steps. Begin each with its number. Example: 1. Ask the owner.");
    if (this.steps.length > STEPS_MOST)
      this.#complain(from + 1, 1, `has ${this.steps.length} steps, and ${STEPS_MOST} is the most. Make two of it`);
  }

  /** Takes what stands between two fences; returns the index of the second. */
  #block(lines: readonly string[], start: number, fence: string, info: string): number {
    this.#endParagraph();
    const open = lines[start] ?? "";
    const indent = open.length - open.trimStart().length;
    const isClosing = (line: string): boolean => {
      const closing = line.trim();
      return closing.length >= fence.length && closing === fence.charAt(0).repeat(closing.length);
    };
    const end = lines.findIndex((line, i) => i > start && isClosing(line));
    if (end < 0) {
      this.#complain(start + 1, indent + 1, `this block is never closed. End it with ${fence} on a line of its own`);
      return lines.length;
    }
    const written = lines.slice(start + 1, end).map((line, i): Written => {
      const taken = Math.min(indent, line.length - line.trimStart().length);
      return { line: start + 2 + i, column: taken + 1, text: line.slice(taken) };
    });
    const place = placeOfBlock(info);
    if (place === null) this.#add({ kind: "text", runs: this.#textRuns(written, "\n") });
    else if (typeof place === "object") this.#complain(start + 1, indent + 1, place.says);
    else if (this.#parts === null)
      this.#complain(
        start + 1,
        indent + 1,
        "a command belongs to a step: put a line such as 1. Ask the owner. above it",
      );
    else this.#command(written, place, start + 1);
    return end;
  }

  #command(written: readonly Written[], place: CommandPart["place"], line: number): void {
    const text = written.map((each) => each.text).join("\n");
    if (text.trim() === "") return this.#complain(line, 1, "there is no command in this block");
    if (text.length > COMMAND_CHARS)
      return this.#complain(
        line,
        1,
        `has ${grouped(text.length)} characters, and ${grouped(COMMAND_CHARS)} is the most`,
      );
    const parsed = parseCommand(text, place === "windows" ? "powershell" : "sh");
    if (parsed.kind === "trouble") return this.#complainAt(written, "\n", parsed.trouble.offset, parsed.trouble.says);
    for (const piece of parsed.pieces) {
      if (typeof piece !== "string") this.#checkField(piece.reference, written, "\n");
    }
    this.#parts?.push({ kind: "command", place, pieces: parsed.pieces });
  }

  #endParagraph(): void {
    const written = this.#paragraph;
    this.#paragraph = [];
    if (written.length > 0) this.#add({ kind: "text", runs: this.#textRuns(written, " ") });
  }

  #add(part: TextPart): void {
    if (this.#parts === null) this.before.push(part);
    else this.#parts.push(part);
  }

  #textRuns(written: readonly Written[], divider: string): readonly TextRun[] {
    const text = joined(written, divider);
    const { line = 1, column = 1 } = written[0] ?? {};
    if (text.length > TEXT_CHARS)
      this.#complain(line, column, `has ${grouped(text.length)} characters, and ${grouped(TEXT_CHARS)} is the most`);
    const runs: TextRun[] = [];
    let from = 0;
    // What is a block in itself has no runs of code.
    for (const { 0: all, 2: inside = "", index } of divider === "\n" ? [] : text.matchAll(CODE)) {
      if (index > from) runs.push(this.#plainRun(text.slice(from, index), from, written, divider));
      const offset = index + all.indexOf(inside);
      const parsed = parseCommand(inside, "sh");
      const isOnlyReference = inside.replace(REFERENCE, "").trim() === "";
      if (isOnlyReference) {
        const { pieces } = this.#plainRun(inside.trim(), offset, written, divider);
        const [only] = pieces;
        runs.push({
          kind: "code",
          pieces: only === undefined || typeof only === "string" ? [inside] : [{ reference: only, beginsWord: true }],
        });
      } else if (parsed.kind === "trouble") {
        this.#complainAt(written, divider, offset + parsed.trouble.offset, parsed.trouble.says);
      } else {
        for (const piece of parsed.pieces) {
          if (typeof piece !== "string") this.#checkField(piece.reference, written, divider);
        }
        runs.push({ kind: "code", pieces: parsed.pieces });
      }
      from = index + all.length;
    }
    if (from < text.length) runs.push(this.#plainRun(text.slice(from), from, written, divider));
    return runs;
  }

  #plainRun(text: string, offset: number, written: readonly Written[], divider: string) {
    const pieces: (string | Reference)[] = [];
    let from = 0;
    for (const { 0: all, 1: inside = "", index } of text.matchAll(REFERENCE)) {
      if (index > from) pieces.push(text.slice(from, index));
      const reference = parseReference(inside, REFERENCE_EXAMPLE);
      if (typeof reference === "string") this.#complainAt(written, divider, offset + index, reference);
      else {
        this.#checkField(reference, written, divider);
        pieces.push(reference);
      }
      from = index + all.length;
    }
    if (from < text.length) pieces.push(text.slice(from));
    const open = text.replaceAll(REFERENCE, (all) => " ".repeat(all.length)).indexOf("{{");
    if (open >= 0) {
      const says = `{{ without the name of a field and }}. ${REFERENCE_EXAMPLE}`;
      this.#complainAt(written, divider, offset + open, says);
    }
    return { kind: "text" as const, pieces };
  }

  #checkField({ path }: Reference, written: readonly Written[], divider: string): void {
    const says = pathTrouble(path);
    if (says === null) return;
    const where = joined(written, divider).search(
      new RegExp(String.raw`\{\{\s*${path.replaceAll(/[.@-]/g, "\\$&")}[\s|}]`),
    );
    this.#complainAt(written, divider, Math.max(0, where), `${path}: ${says}`);
  }

  #complainAt(written: readonly Written[], divider: string, offset: number, says: string): void {
    let left = offset;
    for (const { line, column, text } of written) {
      if (left <= text.length) return this.#complain(line, column + left, says);
      left -= text.length + divider.length;
    }
    this.#complain(written[0]?.line ?? 1, 1, says);
  }

  #complain(line: number, column: number, says: string): void {
    this.mistakes.push(at(line, column, says));
  }
}

/** As many backticks as there were before it end it. */
const CODE = /(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;

/** A list or a table within a paragraph stays one; either way a line break is one sign. */
function joined(written: readonly Written[], divider: string): string {
  return written
    .map(({ text }, i) => (i === 0 ? text : `${/^(?:[-*+>|]|\d{1,3}[.)]\s)/.test(text) ? "\n" : divider}${text}`))
    .join("");
}

function pathTrouble(path: string): string | null {
  if (!path.startsWith("incident.")) return fieldTrouble(path);
  const name = path.slice("incident.".length);
  if (PLAYBOOK_INCIDENT_FIELDS.some((each) => each === name)) return null;
  const known = PLAYBOOK_INCIDENT_FIELDS.join(", ");
  return `not a field of incidents that a playbook can have${didYouMean(name, PLAYBOOK_INCIDENT_FIELDS) || `. There are: ${known}`}`;
}

function at(line: number, column: number, says: string): PlaybookMistake {
  return { line, column, says };
}
