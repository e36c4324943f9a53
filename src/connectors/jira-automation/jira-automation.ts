import { judgeCall, type Outcome } from "../../core/outcome.ts";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { postJson, sayFailure, sayStatus } from "../call.ts";
import type { Connector, Destination } from "../connector.ts";
import { readAccess } from "./access.ts";
import { JiraAutomationConfig } from "./config.ts";
import { ticketOf } from "./ticket.ts";

/** Jira finds an issue some minutes after it was made, and a rule that looks before that makes a second one. */
const FOUND_WITHIN_MS = 5 * MINUTE_MS;

/**
 * A Jira Automation rule that starts with an incoming webhook: one call for each incident. The way back, where there is
 * one, is a call of the rule's own: by then the Writer knows what came of ours, and it is not made again.
 */
export const jiraAutomation: Connector<JiraAutomationConfig> = {
  type: "jira-automation",
  schema: JiraAutomationConfig,
  capabilities: ({ callback }) => ({
    edits: false,
    finds: false,
    paceMs: 0,
    concurrency: 2,
    settleMs: callback ? FOUND_WITHIN_MS : MINUTE_MS,
    sweepMs: 0,
    budget: null,
    giveUpAfterMs: 3 * DAY_MS,
    ...(callback && { callsBack: true }),
  }),
  adds: ({ secret, project }) => [
    `header x-automation-webhook-token: ${secret === undefined ? "token" : "JIRA_API_KEY in secret"}`,
    ...(secret === undefined || project !== undefined ? [] : ["data.project.key: JIRA_PROJECT_KEY in secret"]),
  ],
  destination: (_, config) => jiraAutomationDestination(config),
};

function jiraAutomationDestination(config: JiraAutomationConfig): Destination {
  return {
    next(picture, receipt, words) {
      const told = picture.moments.at(-1);
      // What was handed over can be neither changed nor added to.
      if (receipt !== null || told === undefined) return null;
      return {
        action: "create",
        safeToRepeat: false,
        plan: { momentsTold: told.n, headDigest: null },
        anchor: null,
        mark: words.mark,
        body: JSON.stringify({ data: ticketOf(picture, words, config.issue_type, config.project ?? null) }),
      };
    },
    async perform(step, io) {
      const access = await readAccess(config, io);
      if (access.kind === "later") return access;
      const body = withProject(step.body, access.project);
      return received(await postJson(io, access.url, body, { "x-automation-webhook-token": access.token }));
    },
    async probe(io) {
      const access = await readAccess(config, io);
      if (access.kind === "later") return { ok: false, says: access.evidence };
      return { ok: true, says: "the secret is readable; the rule itself can't be tried without starting it" };
    },
  };
}

/** The project's key stands in the three-key secret, which no step may hold before it is sent; it is itself none. */
function withProject(body: string, project: string | null): string {
  if (project === null) return body;
  const { data } = JSON.parse(body) as { data: object };
  return JSON.stringify({ data: { project: { key: project }, ...data } });
}

/** A 2xx says that Jira has the call, not that its rule made a ticket of it: that shows in Jira's audit log only. */
function received(answer: HttpAnswer | HttpFailure): Outcome {
  if (answer.kind === "failed") return judgeCall(answer, `Jira: ${sayFailure(answer)}`);
  const { status, retryAfterMs, body } = answer;
  // Jira answers with JSON or with nothing; a page is some proxy's or a login's.
  const readable = body !== null && /^\s*(?:$|[{[])/.test(body);
  return judgeCall({ kind: "answered", status, retryAfterMs, readable }, say(status, readable));
}

function say(status: number, readable: boolean): string {
  const what = `Jira answered ${status}`;
  if (status >= 200 && status < 300) {
    return readable
      ? `${what}: received`
      : `${what} with something that is not Jira's: something between may have answered`;
  }
  const advice = sayStatus(status);
  return advice === null ? what : `${what}: ${advice}`;
}
