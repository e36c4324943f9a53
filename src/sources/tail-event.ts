import { sayNoneLeft } from "../core/open-files.ts";

/** What whoever runs a tail may want to know. Names of files are in it, never what stands in them. */
export type TailEvent =
  | { readonly kind: "opened"; readonly path: string; readonly offsetBytes: number }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "unreadable"; readonly path: string; readonly why: string }
  /** It became shorter, or begins with something else. */
  | { readonly kind: "truncated"; readonly path: string }
  /** A file went away before it was read to its end, or before it was read at all. */
  | { readonly kind: "gap"; readonly path: string }
  /** What Wazuh packed can't be unpacked to its end. */
  | { readonly kind: "damaged"; readonly path: string; readonly why: string }
  | { readonly kind: "cursor_unreadable"; readonly path: string }
  | { readonly kind: "not_accepted"; readonly why: string; readonly retryInMs: number }
  /** What was missing, unreadable or not accepted is well again. */
  | { readonly kind: "well" };

/** The event in words for a person: what is wrong, and what to do. */
export function wordsOf(event: TailEvent): string {
  switch (event.kind) {
    case "opened":
      return `${event.path} is read from byte ${event.offsetBytes}`;
    case "missing":
      return `${event.path} does not exist. It is read from its start as soon as it does; is the path right, and is the Wazuh manager running?`;
    case "unreadable":
      return `${event.path} can't be read: ${sayNoneLeft(event.why) ?? event.why}.${whatToDo(event.why)} Reading goes on by itself as soon as it can.`;
    case "truncated":
      return `${event.path} was cut off or written anew, and is read from its start again. Lines that had not been read before are lost.`;
    case "gap":
      return `${event.path} is gone, and had perhaps not been read to its end. Alerts in its last part may be missing.`;
    case "damaged":
      return `${event.path} is damaged: ${event.why}. What came out of it was read, and reading goes on with the next file; alerts in its last part may be missing.`;
    case "cursor_unreadable":
      return `the stored place in ${event.path} can't be understood, and the file is read from its start. Alerts that are known already count as duplicates.`;
    case "not_accepted":
      return `what was read could not be stored: ${event.why}. It is read again from the last place that was stored, in ${Math.ceil(event.retryInMs / 1_000)} s.`;
    case "well":
      return "all is well again";
  }
}

/** Where the trouble does not say it itself. */
function whatToDo(why: string): string {
  switch (why.split(":", 1)[0] ?? "") {
    case "EACCES":
    case "EPERM":
      return " Let Riposte's user read it, for example as a member of the group wazuh.";
    case "ESTALE":
      return " The network file system gave it up: see whether its server is there, and mount it anew.";
    case "EIO":
      return " See to the disk.";
    default:
      return "";
  }
}
