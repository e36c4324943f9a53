import type { DurableFolder } from "../ports/durable-folder.ts";

const FILE = "cursor.json";

export type KeptPlace =
  | { readonly kind: "none" }
  | { readonly kind: "kept"; readonly cursor: string }
  /** The folder belongs to another forwarder: its place would skip lines of ours. */
  | { readonly kind: "of_other_alerts"; readonly alerts: string };

/**
 * How far everything is with the server. The text of the cursor is the tail's own business; one that can't be
 * understood any more is left to it as well, which then reads from the start: known alerts count as duplicates.
 */
export function readPlace(folder: Pick<DurableFolder, "read">, alerts: string): KeptPlace {
  const text = folder.read(FILE);
  if (text === null) return { kind: "none" };
  const { alerts: of, cursor } = parse(text);
  if (typeof of === "string" && of !== alerts) return { kind: "of_other_alerts", alerts: of };
  return { kind: "kept", cursor: typeof cursor === "string" ? cursor : "" };
}

export function keepPlace(folder: Pick<DurableFolder, "replace">, alerts: string, cursor: string): void {
  folder.replace(FILE, `${JSON.stringify({ v: 1, alerts, cursor })}\n`);
}

function parse(text: string): { readonly alerts?: unknown; readonly cursor?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
