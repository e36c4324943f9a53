import { later, type Done, type Evidence, type Later, type Never } from "../../core/outcome.ts";
import type { Instant } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import { notWhatWasAsked, readJira, type Missing, type Read } from "./client.ts";
import { arrayIn, memberOf, textIn } from "./members.ts";
import type { Jira } from "./deployment.ts";
import { instantOf } from "./jira-time.ts";
import type { LeftOut } from "./ticket.ts";

/** One ticket as it stands now, read before anything about it is changed: people work on it too. */
export interface Issue {
  readonly kind: "issue";
  readonly id: string;
  /** Another than it began with where somebody moved it to another project. */
  readonly key: string;
  readonly status: string;
  readonly isDone: boolean;
  readonly resolution: string | null;
  /** What Jira would not take when the ticket was made, to be said again whenever its text is written anew. */
  readonly refused: readonly LeftOut[];
  /** Where `attachment` was asked for. */
  readonly files: readonly IssueFile[];
  /** Where `description` was asked for: in the form that this Jira has. */
  readonly description: unknown;
}

export interface IssueFile {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
}

/** The property by which a ticket or a comment is known as ours, whatever people do to its labels and text. */
export const PROPERTY = "riposte";

export async function readIssue(
  jira: Jira,
  id: string,
  project: string,
  io: Io,
  more: readonly string[] = [],
): Promise<Issue | Later | Never> {
  const fields = ["status", "resolution", ...more].join(",");
  const path = `/issue/${encodeURIComponent(id)}?fields=${fields}&properties=${PROPERTY}`;
  const ask = (): Promise<Read> => readJira(io, jira, "the ticket", { method: "GET", path });
  const read = await orNotSeen(jira, await ask(), ask, project, io);
  switch (read.kind) {
    case "later":
    case "never":
      return read;
    case "read": {
      const issue = issueIn(read.json);
      if (issue !== null) return issue;
      return notWhatWasAsked("the ticket");
    }
  }
}

/**
 * To Jira "deleted" and "not for you to see" are one answer. Whoever may browse the project would see it; and who was
 * only then allowed to sees it the next time.
 */
async function orNotSeen(
  jira: Jira,
  read: Read,
  ask: () => Promise<Read>,
  project: string,
  io: Io,
): Promise<Exclude<Read, Missing> | Never> {
  if (read.kind !== "missing") return read;
  const mayNot = await browseTrouble(jira, project, io);
  if (mayNot !== null) return mayNot;
  const again = await ask();
  if (again.kind !== "missing") return again;
  const evidence = "somebody deleted the ticket, or put it where this account can't see it; Riposte makes no other one";
  return { kind: "never", reason: "gone_there", evidence };
}

/** Why nothing that is not seen may be taken for gone; null: this account sees what is there. */
export async function browseTrouble(jira: Jira, project: string, io: Io): Promise<Later | null> {
  const granted = await readPermissions(jira, project, ["BROWSE_PROJECTS"], io);
  if (granted.kind === "later") return granted;
  if (granted.keys.has("BROWSE_PROJECTS")) return null;
  const says = `the account of the token sees nothing of ${project}: look whether the token is still good, and give the account "Browse projects"`;
  return later("unauthorized", "destination", null, says);
}

export async function readPermissions(
  jira: Jira,
  project: string,
  asked: readonly string[],
  io: Io,
): Promise<Later | { readonly kind: "granted"; readonly keys: ReadonlySet<string> }> {
  const path = `/mypermissions?projectKey=${encodeURIComponent(project)}&permissions=${asked.join(",")}`;
  const read = await readJira(io, jira, "its permissions", { method: "GET", path });
  if (read.kind === "later") return read;
  const permissions = read.kind === "read" ? memberOf(read.json, "permissions") : undefined;
  const keys = asked.filter((key) => memberOf(memberOf(permissions, key), "havePermission") === true);
  return { kind: "granted", keys: new Set(keys) };
}

export function issueIn(json: unknown): Issue | null {
  const id = textIn(json, "id");
  const key = textIn(json, "key");
  const fields = memberOf(json, "fields");
  if (id === null || key === null || typeof fields !== "object" || fields === null) return null;
  const status = memberOf(fields, "status");
  return {
    kind: "issue",
    id,
    key,
    status: textIn(status, "name") ?? "",
    isDone: textIn(memberOf(status, "statusCategory"), "key") === "done",
    resolution: textIn(memberOf(fields, "resolution"), "name"),
    refused: arrayIn(memberOf(memberOf(json, "properties"), PROPERTY), "refused").flatMap((value) => {
      const [field, why] = [textIn(value, "field"), textIn(value, "why")];
      return field === null || why === null ? [] : [{ field, why }];
    }),
    files: arrayIn(fields, "attachment").flatMap((value) => {
      const [fileId, name] = [textIn(value, "id"), textIn(value, "filename")];
      if (fileId === null || name === null) return [];
      return [{ id: fileId, name, createdAt: instantOf(textIn(value, "created")) }];
    }),
    description: memberOf(fields, "description"),
  };
}

export function browseUrl({ access }: Jira, key: string): string {
  return `${access.site}/browse/${encodeURIComponent(key)}`;
}

export function done(jira: Jira, { id, key }: Pick<Issue, "id" | "key">, evidence: Evidence): Done {
  return { kind: "done", remote: { anchor: id, url: browseUrl(jira, key) }, evidence };
}
