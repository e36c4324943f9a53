import type { Destination } from "../../src/connectors/connector.ts";
import type { Instant } from "../../src/core/time.ts";

/** One step or look at a destination of which each makes several calls. */
export interface Visit {
  readonly at: Instant;
  readonly destination: string;
  /** The step's; null: a look. */
  readonly action: string | null;
  /** Of those that this life had begun and not ended, this one among them. */
  readonly inFlight: number;
}

export interface Visiting {
  readonly destination: string;
  /** Over all configs of a life: the old ones' visits end among the new ones'. */
  inFlight: number;
  readonly log: (visit: Omit<Visit, "at">) => void;
}

/** The destination, with each visit to it written down. */
export function watched(destination: Destination, visiting: Visiting): Destination {
  async function visit<Ending>(action: string | null, make: () => Promise<Ending>): Promise<Ending> {
    visiting.inFlight += 1;
    visiting.log({ destination: visiting.destination, action, inFlight: visiting.inFlight });
    try {
      return await make();
    } finally {
      visiting.inFlight -= 1;
    }
  }
  const find = destination.find?.bind(destination);
  return {
    next: (...given) => destination.next(...given),
    perform: (step, io) => visit(step.action, () => destination.perform(step, io)),
    ...(find !== undefined && { find: (lost, io) => visit(null, () => find(lost, io)) }),
    ...(destination.survey !== undefined && { survey: destination.survey.bind(destination) }),
    probe: (io) => destination.probe(io),
  };
}
