import { sayNoneLeft } from "../core/open-files.ts";

/** Why a file that the config names can't be read, to stand behind its path: what is wrong, and what to do. */
export function whyUnreadable(code: string): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "does not exist. Create it, or correct the path in the config";
    case "EACCES":
    case "EPERM":
      return "may not be read by the user that Riposte runs as. Give that user read access";
    default:
      return `can't be read: ${sayNoneLeft(code) ?? code}`;
  }
}
