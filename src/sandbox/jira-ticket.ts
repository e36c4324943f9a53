// Jira's side of an Automation webhook: the rule behind it makes an issue of what it is given, or fails out of sight.

export interface Draft {
  readonly summary: string;
  readonly description: string;
  readonly type: string;
  /** What else came inside `data`, for the page to show. */
  readonly extra: readonly { readonly name: string; readonly value: string }[];
}

export type RuleRun =
  | { readonly kind: "created"; readonly draft: Draft }
  | { readonly kind: "failed"; readonly error: string };

const KNOWN: ReadonlySet<string> = new Set(["summary", "description", "issuetype"]);
const LONGEST_SUMMARY = 255;
const LONGEST_DESCRIPTION = 32_767;
const MOST_EXTRA = 20;
const LONGEST_EXTRA = 500;

/** The limits are Jira's own; the sender isn't told of them, since the webhook has answered before the rule runs. */
export function runRule(body: unknown): RuleRun {
  const data = fieldsOf(fieldsOf(body)["data"]);
  const { summary, description } = data;
  const type = fieldsOf(data["issuetype"])["name"];
  if (typeof summary !== "string" || summary.trim() === "") return failed("the summary is missing");
  if (/[\r\n]/.test(summary)) return failed("the summary has a line break");
  if (summary.length > LONGEST_SUMMARY) return failed(`the summary is longer than ${LONGEST_SUMMARY} characters`);
  if (description !== undefined && typeof description !== "string") return failed("the description is not text");
  if ((description ?? "").length > LONGEST_DESCRIPTION)
    return failed("the description is longer than 32,767 characters");
  if (typeof type !== "string" || type === "") return failed("the issue type has no name");
  const extra = Object.entries(data).filter(([name]) => !KNOWN.has(name));
  return {
    kind: "created",
    draft: { summary, description: description ?? "", type, extra: extra.slice(0, MOST_EXTRA).map(shown) },
  };
}

function failed(error: string): RuleRun {
  return { kind: "failed", error };
}

function shown([name, value]: [string, unknown]): { name: string; value: string } {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { name: name.slice(0, LONGEST_EXTRA), value: text.slice(0, LONGEST_EXTRA) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
