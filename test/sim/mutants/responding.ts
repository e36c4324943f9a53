import type { Mutant } from "./mutant.ts";

/** Bugs in how Wazuh's own responses are watched, and in what they are held to explain. */
export const RESPONDING: readonly Mutant[] = [
  {
    name: "the line of a response is an alert like others",
    invariants: [9],
    file: "src/core/accept.ts",
    find: "alert.matches.filter((match) => match.clears || mayOpen(match))",
    replace: "alert.matches",
  },
  {
    name: "an order joins whatever incident is the newest of the group",
    invariants: [9],
    file: "src/core/observe-action.ts",
    find: "at >= incident.firstAt - DISORDER_MS && at <= incident.lastAt + DISORDER_MS",
    replace: "at > 0",
  },
  {
    name: "what was lifted is told to be overdue all the same",
    invariants: [9],
    file: "src/core/observe-action.ts",
    find: `state: "lifted", source, lastAt: at, endedAt: at, dueAt: null, explained`,
    replace: `state: "lifted", source, lastAt: at, endedAt: at, explained`,
  },
  {
    name: "nobody is told that a response is overdue",
    invariants: [9],
    file: "src/core/tick.ts",
    find: "action.dueAt === null || action.dueAt > eventNow(input, action.source)",
    replace: "action.dueAt !== 0",
  },
  {
    name: "a response that is ordered again begins anew",
    invariants: [9],
    file: "src/core/observe-action.ts",
    find: "if (isOn && newest.incident === (incident?.id ?? null)) {",
    replace: "if (isOn && newest.incident === -1) {",
  },
  {
    name: "a restart that was ordered explains a stop before the agent is back",
    invariants: [9],
    file: "src/core/loop-guard.ts",
    find: `if (echo.kind === "stop") return { kind: "hold", until };`,
    replace: "",
  },
  {
    name: "a response explains every change to the account for ten seconds",
    invariants: [9],
    file: "src/core/loop-guard.ts",
    find: "action === undefined || action.explained.includes(echo.what)",
    replace: "action === undefined",
  },
  {
    name: "a response explains what was held back, and all that joined it",
    invariants: [9],
    file: "src/core/loop-guard.ts",
    find: `incident.state !== "pending" || incident.count !== row.times`,
    replace: `incident.state !== "pending"`,
    // What joins opens it, but where a policy holds its incidents back by itself.
    tests: "src/core/loop-guard.test.ts",
  },
  {
    name: "whatever joins what is held back for a response is held back with it",
    invariants: [9],
    file: "src/core/accept.ts",
    find: "policy.holdMs === null && !isEcho)",
    replace: "policy.holdMs === null && isEcho)",
  },
  {
    name: "the first word waits for a response that never comes",
    invariants: [10],
    file: "src/core/tell.ts",
    find: "return Math.min(Math.max(now, openedAt + waitMs), now + waitMs);",
    replace: "return now + 1_000 * waitMs;",
  },
  {
    name: "the first word does not wait for the response",
    invariants: [10],
    file: "src/core/tell.ts",
    find: "return Math.min(Math.max(now, openedAt + waitMs), now + waitMs);",
    replace: "return now;",
  },
  {
    name: "two responses to one thing are in force",
    invariants: [9, 10],
    file: "src/core/observe-action.ts",
    find: `view.putAction({ ...newest, state: "renewed", endedAt: at, dueAt: null });`,
    replace: "",
  },
];
