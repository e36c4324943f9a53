import type { Instant } from "../core/time.ts";
import { instantOf } from "./wazuh-time.ts";

const PREFIX = '{"timestamp":"';
const STAMP_CHARS = 32;

/** Event time from the place where Wazuh always writes it; null for a line that begins otherwise. */
export function stampOf(bytes: Buffer, start: number): Instant | null {
  const begins = bytes.toString("latin1", start, start + PREFIX.length + STAMP_CHARS);
  if (!begins.startsWith(PREFIX)) return null;
  return instantOf(begins.slice(PREFIX.length).split('"', 1)[0] ?? "");
}
