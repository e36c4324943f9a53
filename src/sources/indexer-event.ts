/** What a source that reads an indexer tells whoever runs Riposte. */
export type IndexerEvent =
  | { readonly kind: "well" }
  | { readonly kind: "experimental" }
  /** No answer, or none that can be used. */
  | { readonly kind: "not_read"; readonly says: string }
  | { readonly kind: "no_index"; readonly index: string; readonly url: string }
  | { readonly kind: "documents_not_stored"; readonly why: string }
  /** The place where it stopped can't be made out. */
  | { readonly kind: "bookmark_unreadable" };

export type IndexerTrouble = Extract<IndexerEvent, { kind: "not_read" | "no_index" | "documents_not_stored" }>;

/** One sentence of it. */
export function wordsOfIndexer(event: Exclude<IndexerEvent, { kind: "well" }>): string {
  switch (event.kind) {
    case "experimental":
      return "reads findings of Wazuh 5, which is experimental until Wazuh 5.0 is final: their fields may change.";
    case "not_read":
      return `${event.says}. It goes on where it stopped once that is over.`;
    case "no_index":
      return `no index at ${event.url} is called ${event.index}, or the user may see none. A new Wazuh has none until its first alert; else look at the index and the user's role.`;
    case "documents_not_stored":
      return `what was read could not be stored (${event.why}); it will be read again.`;
    case "bookmark_unreadable":
      return "where it stopped reading can't be made out any more; it begins where wazuh.start says.";
  }
}
