import { expect, test } from "vitest";
import { compilePolicies, matchAlert } from "../core/match.ts";
import type { Policy } from "../core/policy.ts";
import { compileRefusal } from "../core/refusal.ts";
import { alertLine } from "../../test/tail/rig.ts";
import { createLineJudge } from "./line-judge.ts";

const GRAVE: Policy = {
  terms: {
    name: "grave",
    groupBy: ["agent.id"],
    severity: null,
    tell: { low: [], medium: [], high: [], critical: [] },
    holdMs: null,
    resolveAfterMs: 1,
    reopenWithinMs: 1,
  },
  when: { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">=", number: 10 } },
  clear: null,
  continues: false,
};

const noRegex = {
  compile(): never {
    throw new Error("no pattern is used here");
  },
};

const judge = createLineJudge(compilePolicies([GRAVE], noRegex), compileRefusal([GRAVE]), matchAlert);

test("a line that a policy takes is kept with what the policy makes of it, and without its document", () => {
  const line = alertLine(1);

  expect(judge.judge(line, 0)).toEqual({
    kind: "kept",
    alert: {
      identity: { origin: "wazuh-1", nativeId: "1", stamp: "2026-05-26T08:00:00.000+0000", ruleId: "1001" },
      at: Date.UTC(2026, 4, 26, 8),
      level: 10,
      title: "Alert 1",
      agentId: "001",
      agentName: "web-1",
      raw: line,
      matches: [{ policy: "grave", groupKey: '["001"]', clears: false }],
    },
  });
});

test("a line that no policy takes is ignored, and refused by its bytes already", () => {
  const line = alertLine(1, { level: 3 });
  const bytes = Buffer.from(`xx${line}xx`);

  expect(judge.judge(line, 0)).toEqual({ kind: "ignored" });
  expect(judge.refuse(bytes, 2, bytes.length - 2)).toBe(true);
  expect(judge.refuse(Buffer.from(alertLine(1)), 0, 300)).toBe(false);
});

test("a line that is no alert says why", () => {
  expect(judge.judge("{", 0)).toEqual({ kind: "malformed", why: "not_json" });
  expect(judge.judge("{}", 0)).toEqual({ kind: "malformed", why: "not_an_alert" });
});
