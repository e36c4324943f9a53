// What may stand in JSON that somebody else made.

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

export function textIn(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

export function arrayIn(value: unknown, name: string): readonly unknown[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member : [];
}

/** Whether a list stands there: of what is something else altogether nobody knows that nothing is in it. */
export function hasList(value: unknown, ...names: readonly string[]): boolean {
  return names.some((name) => Array.isArray(memberOf(value, name)));
}
