import { parseReference, REFERENCE, type Reference } from "./reference.ts";
import type { Shell } from "./shell-word.ts";

/** A command with the places at which values of the alert are put in. */
export type CommandPiece = string | { readonly reference: Reference; readonly beginsWord: boolean };

export interface TemplateTrouble {
  /** From the start of the text. */
  readonly offset: number;
  readonly says: string;
}

export type CommandTemplate =
  | { readonly kind: "template"; readonly pieces: readonly CommandPiece[] }
  | { readonly kind: "trouble"; readonly trouble: TemplateTrouble };

export const REFERENCE_EXAMPLE = "Example: {{ agent.name }}";

/**
 * Reads a command as its shell would, to be sure of each reference that a quoted value can stand there and be nothing
 * but one argument. Where that can't be seen plainly, the command is refused: its author can write it in another way.
 */
export function parseCommand(text: string, shell: Shell): CommandTemplate {
  const references = [...text.matchAll(REFERENCE)];
  // What stands within the braces is not the shell's to read.
  const bare = text.replaceAll(REFERENCE, (all) => "x".repeat(all.length));
  const open = bare.indexOf("{{");
  if (open >= 0) return trouble(open, `{{ without the name of a field and }}. ${REFERENCE_EXAMPLE}`);
  if (references.length === 0) return { kind: "template", pieces: [text] };
  const blurred = blurredBy(bare, shell);
  if (blurred !== null) return { kind: "trouble", trouble: blurred };
  const quoted = quotedIn(bare, shell);
  const pieces: CommandPiece[] = [];
  let from = 0;
  for (const { 0: all, 1: inside = "", index } of references) {
    const reference = parseReference(inside, REFERENCE_EXAMPLE);
    if (typeof reference === "string") return trouble(index, reference);
    const misplaced = quoted[index] === true ? IN_QUOTES : placeTrouble(bare, index, index + all.length, shell);
    if (misplaced !== null) return trouble(index, misplaced);
    if (index > from) pieces.push(text.slice(from, index));
    pieces.push({ reference, beginsWord: /^$|[\s(,;|&<>]$/.test(bare.slice(0, index)) });
    from = index + all.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return { kind: "template", pieces };
}

function trouble(offset: number, says: string): CommandTemplate {
  return { kind: "trouble", trouble: { offset, says } };
}

const IN_QUOTES = "Riposte quotes the value itself: take the {{ }} out of your quotes";

/** Forms in which a quote does not mean what it seems to, or in which the value would be read a second time. */
const BLURRING: Readonly<Record<Shell, readonly (readonly [RegExp, string])[]>> = {
  sh: [
    [/`/, "` begins a command within the command"],
    [/<</, "<< begins a text in which quotes mean nothing"],
    [/\$['"]/, `$' and $" begin texts with quotes of their own kind`],
    [/\$\{/, "${ may hold quotes of its own"],
    [/\$\[|\(\(|\[\[|\w\[/, "arithmetic and [[ ]] take a value for an expression"],
    [/"[^"]*\$\(/, "$( within double quotes has quotes of its own"],
    [/\|\s*(?:sudo\s+)?(?:\S*\/)?(?:ba|da|z|k|a)?sh\b/, "a shell behind a pipe takes what it reads for commands"],
  ],
  powershell: [
    [/@['"\u2018-\u201f]/, "@' and @\" begin texts in which quotes mean nothing"],
    [/--%/, "after --% quotes mean nothing"],
    [/<#/, "<# begins a comment that may end anywhere"],
    [/"[^"]*\$\(/, "$( within double quotes has quotes of its own"],
  ],
};

/** Programs that read their arguments as a command once more. */
const READS_AGAIN: Readonly<Record<Shell, ReadonlySet<string>>> = {
  sh: new Set(
    "eval ssh xargs watch parallel trap let declare typeset unset source su runuser powershell pwsh cmd".split(" "),
  ),
  powershell: new Set("iex invoke-expression cmd powershell pwsh ssh wsl start-process start saps".split(" ")),
};
const SHELLS = new Set("sh bash dash zsh ksh ash fish busybox script flock env".split(" "));

function blurredBy(text: string, shell: Shell): TemplateTrouble | null {
  for (const [form, why] of BLURRING[shell]) {
    const at = form.exec(text)?.index;
    if (at !== undefined) return { offset: at, says: `${why}, so no {{ }} can stand in this command` };
  }
  const words = [...text.matchAll(/[^\s;|&()]+/g)].map(({ 0: word, index }) => {
    return { index, name: (word.split(/[/\\]/).at(-1) ?? "").toLowerCase().replace(/\.exe$/, "") };
  });
  const takesCode = words.some(({ name }) => /^-\w*[cS]$|^--command\b|^--split-string\b/i.test(name));
  const again = words.find(({ name }) => READS_AGAIN[shell].has(name) || (takesCode && SHELLS.has(name)));
  if (again === undefined) return null;
  const says = `${again.name} reads its arguments as a command once more, so no {{ }} can stand in it. Give the command as it runs there`;
  return { offset: again.index, says };
}

/** Of each place in the text, whether it is within quotes. */
function quotedIn(text: string, shell: Shell): readonly boolean[] {
  const escape = shell === "sh" ? "\\" : "`";
  const quoted: boolean[] = [];
  let quote: "single" | "double" | "comment" | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i] ?? "";
    quoted[i] = quote === "single" || quote === "double";
    if (quote === "comment") {
      if (sign === "\n") quote = null;
    } else if (sign === escape && quote !== "single") {
      quoted[i + 1] = true;
      i += 1;
    } else if (quote === null) {
      if (sign === "#" && /^$|\s$/.test(text.slice(0, i))) quote = "comment";
      else quote = kindOfQuote(sign, shell);
    } else if (kindOfQuote(sign, shell) === quote) {
      quote = null;
    }
  }
  return quoted;
}

function kindOfQuote(sign: string, shell: Shell): "single" | "double" | null {
  if (sign === "'") return "single";
  if (sign === '"') return "double";
  if (shell === "sh") return null;
  if (/[\u2018-\u201b]/.test(sign)) return "single";
  return /[\u201c-\u201e]/.test(sign) ? "double" : null;
}

function placeTrouble(text: string, start: number, end: number, shell: Shell): string | null {
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (/[$\\`{]$/.test(before)) return "the sign before {{ }} would change what its quotes mean: put a space between";
  if (/(?:^|[\n;|&({!])\s*$/.test(before) && !(shell === "powershell" && /\(\s*$/.test(before)))
    return "a value of the alert can't be the command itself: write the command before it";
  if (shell === "sh") {
    return before.includes("$(")
      ? "what $( ) prints is split into words, and so would the value be: write it before"
      : null;
  }
  if (/[.&]\s*$/.test(before)) return "a value of the alert can't be the command itself: write the command before it";
  const isWord = /[\s(,]$/.test(before) && /^(?:$|[\s),;|}])/.test(after);
  return isWord ? null : "in PowerShell {{ }} has to be a word of its own: put spaces around it";
}
