// Runs a rule as Jira exports it, as far as that can be done without Jira: the components that ours is made of, smart
// values by their paths, and a project with labels. That Jira takes the file is for a person to try.

export interface RuleIssue {
  readonly key: string;
  readonly url: string;
  readonly labels: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly comments: string[];
}

export interface WebRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Component {
  readonly id: string;
  readonly parentId: string | null;
  readonly conditionParentId: string | null;
  readonly component: string;
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly children: readonly Component[];
  readonly conditions: readonly Component[];
}

export interface ExportedRules {
  readonly cloud: boolean;
  readonly rules: readonly {
    readonly name: string;
    readonly state: string;
    readonly trigger: Component;
    readonly components: readonly Component[];
  }[];
}

/** What a run of the rule asks of the outside; issues that it makes are added to those that are there. */
export function runRule(components: readonly Component[], webhookData: unknown, issues: RuleIssue[]): WebRequest[] {
  const values: Record<string, unknown> = { webhookData };
  const requests: WebRequest[] = [];
  const fill = (text: unknown): string =>
    String(text).replaceAll(/\{\{([\w.]+)\}\}/g, (_, path: string) => sayValue(valueAt(values, path.split("."))));

  function runAll(list: readonly Component[], about: RuleIssue | null): void {
    for (const { type, value, children } of list) {
      switch (type) {
        case "jira.lookup.issues": {
          const jql = fill((value["query"] as { value: string }).value);
          const label = /^labels = "([^"]*)" ORDER BY created ASC$/.exec(jql)?.[1];
          if (label === undefined) throw new Error(`this project does not know the search ${jql}`);
          const found = issues.filter(({ labels }) => labels.includes(label));
          values["lookupIssues"] = { size: found.length, first: found[0] };
          break;
        }
        case "jira.condition.container.block": {
          const block = children.find(({ conditions }) => conditions.every(holds));
          runAll(block?.children ?? [], about);
          break;
        }
        case "jira.issue.related": {
          const key = /^key = (\S+)$/.exec(fill(value["jql"]))?.[1];
          for (const issue of issues.filter((one) => one.key === key)) runAll(children, issue);
          break;
        }
        case "jira.issue.comment":
          if (about === null) throw new Error("there is no issue to comment on");
          about.comments.push(fill(value["comment"]));
          break;
        case "jira.issue.create": {
          const issue = create(value, issues.length + 1);
          issues.push(issue);
          values["createdIssue"] = issue;
          break;
        }
        case "jira.issue.outgoing.webhook": {
          const headers = value["headers"] as readonly { name: string; value: string }[];
          requests.push({
            url: fill(value["url"]),
            method: String(value["method"]),
            headers: Object.fromEntries(headers.map((header) => [header.name.toLowerCase(), header.value])),
            body: fill(value["customBody"]),
          });
          break;
        }
        default:
          throw new Error(`${type} is not known here`);
      }
    }
  }

  function holds({ type, value }: Component): boolean {
    if (type !== "jira.comparator.condition" || value["operator"] !== "GREATER_THAN")
      throw new Error(`no ${type} here`);
    return Number(fill(value["first"])) > Number(fill(value["second"]));
  }

  function create(value: Component["value"], n: number): RuleIssue {
    const operations = value["operations"] as readonly { fieldType: string; value: unknown }[];
    const field = (name: string): string => fill(operations.find(({ fieldType }) => fieldType === name)?.value);
    const more = JSON.parse(fill(value["advancedFields"])) as { fields: { labels: readonly string[] } };
    const key = `SEC-${n}`;
    const url = `https://example.atlassian.net/browse/${key}`;
    const { labels } = more.fields;
    return { key, url, labels, summary: field("summary"), description: field("description"), comments: [] };
  }

  runAll(components, null);
  return requests;
}

function valueAt(of: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], of);
}

/** What is not there is nothing, as in Jira: no error tells of it. */
function sayValue(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
