/** What a proxy or a client may call a request: it goes into the log and the answer as it stands. */
const SANE = /^[\w.:/+=@-]{1,128}$/;

export const REQUEST_ID_HEADER = "X-Request-Id";

/** The caller's own id for the request where it is a sane one, else one of ours. */
export function requestIdOf(said: string | undefined, newId: () => string): string {
  return said !== undefined && SANE.test(said) ? said : newId();
}
