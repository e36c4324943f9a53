import { z } from "zod";

export function absolutePath(example: string) {
  return z
    .string()
    .regex(/^\/./, { error: `expected an absolute path. Example: ${example}` })
    .meta({ examples: [example] });
}
