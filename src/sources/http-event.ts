/** What whoever runs a source that is sent to may want to know. */
export type HttpEvent =
  | { readonly kind: "batch_not_stored"; readonly why: string }
  /** A whole request was refused; what it says is of our own making. */
  | { readonly kind: "batch_refused"; readonly says: string }
  | { readonly kind: "well" };

/** The event in words for a person: what is wrong, and what to do. */
export function wordsOfHttp(event: HttpEvent): string {
  switch (event.kind) {
    case "batch_not_stored":
      return `what was sent could not be stored: ${event.why}. The sender was told so, and sends it again.`;
    case "batch_refused":
      return `what this sender sends is refused: ${event.says}. See to its settings; docs/reference/ways-in.md has what is taken.`;
    case "well":
      return "all is well again";
  }
}
