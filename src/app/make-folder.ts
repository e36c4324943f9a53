import { mkdirSync } from "node:fs";
import type { StartFailure } from "../app.ts";

/** Makes the folder of the database where there is none, or says why it can't. */
export function makeFolder(folder: string): StartFailure | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    return {
      code: "unwritable",
      message: `${folder} can't be made (${code}): make it yourself and let Riposte's user write there, or name another in \`store\` or \`socket\`.`,
    };
  }
}
