import type { Path } from "./problem.ts";

export const NOT_BUILT_YET = "not built yet in this version";

/** Keys that the design has and this version does not, by where they stand (`*` for any name). */
const LATER_KEYS: Readonly<Record<string, readonly string[]>> = {
  "policies.*": ["digest"],
  "destinations.*": ["budget"],
};

export function isKeyForLater(path: Path, key: string): boolean {
  const at = path.map((step, i) => (i === 0 ? step : "*")).join(".");
  return LATER_KEYS[at]?.includes(key) ?? false;
}
