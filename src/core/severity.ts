export type Severity = "low" | "medium" | "high" | "critical";

/** Mildest first. */
export const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

/** Wazuh's own bands (its dashboard's): 0-6 low, 7-11 medium, 12-14 high, 15 and more critical. */
export function severityOfLevel(level: number): Severity {
  if (level >= 15) return "critical";
  if (level >= 12) return "high";
  if (level >= 7) return "medium";
  return "low";
}

export function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}

/** The dashboard's colour of each band, as `#rrggbb`. */
export const SEVERITY_COLOUR: Readonly<Record<Severity, string>> = {
  low: "#6dccb1",
  medium: "#6092c0",
  high: "#d6bf57",
  critical: "#cc5642",
};

/** What Wazuh 5 says in words, as the mildest of Wazuh 4's levels that the same people would have been woken for. */
const LEVEL_OF_WORD: ReadonlyMap<string, number> = new Map([
  ["informational", 3],
  ["low", 5],
  ["medium", 7],
  ["high", 12],
  ["critical", 15],
]);

/** Null: no word of Wazuh 5's. */
export function levelOfWord(word: string): number | null {
  return LEVEL_OF_WORD.get(word.toLowerCase()) ?? null;
}
