import type { KeptAlert } from "../core/alert.ts";
import type { AcceptInput } from "../core/input.ts";
import { groupKeyOf, OWN_SOURCE, policyOfProblem, ruleIdOf, type Problem } from "../core/own-health.ts";
import type { Instant } from "../core/time.ts";

/** What is said of a problem: that it is there, or that it is over. */
export interface Word {
  readonly problem: Problem;
  readonly isOver: boolean;
}

/** Riposte's word about itself, in the shape in which it hears of everything else. `n` tells words of one instant apart. */
export function ownAlert({ problem, isOver }: Word, n: number, now: Instant): KeptAlert {
  const { about } = problem;
  const level = isOver ? 3 : problem.level;
  const title = isOver ? `${problem.title}: that is over` : problem.title;
  const stamp = new Date(now).toISOString().replace("Z", "+0000");
  const identity = { origin: "riposte/riposte", nativeId: `${now}.${n}`, stamp, ruleId: ruleIdOf(problem) };
  const document = {
    timestamp: stamp,
    rule: { level, description: title, id: identity.ruleId, groups: ["riposte"] },
    agent: { id: "000", name: "riposte" },
    manager: { name: "riposte" },
    id: identity.nativeId,
    location: about,
    full_log: isOver ? title : problem.says,
    riposte: { about },
  };
  return {
    identity,
    at: now,
    level,
    title,
    agentId: "000",
    agentName: "riposte",
    raw: JSON.stringify(document),
    matches: [{ policy: policyOfProblem(problem), groupKey: groupKeyOf(problem), clears: isOver }],
  };
}

/** Words as a stretch of a source that has no file to remember a place in. */
export function ownStretch(words: readonly Word[], now: Instant): AcceptInput {
  return {
    kind: "accept",
    source: OWN_SOURCE,
    cursor: JSON.stringify({ v: 1 }),
    read: words.length,
    ignored: 0,
    malformed: 0,
    quarantine: [],
    alerts: words.map((word, n) => ownAlert(word, n, now)),
    watermarkAt: now,
  };
}
