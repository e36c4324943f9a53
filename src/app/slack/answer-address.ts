import type { SlackPlace } from "./place.ts";

const SLACKS_OWN: ReadonlySet<string> = new Set(["https://hooks.slack.com", "https://hooks.slack-gov.com"]);

/** Whether an answer may be left there: what is signed may still have been signed by somebody who got the secret. */
export function isAnswerAddress(address: string, places: readonly SlackPlace[]): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return false;
  const own = places.flatMap(({ config: { api } }) => (typeof api === "string" ? [URL.parse(api)?.origin] : []));
  return SLACKS_OWN.has(url.origin) || own.includes(url.origin);
}
