import type { Context } from "./context.ts";
import type { BeginInput, BeginItem, Result } from "./input.ts";
import { laneAfterStart } from "./lane.ts";
import type { View } from "./view.ts";
import type { Work } from "./work.ts";

/** Writes down what a worker is about to do. What the rows no longer call for gets null and is not done. */
export function begin(view: View, input: BeginInput, context: Context): Result {
  const terms = context.snapshot.destinations[input.destination];
  const attempts = input.items.map((item) => {
    const work = view.work(item.incident, input.destination);
    const isDue =
      work !== undefined && (work.state === "ready" || work.state === "unknown") && work.dueAt <= context.now;
    return isDue && terms !== undefined ? beginItem(view, input.destination, item, work, context) : null;
  });
  const calls = attempts.filter((attempt) => attempt !== null).length;
  if (calls > 0 && terms !== undefined) {
    const lane = view.lane(input.destination);
    const after = laneAfterStart(lane, terms, calls, context.now);
    if (after !== lane) view.putLane(after);
  }
  return { woken: [], attempts };
}

function beginItem(view: View, destination: string, item: BeginItem, work: Work, context: Context): number | null {
  switch (item.what.kind) {
    case "satisfied":
      if (work.wanted <= item.revision) view.removeWork(item.incident, destination);
      return null;
    case "give_up":
      view.putWork({ ...work, state: "dead", reason: item.what.reason, evidence: item.what.evidence });
      return null;
    case "look":
      // Looking changes nothing over there, so it needs no row of its own, only a lease that ends by time.
      view.putWork({ ...work, dueAt: context.now + item.what.leaseMs });
      return work.attempt;
    case "call": {
      const { action, step, safeToRepeat, repeat, plan, completes } = item.what;
      const id = view.nextId("attempt");
      view.putAttempt({
        id,
        incident: item.incident,
        destination,
        step,
        action,
        safeToRepeat,
        repeat,
        plan,
        revision: item.revision,
        completes,
        beganAt: context.now,
        endedAt: null,
        outcome: null,
        reason: null,
        evidence: null,
      });
      view.putWork({
        ...work,
        state: "sending",
        attempt: id,
        firstTriedAt: work.firstTriedAt ?? context.now,
        tries: work.tries + 1,
      });
      return id;
    }
  }
}
