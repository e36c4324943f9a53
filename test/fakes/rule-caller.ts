import { request } from "node:http";
import type { FakeJiraAutomation, RuleCall } from "./jira-automation.ts";

/** Where the rule's web requests go, and as whom. */
export type RuleTarget = { readonly token?: string } & (
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number }
);

const PATH = "/v1/hooks/jira-automation";

/**
 * Makes the rule's calls over HTTP, when a test says so: at once, late, twice or never. Like Jira it tells nobody of an
 * answer that it did not like.
 */
export class RuleCaller {
  /** Calls that the rule has made and that are not on their way yet. */
  readonly waiting: RuleCall[] = [];
  readonly #target: () => RuleTarget;

  constructor(jira: FakeJiraAutomation, target: () => RuleTarget) {
    this.#target = target;
    jira.called = (call) => this.waiting.push(call);
  }

  /** Sends what waits, each so many times, and gives the statuses of the answers. */
  async deliver(times = 1): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const call of this.waiting.splice(0)) {
      for (let n = 0; n < times; n += 1) statuses.push(await this.send(call));
    }
    return statuses;
  }

  send(call: RuleCall): Promise<number> {
    const { token, ...where } = this.#target();
    const body = JSON.stringify({ ...call, rule: "Riposte: one ticket for each mark" });
    const headers = {
      Host: "riposte",
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    return new Promise((resolve, reject) => {
      const sent = request({ ...where, path: PATH, method: "POST", headers, agent: false }, (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }
}
