import { nameOfAction, type Action } from "../core/action.ts";
import type { Instant } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { ResponseReport } from "../http/responses.ts";
import { difference } from "./render-own-responses.ts";
import type { Paint } from "./terminal.ts";
import { ago, counted, grouped, instant } from "./words.ts";

const NONE = "Riposte has carried out no responses, and has seen none of Wazuh's own.";

/** Did the block take effect? Nobody can know it from a log line that says that an order came. */
export function effectAnswer({ counts, own }: ResponseReport, paint: Paint): string {
  const { received, overdue, lifted, renewed, failed } = counts;
  const ordered = received + overdue + lifted + renewed;
  const ours = Object.keys(own).length === 0 ? "" : `${difference({ counts: own })} `;
  if (ordered + failed === 0) return ours === "" ? NONE : `Riposte's own: ${ours}riposte responses list`;
  const parts = [
    ...(ordered === 0 ? [] : [paint("yellow", `Not known for ${counted(ordered, "response")} of Wazuh's own`)]),
    ...(failed === 0
      ? []
      : [paint("red", `${ordered === 0 ? "No" : "no"} for ${grouped(failed)}, which say that they could do nothing`)]),
  ];
  const why = ordered === 0 ? "" : " Their agents got the order, which is all that Wazuh's scripts say.";
  return `${parts.join("; ")}.${why}${ours === "" ? "" : ` Riposte's own: ${ours.trim()}`}`;
}

export function liftAnswer({ counts }: ResponseReport, paint: Paint): string {
  const { received, overdue, lifted } = counts;
  if (received + overdue + lifted === 0) return "Nothing that has to be lifted was seen.";
  const parts = [
    ...(overdue === 0 ? [] : [paint("red", `Not seen for ${grouped(overdue)}, which are overdue`)]),
    ...(received === 0 ? [] : [`${grouped(received)} in force`]),
    ...(lifted === 0 ? [] : [paint("green", `${grouped(lifted)} lifted, as far as their agents got the order`)]),
  ];
  return `${parts.join("; ")}.`;
}

export function renderInForce({ inForce }: ResponseReport, at: Instant, paint: Paint): readonly string[] {
  return inForce.map((action) => {
    const name = visible(nameOfAction(action));
    const of = action.incident === null ? "of no incident" : `#${action.incident}`;
    const state = action.state === "overdue" ? paint("red", endWords(action)) : endWords(action);
    return `  ${of}  ${name}: ordered ${ago(action.lastAt, at)}; ${state}\n`;
  });
}

/** One line of an incident's own list. */
export function actionWords(action: Action): string {
  const { state, beganAt, times, endedAt } = action;
  const again = times > 1 ? `, ordered ${grouped(times)} times` : "";
  return `${instant(beganAt)}  by Wazuh: ${nameOfAction(action)}${again}: ${stateWords(action)}${
    state === "lifted" && endedAt !== null ? ` at ${instant(endedAt)}` : ""
  }`;
}

function stateWords(action: Action): string {
  switch (action.state) {
    case "received":
    case "overdue":
      return `the agent got the order, whether it took effect is not known; ${endWords(action)}`;
    case "failed":
      return "the agent says that it could do nothing";
    case "renewed":
      return "ordered again since, for another incident";
    case "lifted":
      return "the agent got the order to lift it";
    case "ours":
      return "done by Riposte";
    case "awaited":
    case "explained":
      return "held back for a moment, in case Wazuh did it";
  }
}

function endWords({ state, expectedEndAt, program }: Action): string {
  if (expectedEndAt === null) {
    return program === "restart-wazuh" ? "nothing to lift" : "nobody told Riposte when it ends (lifted_after)";
  }
  if (state === "overdue") return `was to be lifted at ${instant(expectedEndAt)}, and no order to lift it was seen`;
  return `to be lifted at ${instant(expectedEndAt)}`;
}
