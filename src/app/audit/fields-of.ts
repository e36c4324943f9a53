/** Of a line that somebody else may have written: what is no JSON has no fields. */
export function fieldsOf<Fields extends object>(line: string): Partial<Fields> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Partial<Fields>) : {};
  } catch {
    return {};
  }
}
