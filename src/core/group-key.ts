import type { Alert } from "./alert.ts";
import { digestOf } from "./digest.ts";
import { textOfField } from "./fields.ts";

/** Longer values are cut, so that one hostile field can't fill the index that keeps incidents apart. */
export const GROUP_VALUE_CHARS = 256;

/** What an alert has in common with the others of its incident: the values of the fields, as a JSON array. */
export function groupKeyOf(alert: Pick<Alert, "document">, groupBy: readonly string[]): string {
  return JSON.stringify(groupBy.map((path) => capped(textOfField(alert, path))));
}

/** The digest keeps two values apart that differ only after the cut. */
function capped(value: string | null): string | null {
  if (value === null || value.length <= GROUP_VALUE_CHARS) return value;
  return `${value.slice(0, GROUP_VALUE_CHARS)}…${digestOf(value)}`;
}
