import type { Destination, Io } from "../../connectors/connector.ts";
import type { Later } from "../../core/outcome.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { keyOfSecret, type SecretRef } from "../../ports/secrets.ts";
import type { SecretBook } from "../../secrets/book.ts";
import { within } from "../within.ts";

export interface LookingAgainParts {
  readonly book: SecretBook;
  readonly refs: readonly SecretRef[];
  readonly clock: Clock;
}

/** What a look at AWS may take of the time of a call that was refused. */
const LOOK_WITHIN_MS = 3 * SECOND_MS;
/** With less than this a call is not worth beginning. */
const CALL_LEAST_MS = 2 * SECOND_MS;

type Ended = { readonly kind: string } | readonly unknown[];

/**
 * A destination that looks at its secrets again when they are refused, and makes the same call once more where there is
 * another value: a new one that was put there just now, or the one before it. A refusal says that nothing happened, so
 * this repeats nothing; and what is refused can't be broken by trying.
 */
export function lookingAgain(destination: Destination, { book, refs, clock }: LookingAgainParts): Destination {
  async function called<Result extends Ended>(io: Io, call: (io: Io) => Promise<Result>): Promise<Result> {
    const beganAt = clock.now();
    const used = await Promise.all(refs.map(async (ref) => ({ ref, found: await book.read(ref) })));
    const first = await call(io);
    if (!isRefusal(first)) {
      if (isDone(first)) {
        for (const { ref, found } of used) if (found.kind === "value") book.judged(ref, found.value, "taken");
      }
      return first;
    }
    await within(book.look(refs), LOOK_WITHIN_MS, clock);
    // Changed while the call was under way: what was refused is not in use any more.
    const now = new Map<string, string>();
    for (const { ref, found } of used) {
      const current = await book.read(ref);
      if (current.kind === "value" && (found.kind !== "value" || found.value !== current.value))
        now.set(keyOfSecret(ref), current.value);
    }
    const others = now.size > 0 ? now : book.others(refs);
    const leftMs = io.deadlineMs - (clock.now() - beganAt);
    if (others.size === 0 || leftMs < CALL_LEAST_MS) return first;
    const second = await call({ ...io, secrets: book.with(others), deadlineMs: leftMs });
    if (isRefusal(second)) return first;
    if (isDone(second)) book.adopt(others, "delivery");
    return second;
  }

  const find = destination.find?.bind(destination);
  const survey = destination.survey?.bind(destination);
  return {
    ...(destination.deadlineMs !== undefined && { deadlineMs: destination.deadlineMs }),
    next: (picture, receipt, words) => destination.next(picture, receipt, words),
    perform: (step, io) => called(io, (with_) => destination.perform(step, with_)),
    probe: (io) => destination.probe(io),
    ...(find !== undefined && { find: (lost, io) => called(io, (with_) => find(lost, with_)) }),
    ...(survey !== undefined && { survey: (anchors, io) => called(io, (with_) => survey(anchors, with_)) }),
  };
}

/** A clean no to who we are, or to an address that is itself a secret. */
function isRefusal(ended: Ended): boolean {
  if (!("kind" in ended) || ended.kind !== "later") return false;
  const { reason, scope } = ended as Later;
  return scope === "destination" && (reason === "unauthorized" || reason === "destination_gone");
}

function isDone(ended: Ended): boolean {
  return !("kind" in ended) || ended.kind === "done" || ended.kind === "found" || ended.kind === "absent";
}
