import type { BeginItem } from "../core/begin.ts";
import { upToMoment, type Picture } from "../core/picture.ts";
import { markOf, type Receipt } from "../core/receipt.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import { EMPTY_LOOKS_BEFORE_REPEAT } from "../core/work.ts";
import type { Drawer, Step } from "../connectors/connector.ts";
import type { ClaimedWork } from "../store/store.ts";

/** What is to be done about a piece of claimed work. */
export type Thought =
  | { readonly kind: "satisfied" }
  | { readonly kind: "give_up"; readonly evidence: string }
  | { readonly kind: "look"; readonly mark: string; readonly attempt: number }
  | {
      readonly kind: "call";
      readonly step: Step;
      readonly number: number;
      readonly repeat: boolean;
      readonly completes: boolean;
    };

/** Decides from the rows alone what comes next: look for a lost step, do it again, do the next one, or nothing. */
export function think(
  claimed: ClaimedWork,
  picture: Picture,
  destination: Drawer,
  terms: DestinationTerms,
  install: string,
): Thought {
  const { work, receipt, attempt } = claimed;
  const number = (receipt?.steps ?? 0) + 1;
  const mark = markOf(install, work.incident, work.destination, number);
  if (work.unsure && terms.finds && work.looks < EMPTY_LOOKS_BEFORE_REPEAT && attempt !== null) {
    return { kind: "look", mark, attempt: attempt.id };
  }
  // What may have arrived is said again as it was said: whichever copy is found tells the same moments.
  const shown = work.unsure && attempt !== null ? upToMoment(picture, attempt.plan.momentsTold) : picture;
  const step = destination.next(shown, receipt, { mark, repeat: work.unsure });
  if (step === null) return { kind: "satisfied" };
  const after = receiptAfter(receipt, picture, number, step);
  const completes = destination.next(picture, after, { mark, repeat: false }) === null;
  return { kind: "call", step, number, repeat: work.unsure, completes };
}

/** The form of a thought that is committed before anything is done about it. */
export function toBeginItem(claimed: ClaimedWork, thought: Thought, leaseMs: number): BeginItem {
  const { id: incident, revision } = claimed.incident;
  switch (thought.kind) {
    case "satisfied":
      return { incident, revision, what: { kind: "satisfied" } };
    case "give_up":
      return { incident, revision, what: { kind: "give_up", reason: "connector_bug", evidence: thought.evidence } };
    case "look":
      return { incident, revision, what: { kind: "look", leaseMs } };
    case "call": {
      const { step, number, repeat, completes } = thought;
      const { action, safeToRepeat, plan } = step;
      return {
        incident,
        revision,
        what: { kind: "call", action, step: number, safeToRepeat, repeat, plan, completes },
      };
    }
  }
}

function receiptAfter(receipt: Receipt | null, picture: Picture, number: number, step: Step): Receipt {
  return {
    incident: picture.incident.id,
    destination: receipt?.destination ?? "",
    // Any anchor will do for asking whether something is left to say.
    remote: receipt?.remote ?? { anchor: step.anchor ?? step.mark, url: null },
    steps: number,
    momentsTold: step.plan.momentsTold,
    headDigest: step.plan.headDigest,
    repeats: receipt?.repeats ?? 0,
    firstDoneAt: receipt?.firstDoneAt ?? 0,
    lastDoneAt: 0,
  };
}
