import { later, unknown, type Look, type Outcome } from "../core/outcome.ts";
import type { Destination, Io, Lost, Step } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";

/** How much longer than its own deadline a connector may take before it is given up on. */
const GRACE_MS = 2_000;

/**
 * One step, always ending in an outcome and in bounded time. A connector that throws or never comes back has a bug;
 * what it may have done by then is unknown.
 */
export async function performStep(destination: Destination, step: Step, io: Io, clock: Clock): Promise<Outcome> {
  const ended = await bounded(() => destination.perform(step, io), io.deadlineMs + GRACE_MS, clock);
  switch (ended.kind) {
    case "value":
      return ended.value;
    case "threw":
      return cutOff("connector_bug", `the connector threw ${ended.name}`, step);
    case "late":
      return cutOff("timeout", "the connector did not come back in time", step);
  }
}

export async function performLook(destination: Destination, lost: Lost, io: Io, clock: Clock): Promise<Look> {
  const find = destination.find?.bind(destination);
  if (find === undefined) return later("connector_bug", "work", null, "the connector can't look");
  const ended = await bounded(() => find(lost, io), io.deadlineMs + GRACE_MS, clock);
  switch (ended.kind) {
    case "value":
      return ended.value;
    case "threw":
      return later("connector_bug", "work", null, `the connector threw ${ended.name}`);
    case "late":
      return later("timeout", "destination", null, "the connector did not come back in time");
  }
}

function cutOff(reason: "connector_bug" | "timeout", evidence: string, step: Step): Outcome {
  return step.safeToRepeat ? later(reason, "work", null, evidence) : unknown(reason, null, evidence);
}

type Ended<Value> =
  | { readonly kind: "value"; readonly value: Value }
  /** Only the error's class: its message may hold anything, a secret too. */
  | { readonly kind: "threw"; readonly name: string }
  | { readonly kind: "late" };

function bounded<Value>(work: () => Promise<Value>, ms: number, clock: Clock): Promise<Ended<Value>> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve({ kind: "late" }));
    // Begun inside a promise, so that what it throws at once ends like what it throws later.
    Promise.resolve()
      .then(work)
      .then(
        (value) => {
          cancel();
          resolve({ kind: "value", value });
        },
        (error: unknown) => {
          cancel();
          resolve({ kind: "threw", name: error instanceof Error ? error.constructor.name : typeof error });
        },
      );
  });
}
