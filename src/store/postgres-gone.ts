import type { Gone } from "../core/change.ts";
import { OF_INCIDENT } from "./apply-gone.ts";
import type { Question } from "./postgres-session.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { toText } from "./text.ts";

/** What `prepareRetain` removes, for PostgreSQL: one statement for each table. */
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
