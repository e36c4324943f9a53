import type { Change } from "./change.ts";

/** Rows that nothing reads back within a turn. */
export type AddedRow = Extract<
  Change,
  { table: "body" | "moment" | "quarantine" | "seal" | "window_filled" | "agent" | "agent_gone" | "fleet" }
>;

export function addedKey(change: AddedRow): string {
  switch (change.table) {
    case "body":
      return `body ${change.row.incident} ${change.row.slot}`;
    case "moment":
      return `moment ${change.row.incident} ${change.row.n}`;
    case "quarantine":
      return `quarantine ${change.row.source} ${change.row.slot}`;
    case "seal":
      return `seal ${change.row.segment}`;
    case "window_filled":
      return `window filled ${change.row.policy} ${change.row.n}`;
    case "agent":
      return `agent ${change.row.id}`;
    case "agent_gone":
      return `agent ${change.id}`;
    case "fleet":
      return "fleet";
  }
}
