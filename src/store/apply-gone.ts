import type { DatabaseSync } from "node:sqlite";
import type { Change, Gone } from "../core/change.ts";
import { RETENTION, upsert } from "./columns.ts";
import { retentionCells } from "./retention-rows.ts";
import { toText } from "./text.ts";

/** What hangs on an incident, by the column that names it; the incident itself goes last. */
export const OF_INCIDENT = [
  ["body", "incident"],
  ["moment", "incident"],
  ["work", "incident"],
  ["receipt", "incident"],
  ["attempt", "incident"],
  ["action", "incident"],
  ["response", "incident"],
  ["told_in", "incident"],
  ["mass", "incident"],
  ["incident", "id"],
] as const;

/** Prepares what retention writes: the rows that go, and the one that counts them. */
export function prepareRetain(db: DatabaseSync): (change: Extract<Change, { table: "gone" | "retention" }>) => void {
  const remove = prepareRemoveGone(db);
  const put = db.prepare(upsert("retention", RETENTION, "one"));
  return (change) => {
    if (change.table === "gone") remove(change.gone);
    else put.run(...retentionCells(change.row));
  };
}

function prepareRemoveGone(db: DatabaseSync): (gone: Gone) => void {
  const ofIncident = OF_INCIDENT.map(([table, column]) => db.prepare(`DELETE FROM ${table} WHERE ${column} = ?`));
  const alert = db.prepare("DELETE FROM alert WHERE origin = ? AND native_id = ? AND stamp = ? AND rule_id = ?");
  const windowFilled = db.prepare("DELETE FROM window_filled WHERE policy = ? AND n = ?");
  const action = db.prepare("DELETE FROM action WHERE agent_id = ? AND program = ? AND target = ? AND began_at = ?");
  const audit = db.prepare("DELETE FROM audit WHERE id = ?");
  return (gone) => {
    switch (gone.of) {
      case "incident":
        for (const statement of ofIncident) for (const id of gone.ids) statement.run(id);
        return;
      case "alert":
        for (const { origin, nativeId, stamp, ruleId } of gone.identities)
          alert.run(toText(origin), toText(nativeId), toText(stamp), toText(ruleId));
        return;
      case "window_filled":
        for (const { policy, n } of gone.windows) windowFilled.run(toText(policy), n);
        return;
      case "action":
        for (const { agentId, program, target, beganAt } of gone.actions)
          action.run(toText(agentId), toText(program), toText(target), beganAt);
        return;
      case "audit":
        for (const id of gone.ids) audit.run(id);
        return;
    }
  };
}
