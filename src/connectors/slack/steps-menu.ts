import type { GuidanceStep } from "../../core/guidance.ts";
import { head, plainLine } from "../../core/plain-text.ts";
import type { Picture } from "../../core/picture.ts";
import { plainRuns } from "../guidance-lines.ts";
import type { AskedTick } from "./asked.ts";
import { plain } from "./plain-object.ts";

/** Slack takes 75; all that a playbook may have are to fit into a message beside the rest. */
const STEP_CHARS = 40;

/** Each step to tick off, or to take that back; none where there is no playbook. */
export function stepsMenu({ guidance, incident }: Picture, name: string): readonly object[] {
  if (guidance?.kind !== "guidance" || guidance.steps.length === 0) return [];
  const { steps } = guidance;
  const done = steps.filter(({ tick }) => tick?.isDone === true).length;
  const changes = (incident.handling?.ticks ?? []).reduce((sum, tick) => sum + tick.changes, 0);
  return [
    {
      type: "static_select",
      // Under another name what was chosen last is not shown as chosen.
      action_id: `${name}.${changes}`,
      placeholder: plain(`Playbook: ${done} of ${steps.length} done`),
      options: steps.map((step, i) => ({ text: plain(labelOf(step, i + 1)), value: valueOf(step, i + 1) })),
    },
  ];
}

function labelOf({ parts, tick }: GuidanceStep, n: number): string {
  const [first] = parts;
  const says = first?.kind === "text" ? plainRuns(first.runs) : "";
  const label = plainLine(`${tick?.isDone === true ? "Take back" : "Tick off"} ${n}. ${says}`);
  // Which step it is its number says; the step itself stands above.
  return label.length <= STEP_CHARS ? label : `${head(label, STEP_CHARS - 1)}…`;
}

function valueOf({ print, tick }: GuidanceStep, n: number): string {
  return `${n}:${tick?.isDone === true ? "undo" : "done"}:${print}:${tick?.changes ?? 0}`;
}

const CHOSEN = /^([1-9]\d?):(done|undo):([0-9a-f]{8}):(\d{1,9})$/;

/** Null: none of ours. */
export function readStep(chosen: string): AskedTick | null {
  const [, step, what, print] = CHOSEN.exec(chosen) ?? [];
  if (step === undefined || print === undefined) return null;
  return { kind: "tick", step: Number(step), isDone: what === "done", print };
}

/** How often it had been changed when the menu was made. */
export function changesIn(chosen: string): number | null {
  const changes = CHOSEN.exec(chosen)?.[4];
  return changes === undefined ? null : Number(changes);
}
