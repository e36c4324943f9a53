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
 * field does not fit it fails where only Jira's audit log shows it. Ours (`looksUp`) asks the search for the mark first,
 * which knows of an issue some time after it was made, comments on what it finds, and calls back.
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
  /** Told of each call back as the rule makes it: whether it arrives is the network's affair. */
  called: (call: RuleCall) => void = () => {};
  readonly path: string;
  readonly project: string;
  readonly issueTypes: readonly string[];
  readonly #token: string;
  readonly #createAfterMs: number;
  readonly #looksUp: { readonly indexLagMs: number } | null;

  constructor(options: JiraAutomationOptions) {
    this.#token = options.token;
    this.#createAfterMs = options.createAfterMs ?? 3_000;
    this.#looksUp = options.looksUp ?? null;
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
    const mark = markIn(call.body);
    const same = this.#looksUp === null ? [] : this.issues.filter(({ body }) => markIn(body) === mark);
    const found = same.find(({ createdAt }) => createdAt + (this.#looksUp?.indexLagMs ?? 0) <= at);
    if (found !== undefined) {
      found.commentedAt.push(at);
      return this.#callBack(mark, found, false);
    }
    const issue: AutomationIssue = {
      key: `${this.project}-${this.issues.length + 1}`,
      summary,
      description,
      issueType,
      receivedAt: call.at,
      createdAt: at,
      commentedAt: [],
      body: call.body,
    };
    this.issues.push(issue);
    this.#callBack(mark, issue, true);
  }

  #callBack(mark: string | null, { key }: AutomationIssue, created: boolean): void {
    if (this.#looksUp === null || mark === null) return;
    this.called({ mark, key, url: `https://tickets.example/browse/${key}`, created });
  }
}

export interface JiraAutomationOptions {
  readonly token: string;
  readonly path?: string;
  readonly project?: string;
  readonly issueTypes?: readonly string[];
  readonly createAfterMs?: number;
  /** It is the rule that looks the mark up and calls back. */
  readonly looksUp?: { readonly indexLagMs: number };
}

/** The body of a call back, as the rule writes it. */
export interface RuleCall {
  readonly mark: string;
  readonly key: string;
  readonly url: string;
  readonly created: boolean;
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
  /** When the rule ran again for the same mark, and found it. */
  readonly commentedAt: number[];
  /** All that was sent, so that a test can read fields that this rule does not use. */
  readonly body: JsonObject;
}

export interface FailedRun {
  readonly receivedAt: number;
  readonly at: number;
  readonly why: string;
  readonly body: JsonObject;
}

/** The label that the rule looks for: the mark as Riposte sent it. */
export function markIn(body: JsonObject): string | null {
  const data = ownObject(body, "data");
  const riposte = data && ownObject(data, "riposte");
  return riposte && ownText(riposte, "mark");
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
