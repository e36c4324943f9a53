import { readFileSync } from "node:fs";
import type { StartFailure } from "../app.ts";
import { sayNoneLeft } from "../core/open-files.ts";

/** What stands open in a process that has nothing to do is two thirds of it. */
const LEAST = 64;

/**
 * Says why not where too few files and connections may be open for all parts to start: each would fail in a way of its
 * own, and some only when there is something to tell. Node has raised the soft limit to the hard one by now.
 */
export function tooFewOpenFiles(): StartFailure | null {
  const most = mostOpenFiles();
  if (most === null || most >= LEAST) return null;
  return {
    code: "too_few_files",
    message: `Only ${most} files and connections may be open at a time, and Riposte needs ${LEAST} to start and some hundreds under load: raise the limit, LimitNOFILE=4096 where systemd starts it, or ulimit -n 4096.`,
  };
}

/** Null: nobody says. */
function mostOpenFiles(): number | null {
  try {
    const most = /^Max open files +(\d+) /m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return most === undefined ? null : Number(most);
  } catch (error) {
    return sayNoneLeft((error as NodeJS.ErrnoException).code) === null ? null : 0;
  }
}
