import { own, ownObject, ownText, parseJsonObject, type JsonObject } from "./json.ts";
import {
  jsonAnswer,
  pathWithoutQuery,
  textAnswer,
  type Vendor,
  type VendorAnswer,
  type VendorRequest,
} from "./vendor.ts";

// Jira's column for a summary holds 255; `jira.text.field.character.limit` is 32,767 unless an administrator moves it.
const maxSummaryChars = 255;
const maxDescriptionChars = 32_767;

/**
 * A Jira Automation rule with an incoming-webhook trigger. Its 200 means "received"; the rule runs later, and when a
 * field does not fit it fails where only Jira's audit log shows it.
 */
export class FakeJiraAutomation implements Vendor {
  /** Every call with the right token and a JSON object, in order. */
  readonly received: ReceivedCall[] = [];
  readonly issues: AutomationIssue[] = [];
  readonly failedRuns: FailedRun[] = [];
  readonly refused: RefusedCall[] = [];
  readonly waiting: ReceivedCall[] = [];
  /** Answers to give to the next calls instead of doing anything, first in first out: a 429, a 503. */
  readonly scripted: VendorAnswer[] = [];
  readonly path: string;
  readonly project: string;
  readonly issueTypes: readonly string[];
  readonly #token: string;
  readonly #createAfterMs: number;

  constructor(options: JiraAutomationOptions) {
    this.#token = options.token;
    this.#createAfterMs = options.createAfterMs ?? 3_000;
    this.path = options.path ?? "/automation/webhooks/jira/a/cloud/rule";
    this.project = options.project ?? "SEC";
    this.issueTypes = options.issueTypes ?? ["Task", "Bug", "Incident"];
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    this.settle(nowMs);
    const refusal = this.scripted.shift() ?? this.#refusal(request);
    if (refusal !== null) {
      this.refused.push({ at: nowMs, status: refusal.status });
      return refusal;
    }
    const body = parseJsonObject(request.body);
    if (body === null) {
      this.refused.push({ at: nowMs, status: 400 });
      return jsonAnswer(400, { errorMessages: ["The request body is not a JSON object."] });
    }
    const call = { at: nowMs, body };
    this.received.push(call);
    this.waiting.push(call);
    return jsonAnswer(200, {});
  }

  /** Runs the rule for every call that is due by then; a test calls it to let Jira catch up. */
  settle(nowMs: number): void {
    for (;;) {
      const call = this.waiting[0];
      if (call === undefined || call.at + this.#createAfterMs > nowMs) return;
      this.waiting.shift();
      this.#run(call);
    }
  }

  #refusal(request: VendorRequest): VendorAnswer | null {
    if (pathWithoutQuery(request.path) !== this.path) return textAnswer(404, "");
    if (request.method !== "POST") return textAnswer(405, "");
    const token = request.headers["x-automation-webhook-token"];
    if (token === undefined) return jsonAnswer(401, { errorMessages: ["No webhook token was given."] });
    if (token !== this.#token) return jsonAnswer(403, { errorMessages: ["The webhook token is not valid."] });
    return null;
  }

  #run(call: ReceivedCall): void {
    const at = call.at + this.#createAfterMs;
    const fields = readFields(call.body, this.issueTypes);
    if (fields.kind === "wrong") {
      this.failedRuns.push({ receivedAt: call.at, at, why: fields.why, body: call.body });
      return;
    }
    const { summary, description, issueType } = fields;
    const key = `${this.project}-${this.issues.length + 1}`;
    this.issues.push({ key, summary, description, issueType, receivedAt: call.at, createdAt: at, body: call.body });
  }
}

export interface JiraAutomationOptions {
  readonly token: string;
  readonly path?: string;
  readonly project?: string;
  readonly issueTypes?: readonly string[];
  readonly createAfterMs?: number;
}

export interface ReceivedCall {
  readonly at: number;
  readonly body: JsonObject;
}

export interface RefusedCall {
  readonly at: number;
  readonly status: number;
}

export interface AutomationIssue {
  readonly key: string;
  readonly summary: string;
  readonly description: string;
  readonly issueType: string;
  readonly receivedAt: number;
  readonly createdAt: number;
  /** All that was sent, so that a test can read fields that this rule does not use. */
  readonly body: JsonObject;
}

export interface FailedRun {
  readonly receivedAt: number;
  readonly at: number;
  readonly why: string;
  readonly body: JsonObject;
}

type RuleFields =
  | { readonly kind: "right"; readonly summary: string; readonly description: string; readonly issueType: string }
  | { readonly kind: "wrong"; readonly why: string };

function readFields(body: JsonObject, issueTypes: readonly string[]): RuleFields {
  const data = ownObject(body, "data");
  if (data === null) return { kind: "wrong", why: "data is missing" };

  const summary = ownText(data, "summary");
  if (summary === null || summary.trim() === "") return { kind: "wrong", why: "data.summary is missing" };
  if (/[\r\n]/.test(summary)) return { kind: "wrong", why: "data.summary has a line break" };
  if (summary.length > maxSummaryChars) return { kind: "wrong", why: `data.summary is over ${maxSummaryChars}` };

  const description = own(data, "description") === undefined ? "" : ownText(data, "description");
  if (description === null) return { kind: "wrong", why: "data.description is not text" };
  if (description.length > maxDescriptionChars) {
    return { kind: "wrong", why: `data.description is over ${maxDescriptionChars}` };
  }

  const type = ownObject(data, "issuetype");
  const issueType = type && ownText(type, "name");
  if (issueType === null) return { kind: "wrong", why: "data.issuetype.name is missing" };
  if (!issueTypes.includes(issueType)) return { kind: "wrong", why: "data.issuetype.name is unknown here" };
  return { kind: "right", summary, description, issueType };
}
