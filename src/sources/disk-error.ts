/** What the disk says of itself; anything else that is thrown is a bug. */
export function isDiskError(error: unknown): error is Error & { readonly code: string; readonly path?: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
