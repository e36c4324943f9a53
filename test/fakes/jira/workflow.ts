/** In Jira's three categories; the names are whatever the project's administrator chose. */
export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: "new" | "indeterminate" | "done";
}

export interface Transition {
  readonly id: string;
  readonly name: string;
  /** Names of statuses; null is from any. */
  readonly from: readonly string[] | null;
  readonly to: string;
  readonly screen: readonly ScreenField[];
  /** What its post function sets: a resolution where none was given, null takes it away, undefined leaves it. */
  readonly resolution?: string | null;
}

export interface ScreenField {
  readonly field: string;
  readonly required: boolean;
}

export interface Workflow {
  /** The first is where an issue begins. */
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
}

/** As small as they come: a resolution may be chosen when it is done, and is `Done` otherwise. */
export const simpleWorkflow: Workflow = {
  statuses: [
    { id: "10000", name: "To Do", category: "new" },
    { id: "3", name: "In Progress", category: "indeterminate" },
    { id: "10001", name: "Done", category: "done" },
  ],
  transitions: [
    { id: "21", name: "Start", from: ["To Do"], to: "In Progress", screen: [] },
    {
      id: "31",
      name: "Done",
      from: ["To Do", "In Progress"],
      to: "Done",
      screen: [{ field: "resolution", required: false }],
      resolution: "Done",
    },
    { id: "41", name: "Reopen", from: ["Done"], to: "To Do", screen: [], resolution: null },
  ],
};

/** Jira's old default: a resolution is demanded, and two transitions of one name have different ids. */
export const classicWorkflow: Workflow = {
  statuses: [
    { id: "1", name: "Open", category: "new" },
    { id: "3", name: "In Progress", category: "indeterminate" },
    { id: "4", name: "Reopened", category: "new" },
    { id: "5", name: "Resolved", category: "done" },
    { id: "6", name: "Closed", category: "done" },
  ],
  transitions: [
    { id: "4", name: "Start Progress", from: ["Open", "Reopened"], to: "In Progress", screen: [] },
    { id: "301", name: "Stop Progress", from: ["In Progress"], to: "Open", screen: [] },
    {
      id: "5",
      name: "Resolve Issue",
      from: ["Open", "In Progress", "Reopened"],
      to: "Resolved",
      screen: [{ field: "resolution", required: true }],
    },
    {
      id: "2",
      name: "Close Issue",
      from: ["Open", "In Progress", "Reopened"],
      to: "Closed",
      screen: [{ field: "resolution", required: true }],
    },
    { id: "701", name: "Close Issue", from: ["Resolved"], to: "Closed", screen: [] },
    { id: "3", name: "Reopen Issue", from: ["Resolved", "Closed"], to: "Reopened", screen: [], resolution: null },
  ],
};

export function transitionsFrom(workflow: Workflow, status: Status): readonly Transition[] {
  return workflow.transitions.filter(({ from }) => from === null || from.includes(status.name));
}

export function statusNamed(workflow: Workflow, name: string): Status {
  const status = workflow.statuses.find((each) => each.name === name);
  if (status === undefined) throw new Error(`the workflow has no status ${name}`);
  return status;
}
