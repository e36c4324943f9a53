import { grouped, plainText } from "./plain-text.ts";

export type Shell = "sh" | "powershell";

export type ShellWord =
  | { readonly kind: "word"; readonly text: string }
  /** Why the value stands in no command, to be read after its name: `begins with a hyphen, …`. */
  | { readonly kind: "unfit"; readonly why: string };

/** The longest path that Linux takes is four times this; names, addresses and most paths are far below. */
const VALUE_CHARS = 1_000;

/**
 * Somebody's text as one word of a command, quoted so that the shell gives the program its very bytes. What can't be
 * pasted into a terminal and arrive as it is, is no word at all: a control character is obeyed by the terminal before
 * any shell sees a quote, and what can't be seen can't be judged by whoever pastes it.
 */
export function shellWord(value: string, shell: Shell, beginsWord: boolean): ShellWord {
  if (value.length > VALUE_CHARS) return unfit(`has ${grouped(value.length)} characters, too many for a command`);
  if (plainText(value) !== value || /[\n\t]/.test(value)) return unfit("has characters that can't be seen");
  if (beginsWord && value.startsWith("-")) return unfit("begins with a hyphen, so it would be read as an option");
  switch (shell) {
    case "sh":
      // fish, into which people paste as well, takes a backslash before a single quote for its escape.
      if (value.endsWith("\\") || (value.includes("\\") && value.includes("'")))
        return unfit("has a backslash at its end or beside a quote, which not every shell reads alike");
      return { kind: "word", text: `'${value.replaceAll("'", String.raw`'\''`)}'` };
    case "powershell":
      // Windows PowerShell hands these on to programs without the backslash that they need there.
      if (value.includes('"') || value.endsWith("\\"))
        return unfit("has a double quote or ends with a backslash, which Windows PowerShell does not hand on as it is");
      return { kind: "word", text: `'${value.replaceAll(SINGLE_QUOTES, "$&$&")}'` };
  }
}

/** PowerShell ends a text in single quotes at any of them, and takes each one doubled for itself. */
const SINGLE_QUOTES = /['\u2018\u2019\u201a\u201b]/g;

function unfit(why: string): ShellWord {
  return { kind: "unfit", why };
}
