import { simpleWorkflow, type Workflow } from "./workflow.ts";

/** What an administrator made of a project: its types, their screens, its workflow, and what our account may do there. */
export interface ProjectOptions {
  readonly key: string;
  readonly id?: string;
  readonly name?: string;
  readonly issueTypes?: readonly IssueTypeOptions[];
  readonly workflow?: Workflow;
  readonly permissions?: readonly Permission[];
  /** The number of the last issue that was here before the test began; none of them is there any more. */
  readonly lastNumber?: number;
}

export interface IssueTypeOptions {
  readonly id: string;
  readonly name: string;
  readonly subtask?: boolean;
  /** On the create screen, besides project, issue type and summary; `usualFields` when not given. */
  readonly fields?: readonly FieldSpec[];
  /** On the edit screen; those of the create screen when not given. */
  readonly editFields?: readonly FieldSpec[];
}

export interface FieldSpec {
  /** What `fields` is keyed by: `priority`, `customfield_10010`. Names need not be unique, ids are. */
  readonly id: string;
  readonly name: string;
  readonly type: FieldType;
  readonly required?: boolean;
  /** Of `option`, `options` and `components`. */
  readonly allowed?: readonly FieldOption[];
}

export type FieldType =
  | "text"
  | "rich-text"
  | "number"
  | "date"
  | "date-time"
  | "labels"
  | "option"
  | "options"
  | "components"
  | "user"
  | "priority"
  | "resolution"
  | "links"
  | "attachments";

export interface FieldOption {
  readonly id: string;
  readonly value: string;
}

export type Permission =
  | "BROWSE_PROJECTS"
  | "CREATE_ISSUES"
  | "EDIT_ISSUES"
  | "TRANSITION_ISSUES"
  | "ADD_COMMENTS"
  | "EDIT_OWN_COMMENTS"
  | "DELETE_OWN_COMMENTS"
  | "DELETE_ISSUES"
  | "LINK_ISSUES"
  | "CREATE_ATTACHMENTS";

export const permissions: readonly Permission[] = [
  "BROWSE_PROJECTS",
  "CREATE_ISSUES",
  "EDIT_ISSUES",
  "TRANSITION_ISSUES",
  "ADD_COMMENTS",
  "EDIT_OWN_COMMENTS",
  "DELETE_OWN_COMMENTS",
  "DELETE_ISSUES",
  "LINK_ISSUES",
  "CREATE_ATTACHMENTS",
];

export const usualFields: readonly FieldSpec[] = [
  { id: "description", name: "Description", type: "rich-text" },
  { id: "priority", name: "Priority", type: "priority" },
  { id: "labels", name: "Labels", type: "labels" },
  { id: "assignee", name: "Assignee", type: "user" },
  { id: "reporter", name: "Reporter", type: "user" },
  { id: "duedate", name: "Due date", type: "date" },
  { id: "environment", name: "Environment", type: "rich-text" },
  { id: "issuelinks", name: "Linked Issues", type: "links" },
  { id: "attachment", name: "Attachment", type: "attachments" },
];

export const summaryField: FieldSpec = { id: "summary", name: "Summary", type: "text", required: true };

export interface IssueType {
  readonly id: string;
  readonly name: string;
  readonly subtask: boolean;
  readonly createScreen: readonly FieldSpec[];
  readonly editScreen: readonly FieldSpec[];
}

export class JiraProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly issueTypes: readonly IssueType[];
  /** A test changes these to see what happens when an administrator does. */
  workflow: Workflow;
  readonly granted: Set<Permission>;
  lastNumber: number;

  constructor(options: ProjectOptions, n: number) {
    this.key = options.key;
    this.id = options.id ?? String(10_000 + n);
    this.name = options.name ?? options.key;
    this.workflow = options.workflow ?? simpleWorkflow;
    this.granted = new Set(options.permissions ?? permissions);
    this.lastNumber = options.lastNumber ?? 0;
    this.issueTypes = (options.issueTypes ?? usualTypes).map((type) => {
      const createScreen = [summaryField, ...(type.fields ?? usualFields)];
      return {
        id: type.id,
        name: type.name,
        subtask: type.subtask ?? false,
        createScreen,
        editScreen: type.editFields === undefined ? createScreen : [summaryField, ...type.editFields],
      };
    });
  }
}

const usualTypes: readonly IssueTypeOptions[] = [
  { id: "10001", name: "Task" },
  { id: "10002", name: "Bug" },
  { id: "10003", name: "Incident" },
];
