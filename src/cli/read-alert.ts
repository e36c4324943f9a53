import { openSync, readSync, closeSync } from "node:fs";
import type { NoAlert } from "../app/explain.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

/** What the tail takes as one line, and room for one that was laid out for a reader. */
const MOST_BYTES = 8 * 1024 * 1024;

/** What a file that was named has, or standard input where that is `-`. */
export async function readAlert(context: CliContext, file: string): Promise<string> {
  const bytes = file === "-" ? await context.readStdin(MOST_BYTES) : readSome(file);
  if (bytes === null) throw new CommandError(EXIT.badData, `${file}: is larger than any alert. Give it one: head -n 1`);
  return bytes.toString("utf8");
}

export function noAlert(file: string, { why }: NoAlert): CommandError {
  return new CommandError(EXIT.badData, `${file}: ${NO_ALERT[why]}`);
}

const NO_ALERT: Readonly<Record<NoAlert["why"], string>> = {
  empty: "is empty. Give it one alert, as a line of alerts.json",
  not_json: "is not JSON. Give it one alert, as a line of alerts.json",
  not_an_alert: "is JSON, but no Wazuh alert: it has no `rule`",
  several: "has more than one alert. Give it one: head -n 1 alerts.json",
};

function readSome(file: string): Buffer | null {
  try {
    const open = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(MOST_BYTES + 1);
      let size = 0;
      for (let got = -1; got !== 0 && size < bytes.length; size += got)
        got = readSync(open, bytes, size, bytes.length - size, null);
      return size > MOST_BYTES ? null : bytes.subarray(0, size);
    } finally {
      closeSync(open);
    }
  } catch (error) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    const permitted = code !== "EACCES" && code !== "EPERM";
    throw new CommandError(permitted ? EXIT.noInput : EXIT.notPermitted, `${file}: can't be read (${code})`, {
      cause: error,
    });
  }
}
