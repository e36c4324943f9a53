import { z } from "zod";

/** Names that people choose end up in rows, commands and the marks on the other side. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;
export const NAME_PATTERN = NAME.source;

/** What is wrong with a name; null where nothing is. */
export function nameTrouble(name: string): string | null {
  if (!NAME.test(name)) return "a name has letters, digits and hyphens, at most 40. Example: ssh-brute-force";
  // A word that every object knows would be found where nothing of this name is.
  return name in {} ? "this word is taken. Choose another name" : null;
}

export const Name = z
  .string()
  .refine((name) => nameTrouble(name) === null, { error: ({ input }) => nameTrouble(String(input)) ?? "" })
  .meta({ examples: ["ssh-brute-force"], pattern: NAME_PATTERN });
