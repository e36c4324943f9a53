/** Who asks, as the client says; percent-encoded, since a header holds Latin-1 only. */
export const WHO_HEADER = "X-Riposte-Who";

export function encodeWho(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}

export function decodeWho(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
