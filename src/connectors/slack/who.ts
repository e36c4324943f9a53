/** A person alone. */
export const PERSON_ID = /^[UW][A-Z0-9]{5,19}$/;
/** A person, or a group of them. */
export const SLACK_ID = /^[UWS][A-Z0-9]{5,19}$/;

/** Whom a name calls, as Slack's own ids or words; null: nobody. */
export function whoIs(
  name: string,
  onCall: Readonly<Record<string, string | readonly string[]>>,
): readonly string[] | null {
  if (Object.hasOwn(onCall, name)) {
    const ids = onCall[name] ?? [];
    return typeof ids === "string" ? [ids] : ids;
  }
  return name === "here" || name === "channel" || SLACK_ID.test(name) ? [name] : null;
}
