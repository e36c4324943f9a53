import type { FieldOption, IssueType, JiraProject } from "./project.ts";
import { plainText, type RichText } from "./rich-text.ts";
import type { Status } from "./workflow.ts";

export interface JiraUser {
  /** Cloud's `accountId`; on Data Center name and key. */
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface LinkType extends Named {
  readonly inward: string;
  readonly outward: string;
}

/** A field's value as it is stored; `null` was taken away. */
export type FieldValue =
  | null
  | string
  | number
  | readonly string[]
  | { readonly kind: "rich"; readonly text: RichText }
  | { readonly kind: "named"; readonly named: Named }
  | { readonly kind: "option"; readonly option: FieldOption }
  | { readonly kind: "options"; readonly options: readonly FieldOption[] }
  | { readonly kind: "user"; readonly user: JiraUser };

export interface JiraComment {
  readonly id: string;
  readonly author: JiraUser;
  body: RichText;
  readonly createdAt: number;
  updatedAt: number;
  readonly properties: Map<string, unknown>;
}

export interface JiraLink {
  readonly id: string;
  readonly type: LinkType;
  /** Jira's `inwardIssue`, which is the one that "duplicates" or "blocks": the name is of the end where the arrow comes in from. */
  readonly inward: JiraIssue;
  /** What it duplicates or blocks. */
  readonly outward: JiraIssue;
}

export interface JiraAttachment {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly content: string;
  readonly sizeBytes: number;
  readonly author: JiraUser;
  readonly createdAt: number;
}

export interface Change {
  readonly at: number;
  readonly by: JiraUser;
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** What the search index will know of the issue once it caught up with this moment. */
export interface IndexEntry {
  readonly at: number;
  readonly key: string;
  readonly labels: readonly string[];
}

export class JiraIssue {
  readonly id: string;
  key: string;
  /** Under which it still answers. */
  readonly formerKeys: string[] = [];
  project: JiraProject;
  type: IssueType;
  status: Status;
  readonly creator: JiraUser;
  readonly createdAt: number;
  updatedAt: number;
  resolvedAt: number | null = null;
  /** When its status last went from one category to another. */
  categoryAt: number;
  deletedAt: number | null = null;
  /** Behind a security level that our account is not in. */
  hidden = false;
  archived = false;
  readonly values = new Map<string, FieldValue>();
  readonly comments: JiraComment[] = [];
  readonly links: JiraLink[] = [];
  readonly attachments: JiraAttachment[] = [];
  readonly properties = new Map<string, unknown>();
  readonly changelog: Change[] = [];
  readonly index: IndexEntry[] = [];
  /** Null: as the site's. */
  indexLagMs: number | null = null;

  constructor(given: Pick<JiraIssue, "id" | "key" | "project" | "type" | "status" | "creator" | "createdAt">) {
    this.id = given.id;
    this.categoryAt = given.createdAt;
    this.key = given.key;
    this.project = given.project;
    this.type = given.type;
    this.status = given.status;
    this.creator = given.creator;
    this.createdAt = given.createdAt;
    this.updatedAt = given.createdAt;
  }

  get summary(): string {
    const value = this.values.get("summary");
    return typeof value === "string" ? value : "";
  }

  /** As plain text, however it was written. */
  get description(): string {
    return valueText(this.values.get("description") ?? null);
  }

  get labels(): readonly string[] {
    const value = this.values.get("labels");
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  get priority(): string | null {
    return this.#nameIn("priority");
  }

  get resolution(): string | null {
    return this.#nameIn("resolution");
  }

  get isDone(): boolean {
    return this.status.category === "done";
  }

  /** What people can still see and have to work on. */
  get isLive(): boolean {
    return this.deletedAt === null && !this.isDone;
  }

  #nameIn(field: string): string | null {
    const value = this.values.get(field);
    return value === undefined ? null : valueText(value) || null;
  }
}

export function valueText(value: FieldValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (!("kind" in value)) return value.join(" ");
  switch (value.kind) {
    case "rich":
      return plainText(value.text);
    case "named":
      return value.named.name;
    case "option":
      return value.option.value;
    case "options":
      return value.options.map((each) => each.value).join(", ");
    case "user":
      return value.user.displayName;
  }
}
