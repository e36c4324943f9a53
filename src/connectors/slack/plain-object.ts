/** In it nothing is markup. */
export function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}
