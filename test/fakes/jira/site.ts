import type { JiraUser, LinkType, Named } from "./issue.ts";
import { JiraIssue } from "./issue.ts";
import { JiraProject, type IssueType, type ProjectOptions } from "./project.ts";

export interface SiteOptions {
  readonly deployment: "Cloud" | "Server";
  readonly projects: readonly ProjectOptions[];
  /** Without a slash at the end; what links to issues begin with. */
  readonly url?: string;
  readonly cloudId?: string;
  readonly priorities?: readonly string[];
  readonly resolutions?: readonly string[];
  readonly linkTypes?: readonly LinkType[];
  /** Of the account's profile: instants are written, and dates in JQL read, that far from UTC. */
  readonly zoneMinutes?: number;
  /** How long the search takes to know of a change; Data Center knows at once. */
  readonly indexLagMs?: number;
  readonly maxAttachmentBytes?: number;
}

/** What a Jira holds, with the rules that hold for all of it: keys are consecutive, never used twice, and stay with an issue that moved. */
export class JiraSite {
  readonly deployment: "Cloud" | "Server";
  readonly url: string;
  readonly cloudId: string;
  readonly projects: readonly JiraProject[];
  readonly priorities: readonly Named[];
  readonly resolutions: readonly Named[];
  readonly linkTypes: readonly LinkType[];
  readonly zoneMinutes: number;
  readonly maxAttachmentBytes: number;
  readonly me: JiraUser = {
    id: "712020:a0e4c4f2-riposte",
    displayName: "Riposte",
    email: "riposte@example.com",
  };
  readonly person: JiraUser = { id: "712020:77b1d9aa-person", displayName: "Ada Vogel", email: "ada@example.com" };
  readonly issues: JiraIssue[] = [];
  /** Kinds of nodes that this site's editor does not have: a description with one is refused. */
  readonly unknownNodes = new Set<string>();
  indexLagMs: number;
  readonly #byId = new Map<string, JiraIssue>();
  readonly #byKey = new Map<string, JiraIssue>();
  #lastId = 20_000;

  constructor(options: SiteOptions) {
    const isCloud = options.deployment === "Cloud";
    this.deployment = options.deployment;
    this.url = options.url ?? (isCloud ? "https://example.atlassian.net" : "https://jira.example.com");
    this.cloudId = options.cloudId ?? "5f0c7a1e-4f1d-4a53-9a0c-1d2b3c4d5e6f";
    this.projects = options.projects.map((project, n) => new JiraProject(project, n));
    this.priorities = numbered(options.priorities ?? ["Highest", "High", "Medium", "Low", "Lowest"], 1);
    this.resolutions = numbered(
      options.resolutions ?? ["Done", "Won't Do", "Won't Fix", "Duplicate", "False Positive", "Cannot Reproduce"],
      10_000,
    );
    this.linkTypes = options.linkTypes ?? usualLinkTypes;
    this.zoneMinutes = options.zoneMinutes ?? 120;
    this.indexLagMs = options.indexLagMs ?? (isCloud ? 5_000 : 0);
    this.maxAttachmentBytes = options.maxAttachmentBytes ?? 10 * 1024 * 1024;
  }

  /** As the next id of whatever it is; they share one row of numbers, so that no two things can be mistaken. */
  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  add(project: JiraProject, type: IssueType, creator: JiraUser, nowMs: number): JiraIssue {
    const [status] = project.workflow.statuses;
    if (status === undefined) throw new Error(`the workflow of ${project.key} has no status`);
    const key = nextKey(project);
    const issue = new JiraIssue({ id: this.nextId(), key, project, type, status, creator, createdAt: nowMs });
    this.issues.push(issue);
    this.#byId.set(issue.id, issue);
    this.#byKey.set(key, issue);
    return issue;
  }

  /** By id, by key, or by a key it had before, in any case; also one that is deleted or hidden. */
  find(idOrKey: string): JiraIssue | undefined {
    return this.#byId.get(idOrKey) ?? this.#byKey.get(idOrKey.toUpperCase());
  }

  project(idOrKey: string): JiraProject | undefined {
    return this.projects.find((each) => each.id === idOrKey || each.key === idOrKey.toUpperCase());
  }

  move(issue: JiraIssue, project: JiraProject, nowMs: number): void {
    const type = project.issueTypes.find((each) => each.name === issue.type.name) ?? project.issueTypes[0];
    const status =
      project.workflow.statuses.find((each) => each.name === issue.status.name) ?? project.workflow.statuses[0];
    if (type === undefined || status === undefined) throw new Error(`${project.key} can take no issue`);
    const from = issue.key;
    issue.formerKeys.push(from);
    issue.project = project;
    issue.type = type;
    issue.status = status;
    issue.key = nextKey(project);
    this.#byKey.set(issue.key, issue);
    issue.changelog.push({ at: nowMs, by: this.person, field: "Key", from, to: issue.key });
    this.touch(issue, nowMs);
  }

  /** Whatever changed an issue says so here: the search comes to know of it later. */
  touch(issue: JiraIssue, nowMs: number): void {
    issue.updatedAt = nowMs;
    issue.index.push({ at: nowMs, key: issue.key, labels: issue.labels });
  }

  /** The account's time zone by name; those of Etc count westwards. */
  get zoneName(): string {
    const hours = this.zoneMinutes / 60;
    return hours === 0 ? "Etc/UTC" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
  }

  /** `2025-12-01T14:00:00.000+0200`, with no colon in the offset. */
  instant(at: number): string {
    const [minutes, sign] = [Math.abs(this.zoneMinutes), this.zoneMinutes < 0 ? "-" : "+"];
    const offset = `${String(Math.floor(minutes / 60)).padStart(2, "0")}${String(minutes % 60).padStart(2, "0")}`;
    return `${new Date(at + this.zoneMinutes * 60_000).toISOString().slice(0, -1)}${sign}${offset}`;
  }
}

function nextKey(project: JiraProject): string {
  project.lastNumber += 1;
  return `${project.key}-${project.lastNumber}`;
}

function numbered(names: readonly string[], first: number): readonly Named[] {
  return names.map((name, n) => ({ id: String(first + n), name }));
}

const usualLinkTypes: readonly LinkType[] = [
  { id: "10000", name: "Blocks", inward: "is blocked by", outward: "blocks" },
  { id: "10002", name: "Duplicate", inward: "is duplicated by", outward: "duplicates" },
  { id: "10003", name: "Relates", inward: "relates to", outward: "relates to" },
];
