/** What whoever runs a spool may want to know. Names of files are in it, never what stands in them. */
export type SpoolEvent =
  | { readonly kind: "folder_missing"; readonly path: string }
  /** It is there, and can't be emptied. */
  | { readonly kind: "folder_unusable"; readonly path: string; readonly why: string }
  /** A file that can't be read as yet. */
  | { readonly kind: "file_waits"; readonly path: string; readonly why: string }
  /** A file that was moved aside and never read. */
  | { readonly kind: "file_rejected"; readonly path: string; readonly why: string }
  /** A file that was taken in and can't be deleted. */
  | { readonly kind: "file_stays"; readonly path: string; readonly why: string }
  | { readonly kind: "not_stored"; readonly why: string; readonly retryInMs: number }
  | { readonly kind: "well" };

/** The event in words for a person: what is wrong, and what to do. */
export function wordsOfSpool(event: SpoolEvent): string {
  switch (event.kind) {
    case "folder_missing":
      return `the spool directory ${event.path} does not exist. It is read as soon as it does; make it as deploy/wazuh/manager/README.md says.`;
    case "folder_unusable":
      return `the spool directory ${event.path} can't be emptied: ${event.why}. Riposte's user must be able to read it and write to it, for example as a member of the group wazuh. Until then custom-jira tells Jira itself.`;
    case "file_waits":
      return `${event.path} can't be read: ${event.why}. It stays where it is and is tried again; let Riposte's user read it, for example as a member of the group wazuh.`;
    case "file_rejected":
      return `${event.path} was not read: ${event.why}. It was moved to the directory rejected beside it; look at it, and delete it.`;
    case "file_stays":
      return `${event.path} was taken in and can't be deleted: ${event.why}. Delete it, and let Riposte's user write to the directory.`;
    case "not_stored":
      return `what was read could not be stored: ${event.why}. It stays in the spool and is read again in ${Math.ceil(event.retryInMs / 1_000)} s.`;
    case "well":
      return "all is well again";
  }
}
