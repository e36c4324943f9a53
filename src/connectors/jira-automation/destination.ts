import { judgeCall, type Outcome } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { postJson, sayFailure, sayStatus } from "../call.ts";
import type { Destination } from "../connector.ts";
import { readAccess } from "./access.ts";
import type { JiraAutomationConfig } from "./config.ts";
import { ticketOf } from "./ticket.ts";

export function jiraAutomationDestination(config: JiraAutomationConfig): Destination {
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
        body: JSON.stringify({ data: ticketOf(picture, words, config.issue_type, writtenProject(config)) }),
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
      if (access.kind === "later") return { ok: false, says: access.evidence, reason: access.reason };
      const says = "the secret is readable; the rule itself can't be tried without starting it";
      return { ok: true, says, onlyForm: true };
    },
  };
}

function writtenProject({ project }: JiraAutomationConfig): string | null {
  return typeof project === "string" ? project : null;
}

/** A key that stands among secrets, which no step may hold before it is sent; it is itself none. */
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
