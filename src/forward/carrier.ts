import type { KeptAlert } from "../core/alert.ts";
import type { Instant } from "../core/time.ts";
import type { Judgement, LineJudge } from "../sources/line-judge.ts";

/**
 * The judge of a tail that only carries: what the filter does not refuse goes to the server as it stands, and is judged
 * there. So a line becomes an "alert" of which nothing is known but its text.
 */
export function createCarrier(refuse: () => LineJudge["refuse"] | null): LineJudge {
  return {
    refuse: (bytes, start, end) => refuse()?.(bytes, start, end) === true,
    judge: carried,
  };
}

function carried(line: string, now: Instant): Judgement {
  // No JSON holds a zero: the tail makes of it the lines that stand between.
  if (line.includes("\0")) return { kind: "malformed", why: "not_json" };
  if (line.trim() === "") return { kind: "ignored" };
  return { kind: "kept", alert: { ...UNREAD, at: now, raw: line } };
}

const UNREAD: Omit<KeptAlert, "at" | "raw"> = {
  identity: { origin: "", nativeId: "", stamp: "", ruleId: "" },
  level: 0,
  title: "",
  agentId: null,
  agentName: null,
  matches: [],
};
