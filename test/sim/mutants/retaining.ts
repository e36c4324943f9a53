import type { Mutant } from "./mutant.ts";

/** Bugs in what goes and what stays. */
export const RETAINING: readonly Mutant[] = [
  {
    name: "what a person is to lift is forgotten",
    invariants: [12],
    file: "src/store/old-rows.ts",
    find: `AND (NOT (\${IS_RESPONSE_OVER}) OR`,
    replace: "AND (",
    tests: "src/store/sqlite.test.ts",
  },
  {
    name: "responses are forgotten that limits still count",
    invariants: [12],
    file: "src/core/retention.ts",
    find: "respondedAt >= Math.min(horizon, now - RESPONSE_LEAST_MS)",
    replace: "respondedAt >= now",
    tests: "src/core/retention.test.ts",
  },
  {
    name: "an incident goes though something of it is still to be told",
    invariants: [12],
    file: "src/core/retention.ts",
    find: "if (isUnresolved(incident) || holds.length > 0 || !works.every(isSpent)) return false;",
    replace: "if (isUnresolved(incident) || holds.length > 0) return false;",
  },
  {
    name: "lines stay of an incident that is gone",
    invariants: [12],
    file: "src/store/apply-gone.ts",
    find: '  ["body", "incident"],\n',
    replace: "",
  },
  {
    name: "a mass event goes before its members",
    invariants: [12],
    file: "src/store/old-rows.ts",
    find: "member.collapsed_into = incident.id AND",
    replace: "member.collapsed_into = -incident.id AND",
    tests: "src/store/sqlite.test.ts",
  },
  {
    name: "what lies unread meets nothing any more",
    invariants: [12],
    file: "src/core/retention.ts",
    find: "return Math.min(tick.now, ...read) - keepMs;",
    replace: "return tick.now - keepMs;",
    tests: "src/core/retention.test.ts",
  },
  {
    name: "what a clock that runs ahead has ended goes at once",
    invariants: [12],
    tests: "src/core/retention.test.ts",
    file: "src/core/retention.ts",
    find: "at >= horizon && at <= ahead",
    replace: "at >= horizon && at <= now",
  },
  {
    name: "an incident goes that may still be reopened",
    invariants: [12],
    file: "src/core/retention.ts",
    find: "return Math.max(resolvedAt ?? 0, lastAt) + reopenWithinMs < now || (resolvedAt ?? 0) > now;",
    replace: "return true;",
    tests: "src/core/retention.test.ts",
  },
];
