import type { Instant } from "../core/time.ts";
import type { Attempt } from "../core/receipt.ts";
import { visible } from "../core/visible.ts";
import type { WorkDetail, WorkPage } from "../http/work-routes.ts";
import { reasonWords, whatToDo } from "./reason-words.ts";
import { ENDLESS_AT, receiptWords, renderAttempts, workWords } from "./render-incidents.ts";
import { table, type Paint } from "./terminal.ts";
import { ago, instant } from "./words.ts";

export function renderWorkPage({ work, more }: WorkPage, now: Instant, paint: Paint): string {
  if (work.length === 0) return "";
  const heads = ["INCIDENT", "DESTINATION", "STATE", "SINCE", "NEXT", "TRIES", "REASON"];
  const rows = work.map(({ incident, destination, state, sinceAt, dueAt, tries, reason, evidence }) => [
    `#${incident}`,
    destination,
    state,
    ago(sinceAt, now),
    ["dead", "sending", "shadow"].includes(state) || dueAt > ENDLESS_AT ? "-" : dueAt <= now ? "now" : instant(dueAt),
    String(tries),
    evidence === null ? reasonWords(reason) : `${reasonWords(reason)} (${evidence})`,
  ]);
  return `${table(heads, rows, paint)}${more ? paint("dim", "there is more: --limit, --destination, --state\n") : ""}`;
}

export function renderWork(detail: WorkDetail, now: Instant, paint: Paint): string {
  const { incident, work, receipt, attempts } = detail;
  const next = work === null ? null : whatToDo(work.reason);
  const lines = [
    `${paint("bold", `#${incident.id}`)} ${incident.severity} ${incident.state}  ${visible(incident.title)}`,
    receipt === null ? "  not told yet" : `  told: ${visible(receiptWords(receipt, now, detail.awaited))}`,
    work === null ? "  nothing waits: it shows what it should" : `  work: ${visible(workWords(work, now))}`,
    ...(next === null ? [] : [`  next: ${next}`]),
  ];
  const calls =
    attempts.length === 0 ? "" : `\n${paint("bold", "Calls, newest first")}\n${renderAttempts(attempts, paint)}`;
  return `${lines.join("\n")}\n${calls}${attempts.flatMap((attempt) => linesBelow(attempt, paint)).join("")}`;
}

/** What a call wrote, where it wrote anything. */
function linesBelow({ beganAt, evidence }: Attempt, paint: Paint): readonly string[] {
  const [, ...lines] = evidence?.split("\n") ?? [];
  if (lines.length === 0) return [];
  const head = paint("bold", `Output of the call at ${instant(beganAt)}`);
  return [`\n${head}\n`, ...lines.map((line) => `  ${visible(line)}`.trimEnd()).map((line) => `${line}\n`)];
}
