import type { RetentionRow } from "../core/change.ts";
import type { Cell } from "./columns.ts";
import type { Row } from "./rows.ts";

export function retentionOf(row: Row): RetentionRow {
  const [, at, keptFrom, keepMs, incidents, alerts] = row as number[];
  return { at: at!, keptFrom: keptFrom!, keepMs: keepMs!, incidents: incidents!, alerts: alerts! };
}

export function retentionCells({ at, keptFrom, keepMs, incidents, alerts }: RetentionRow): Cell[] {
  return [1, at, keptFrom, keepMs, incidents, alerts];
}
