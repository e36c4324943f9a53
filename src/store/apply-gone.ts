import type { DatabaseSync } from "node:sqlite";
import type { Change, Gone } from "../core/change.ts";
import { RETENTION, upsert } from "./columns.ts";
import type { Question } from "./postgres-session.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { retentionCells } from "./retention-rows.ts";
import { toText } from "./text.ts";

/** What hangs on an incident, by the column that names it; the incident itself goes last. */
const OF_INCIDENT = [
  ["body", "incident"],
  ["moment", "incident"],
  ["work", "incident"],
  ["receipt", "incident"],
  ["attempt", "incident"],
  ["action", "incident"],
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

/** The same for PostgreSQL: one statement for each table. */
export function questionsOfGone(gone: Gone): Question[] {
  switch (gone.of) {
    case "incident":
      return OF_INCIDENT.map(([table, column]) => ({
        name: `gone ${table}`,
        text: `DELETE FROM ${table} WHERE ${column} = ANY($1::bigint[])`,
        values: [numberArray(gone.ids)],
      }));
    case "alert": {
      const keys = gone.identities;
      const values = [
        textArray(keys.map(({ origin }) => toText(origin))),
        textArray(keys.map(({ nativeId }) => toText(nativeId))),
        textArray(keys.map(({ stamp }) => toText(stamp))),
        textArray(keys.map(({ ruleId }) => toText(ruleId))),
      ];
      return [{ name: "gone alert", text: ALERTS_GONE, values }];
    }
    case "window_filled": {
      const values = [
        textArray(gone.windows.map(({ policy }) => toText(policy))),
        numberArray(gone.windows.map(({ n }) => n)),
      ];
      return [{ name: "gone window_filled", text: WINDOWS_FILLED_GONE, values }];
    }
    case "action": {
      const values = [
        textArray(gone.actions.map(({ agentId }) => toText(agentId))),
        textArray(gone.actions.map(({ program }) => toText(program))),
        textArray(gone.actions.map(({ target }) => toText(target))),
        numberArray(gone.actions.map(({ beganAt }) => beganAt)),
      ];
      return [{ name: "gone actions", text: ACTIONS_GONE, values }];
    }
    case "audit":
      return [
        { name: "gone audit", text: "DELETE FROM audit WHERE id = ANY($1::bigint[])", values: [numberArray(gone.ids)] },
      ];
  }
}

const ALERTS_GONE = `DELETE FROM alert USING unnest($1::text[], $2::text[], $3::text[], $4::text[])
    AS gone(origin, native_id, stamp, rule_id)
  WHERE alert.origin = gone.origin AND alert.native_id = gone.native_id AND alert.stamp = gone.stamp
    AND alert.rule_id = gone.rule_id`;
const WINDOWS_FILLED_GONE = `DELETE FROM window_filled USING unnest($1::text[], $2::bigint[]) AS gone(policy, n)
  WHERE window_filled.policy = gone.policy AND window_filled.n = gone.n`;
const ACTIONS_GONE = `DELETE FROM action USING unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    AS gone(agent_id, program, target, began_at)
  WHERE action.agent_id = gone.agent_id AND action.program = gone.program AND action.target = gone.target
    AND action.began_at = gone.began_at`;
