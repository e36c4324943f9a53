// What may stand in JSON of Slack's, read by hand: whoever opens a destination need not load the schemas' package.

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

export function textIn(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

/** Null: there is no such list. */
export function listIn(value: unknown, name: string): readonly unknown[] | null {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member : null;
}

/** Where the next page begins; the empty text: there is none. */
export function nextCursorIn(value: unknown): string {
  return textIn(memberOf(value, "response_metadata"), "next_cursor") ?? "";
}

/** Which message was made; null: it does not say. */
export function postedIn(value: unknown): { readonly channel: string; readonly ts: string } | null {
  const [channel, ts] = [textIn(value, "channel"), textIn(value, "ts")];
  if (channel === null || !/^[A-Z][A-Z0-9]{2,30}$/.test(channel)) return null;
  return ts === null || !/^\d{1,12}\.\d{1,9}$/.test(ts) ? null : { channel, ts };
}
