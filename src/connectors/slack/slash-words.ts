import { readSpan, SILENCE_SPANS, type Asked } from "./asked.ts";

/** What `/riposte` was asked. */
export type SlashWords =
  | { readonly kind: "help" }
  /** `open`: only those that nobody has acknowledged. */
  | { readonly kind: "list"; readonly onlyOpen: boolean }
  | { readonly kind: "show"; readonly incident: number }
  | (Asked & { readonly incident: number })
  /** The kill switch. */
  | { readonly kind: "stop"; readonly why: string | null }
  | { readonly kind: "responses" }
  | { readonly kind: "unclear"; readonly says: string };

export const HELP = [
  "/riposte list: the newest incidents that are not resolved",
  "/riposte open: those of them that nobody has acknowledged",
  "/riposte show 12: one incident, and where it is told",
  "/riposte ack 12: acknowledge it",
  "/riposte resolve 12 why: resolve it, with a note if there is one",
  "/riposte false-positive 12 why: resolve it with that word, and hear how the policy could leave it out",
  "/riposte take 12: you have it; assign 12 NAME: somebody else; assign 12 nobody",
  "/riposte tick 12 3: step 3 of its playbook is done; untick 12 3: it is not",
  `/riposte silence 12 4h: tell nothing of it for so long (${Object.keys(SILENCE_SPANS).join(", ")}; off: no more)`,
  "/riposte responses: what Riposte does about incidents, and what waits for approval (for approvers)",
  "/riposte stop why: begin no response any more, at once (for approvers); riposte responses stop --resume begins again",
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
    case "responses":
      if (rest.trim() !== "") return { kind: "unclear", says: `${word} takes nothing behind it` };
      return { kind: "responses" };
    case "stop":
      return { kind: "stop", why: rest.trim() === "" ? null : rest.trim() };
    case "show":
    case "ack":
    case "acknowledge":
    case "resolve":
    case "false-positive":
    case "silence":
    case "take":
    case "assign":
    case "tick":
    case "untick":
      break;
    default:
      return { kind: "unclear", says: "there is no such word" };
  }
  if (incident === 0) return { kind: "unclear", says: `say which incident: /riposte ${word} 12` };
  if (word === "silence") return silenceWords(incident, note.trim().toLowerCase());
  if (word === "assign") return assignWords(incident, note.trim());
  if (word === "tick" || word === "untick") return tickWords(incident, word, note.trim());
  if (word === "resolve" || word === "false-positive") {
    const kind = word === "resolve" ? "resolve" : "false_positive";
    return { kind, incident, note: note.trim() === "" ? null : note.trim() };
  }
  if (note.trim() !== "") return { kind: "unclear", says: `${word} takes nothing behind the number` };
  if (word === "take") return { kind: "take", incident };
  return { kind: word === "show" ? "show" : "acknowledge", incident };
}

function silenceWords(incident: number, rest: string): SlashWords {
  if (rest === "off") return { kind: "lift_silence", incident };
  const span = readSpan(rest);
  if (span === null) {
    const spans = Object.keys(SILENCE_SPANS).join(", ");
    return { kind: "unclear", says: `say for how long: /riposte silence 12 4h (${spans}; off: no more)` };
  }
  return { kind: "silence", incident, span };
}

function assignWords(incident: number, name: string): SlashWords {
  if (name === "") return { kind: "unclear", says: "say to whom: /riposte assign 12 NAME, or nobody" };
  if (name.toLowerCase() === "me") return { kind: "take", incident };
  return { kind: "assign", incident, to: name.toLowerCase() === "nobody" ? null : name };
}

function tickWords(incident: number, word: "tick" | "untick", rest: string): SlashWords {
  if (!/^[1-9]\d?$/.test(rest)) return { kind: "unclear", says: `say which step: /riposte ${word} 12 3` };
  return { kind: "tick", incident, step: Number(rest), isDone: word === "tick", print: null };
}
