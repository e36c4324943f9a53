import { nameOfResponse, type Response } from "../core/response.ts";
import type { Instant } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { AlertStory, StoryIncident, StoryTold } from "../http/alert-answers.ts";
import { dispositionWords } from "./disposition-words.ts";
import { policyVerdict } from "./explain.ts";
import { receiptWords, stateWords, workWords } from "./render-incidents.ts";
import { STATES } from "./render-own-responses.ts";
import { actionWords } from "./render-responses.ts";
import type { Paint } from "./terminal.ts";
import { counted, instant } from "./words.ts";

interface Shown {
  /** Whatever came since then is still there. */
  readonly keptFrom: Instant | null;
  readonly now: Instant;
}

/** What became of one alert, from its coming to whom it was told and what was done. Its words are an attacker's. */
export function renderStory(story: AlertStory, shown: Shown, paint: Paint): string {
  const { alert, line } = story;
  const { origin, nativeId, stamp, ruleId } = alert.identity;
  const facts: readonly (readonly [string, string])[] = [
    ["came", `from ${alert.source}, by ${origin === "" ? "a manager without a name" : origin}, ${stamp}`],
    ["agent", alert.agentId ?? "-"],
    ["ended", `${alert.disposition}: it ${dispositionWords(alert.disposition)}`],
  ];
  return [
    `${paint("bold", visible(nativeId))}  rule ${visible(ruleId)} level ${alert.level}, ${instant(alert.at)}\n`,
    ...facts.map(([name, value]) => `  ${name.padEnd(8)}${visible(value)}\n`),
    ...section("Which policies took it", policyLines(story, paint), paint),
    ...section("Where it went", placeLines(story, shown), paint),
    ...story.incidents.flatMap((one) => [
      ...section(`Who was told of #${one.incident.id}`, toldLines(one, shown), paint),
      ...section(`What was done about #${one.incident.id}`, doneLines(one), paint),
    ]),
    ...(line === null ? [] : section("Its line", [visible(line)], paint)),
  ].join("");
}

function policyLines({ alert, incidents, windows, judged }: AlertStory, paint: Paint): readonly string[] {
  const rows = [
    ...incidents.map(({ incident }) => `${incident.policy}: #${incident.id}`),
    ...windows.map(({ policy, n }) => `${policy}: counted in its window ${n}`),
    ...(alert.endings ?? []).map(({ policy, disposition }) => `${policy}: it ${dispositionWords(disposition)}`),
  ];
  const taken = rows.map(visible);
  if (judged === null)
    return [
      ...taken,
      paint("dim", "its line is not kept: riposte explain says of the line in alerts.json why others did not take it"),
    ];
  const { configChanged, policies } = judged;
  return [
    ...taken,
    paint("dim", configChanged ? "by the config in force now, which is another than then:" : "by the config:"),
    ...policies.filter(({ outcome }) => outcome !== "not_asked").flatMap((policy) => policyVerdict(policy, paint)),
    ...notAsked(policies.filter(({ outcome }) => outcome === "not_asked").length, paint),
  ];
}

function notAsked(count: number, paint: Paint): readonly string[] {
  return count === 0 ? [] : [paint("dim", `- ${counted(count, "more", "more")}: not asked, an earlier policy took it`)];
}

function placeLines({ incidents, windows, gone, alert }: AlertStory, { keptFrom }: Shown): readonly string[] {
  const since = keptFrom === null ? "" : `: what came before ${instant(keptFrom)} and is over is not kept`;
  const lines = [
    ...incidents.map(({ incident }) => {
      const { id, severity, policy, title } = incident;
      return `#${id} ${severity}, policy ${policy}: ${title}; ${stateWords(incident)}`;
    }),
    ...gone.map((id) => `#${id} was taken away${since}`),
    ...windows.map(({ policy, n, incident, cameBefore }) => {
      const window = `window ${n} of ${policy}`;
      if (incident === null) return `into no incident: ${window} has filled nothing`;
      if (cameBefore) return `into no incident: ${window} filled #${incident} with newer ones`;
      return `into #${incident}, which ${window} filled`;
    }),
  ];
  if (lines.length === 0) lines.push(`into no incident: it ${dispositionWords(alert.disposition)}`);
  return lines.map(visible);
}

function toldLines({ incident, told }: StoryIncident, { now }: Shown): readonly string[] {
  if (told.length === 0) return ["nobody: its policy tells nobody of it"];
  return told.flatMap((one) => destinationLines(one, incident.state === "pending", now)).map(visible);
}

function destinationLines(told: StoryTold, isHeld: boolean, now: Instant): readonly string[] {
  const { destination, receipt, isAwaited, work, within } = told;
  const lines: string[] = [];
  if (receipt !== null) lines.push(receiptWords(receipt, now, isAwaited));
  if (within !== null) {
    const what = within.kind === "digest" ? "a digest" : "a mass event";
    lines.push(`${destination}: told in #${within.incident}, ${what}`);
    if (within.receipt !== null) lines.push(`  ${receiptWords(within.receipt, now)}`);
    if (within.work !== null) lines.push(`  ${workWords(within.work, now)}`);
    if (within.receipt === null && within.work === null) lines.push("  nothing of it is known any more");
  }
  if (work !== null && (within === null || work.state !== "listed")) lines.push(workWords(work, now));
  if (lines.length > 0) return lines;
  return [`${destination}: not told${isHeld ? " yet: the incident is held back" : ", and nothing waits to be told"}`];
}

function doneLines({ actions, responses }: StoryIncident): readonly string[] {
  return [...actions.map(actionWords), ...responses.map(responseWords)].map(visible);
}

function responseWords(response: Response): string {
  const why = response.says ?? response.because;
  return `R${response.id} ${STATES[response.state]}: ${nameOfResponse(response)}${why === null ? "" : `: ${why}`}`;
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [`\n${paint("bold", title)}\n`, ...lines.map((line) => `  ${line}\n`)];
}
