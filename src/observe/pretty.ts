import { visible } from "../core/visible.ts";

/** A line of JSON as a person at a terminal would like it: time of day, how bad, the sentence, then its fields. */
export function prettyLine(json: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${shown(value)}`);
  const words = [textOf(time).slice(11, 19), textOf(level).padEnd(5), textOf(msg), ...pairs];
  return [words.join(" "), ...stackOf(err)].map((line) => `${visible(line)}\n`).join("");
}

function shown(value: unknown): string {
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(plain) ? plain : JSON.stringify(plain);
}

function stackOf(err: unknown): readonly string[] {
  if (typeof err !== "object" || err === null) return [];
  const { stack, message } = err as { stack?: unknown; message?: unknown };
  return (textOf(stack) || textOf(message)).split("\n").map((line) => `    ${line.trim()}`);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
