/** What `/riposte` was asked. */
export type SlashWords =
  | { readonly kind: "help" }
  /** `open`: only those that nobody has acknowledged. */
  | { readonly kind: "list"; readonly onlyOpen: boolean }
  | { readonly kind: "show"; readonly incident: number }
  | { readonly kind: "acknowledge"; readonly incident: number }
  | { readonly kind: "resolve"; readonly incident: number; readonly note: string | null }
  | { readonly kind: "unclear"; readonly says: string };

export const HELP = [
  "/riposte list: the newest incidents that are not resolved",
  "/riposte open: those of them that nobody has acknowledged",
  "/riposte show 12: one incident, and where it is told",
  "/riposte ack 12: acknowledge it",
  "/riposte resolve 12 why: resolve it, with a note if there is one",
].join("\n");

/** Reads the text behind the command's name. */
export function readWords(text: string): SlashWords {
  const [, verb = "", rest = ""] = /^\s*(\S*)\s*(.*)$/su.exec(text) ?? [];
  const [, number, note = ""] = /^#?([1-9]\d{0,14})(?:\s+(.*))?$/su.exec(rest.trim()) ?? [];
  const incident = Number(number ?? 0);
  const word = verb.toLowerCase();
  switch (word) {
    case "":
    case "help":
      return { kind: "help" };
    case "list":
    case "open":
      if (rest.trim() !== "") return { kind: "unclear", says: `${word} takes nothing behind it` };
      return { kind: "list", onlyOpen: word === "open" };
    case "show":
    case "ack":
    case "acknowledge":
    case "resolve":
      break;
    default:
      return { kind: "unclear", says: "there is no such word" };
  }
  if (incident === 0) return { kind: "unclear", says: `say which incident: /riposte ${word} 12` };
  if (word === "resolve") return { kind: "resolve", incident, note: note.trim() === "" ? null : note.trim() };
  if (note.trim() !== "") return { kind: "unclear", says: `${word} takes nothing behind the number` };
  return { kind: word === "show" ? "show" : "acknowledge", incident };
}
