import type { MomentKind } from "../../core/moments.ts";
import type { Receipt } from "../../core/receipt.ts";
import { SECOND_MS, type Instant } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import { callJira, judgeJira } from "./client.ts";
import type { JiraConfig } from "./config.ts";
import { Deployments } from "./deployment.ts";
import type { Finding } from "../../core/check-up.ts";
import { bad, good } from "./diagnose.ts";
import { JiraDestination } from "./destination.ts";
import { span } from "./jira-time.ts";
import { searchIssues } from "./seen-issue.ts";
import { testPicture } from "./test-picture.ts";

export interface DoctorTools {
  /** For one look or step each, with its own time. */
  io(): Io;
  pause(ms: number): Promise<void>;
}

const MOST_STEPS = 12;
const SEARCH_EVERY_MS = 2 * SECOND_MS;
const SEARCH_FOR_MS = 40 * SECOND_MS;

/**
 * One ticket through its whole life by the very steps that incidents go through, and then away with it. It says what it
 * is, in its title and in its text.
 */
export async function tryTicket(config: JiraConfig, tools: DoctorTools): Promise<readonly Finding[]> {
  const destination = new JiraDestination(config);
  const { now } = tools.io();
  const findings: Finding[] = [];
  let receipt = null as Receipt | null;
  const markOf = (step: number): string => `rp-doctor-${now.toString(36)}-${step}`;
  const lives: readonly (readonly MomentKind[])[] = [
    ["opened"],
    ["opened", "note", "resolved"],
    ...(config.reopen === undefined ? [] : [["opened", "note", "resolved", "reopened"] as const]),
  ];
  for (const kinds of lives) {
    const picture = testPicture(now, kinds);
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const before = receipt;
      const mark = markOf((before?.steps ?? 0) + 1);
      const step = destination.next(picture, before, { mark, repeat: false });
      if (step === null) break;
      const outcome = await destination.perform(step, tools.io());
      const check = `test ticket: ${step.action}`;
      if (outcome.kind !== "done") {
        findings.push(bad(check, outcome));
        // Without a ticket there is nothing to go on with; with one the rest is still worth knowing, less this step.
        if (before === null) return findings;
        receipt = { ...before, ...step.plan, steps: before.steps + 1 };
        continue;
      }
      findings.push({ check, ok: !outcome.evidence.includes(" without "), says: outcome.evidence });
      receipt = receiptOf(step.plan, outcome.remote, before, now);
    }
    if (kinds.length === 1 && receipt !== null)
      findings.push(...(await checkFinding(destination, markOf(1), now, config, tools)));
  }
  const id = receipt?.remote.anchor ?? null;
  if (id !== null) findings.push(await away(config, id, receipt?.remote.url ?? "", tools));
  return findings;
}

/** By its key at once, and how long the search takes to know of it. */
async function checkFinding(
  destination: JiraDestination,
  mark: string,
  since: Instant,
  config: JiraConfig,
  tools: DoctorTools,
): Promise<readonly Finding[]> {
  const look = await destination.find({ mark, action: "create", receipt: null, since }, tools.io());
  const found: Finding =
    look.kind === "found"
      ? good("test ticket: look", `${look.evidence} again by its mark`)
      : { check: "test ticket: look", ok: false, says: look.evidence };
  const jira = await new Deployments(config).open(tools.io());
  if (jira.kind === "later") return [found, bad("search lag", jira)];
  for (let waitedMs = 0; ; waitedMs += SEARCH_EVERY_MS) {
    const seen = await searchIssues(jira, { jql: `labels = "${mark}"`, most: 1 }, tools.io());
    if ("kind" in seen) return [found, bad("search lag", seen)];
    if (seen.length > 0) return [found, good("search lag", `the search knew it after ${span(waitedMs)}`)];
    if (waitedMs >= SEARCH_FOR_MS)
      return [
        found,
        good("search lag", `the search does not know it after ${span(waitedMs)}; Riposte does not rely on it`),
      ];
    await tools.pause(SEARCH_EVERY_MS);
  }
}

async function away(config: JiraConfig, id: string, url: string, tools: DoctorTools): Promise<Finding> {
  const check = "test ticket: delete";
  const jira = await new Deployments(config).open(tools.io());
  if (jira.kind === "later") return bad(check, jira);
  const answer = await callJira(tools.io(), jira, { method: "DELETE", path: `/issue/${id}` });
  if (answer?.kind === "answered" && answer.status === 204) return good(check, "deleted");
  const { evidence } = judgeJira(answer, "asked to delete it", false, jira);
  return { check, ok: false, says: `${url} is still there: delete it by hand. ${evidence}` };
}

function receiptOf(
  plan: Pick<Receipt, "momentsTold" | "headDigest">,
  remote: Receipt["remote"],
  before: Receipt | null,
  now: Instant,
): Receipt {
  return {
    ...before,
    twins: [],
    incident: 0,
    destination: "doctor",
    remote: { anchor: remote.anchor ?? before?.remote.anchor ?? null, url: remote.url ?? before?.remote.url ?? null },
    steps: (before?.steps ?? 0) + 1,
    repeats: 0,
    firstDoneAt: before?.firstDoneAt ?? now,
    lastDoneAt: now,
    momentsTold: plan.momentsTold,
    headDigest: plan.headDigest,
  };
}
