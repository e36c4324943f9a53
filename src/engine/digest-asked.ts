import type { Context } from "../core/context.ts";
import { digestedFor } from "../core/digest-event.ts";
import type { DigestPart } from "../core/digest-part.ts";
import { documentOf, type SilencedDocument } from "../core/silence.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Instant } from "../core/time.ts";
import type { Claimant, ClaimedDigest, ClaimedWork } from "../store/store.ts";
import type { HushDesk } from "./hush-desk.ts";
import type { ReadFacts } from "./paint.ts";

/** What it takes to ask of a digest. */
export interface AskParts {
  readonly hush: Pick<HushDesk, "hushOf" | "mayHide">;
  readonly readFacts: ReadFacts;
}

/** A work with what is in it, where it is that of a digest and was asked for. */
export type ClaimedContents = ClaimedWork & { readonly contents?: ClaimedDigest };

/** Of a digest that nobody has heard of, where anybody may have a reason not to tell some of it. */
export async function contentsOf(
  { incident, receipt, work }: ClaimedWork,
  claim: Claimant,
  terms: DestinationTerms,
  { snapshot, now }: Context,
  { hush }: Pick<AskParts, "hush">,
): Promise<{ readonly contents?: ClaimedDigest }> {
  if (digestedFor(incident.policy) === null || receipt !== null || !hush.mayHide(snapshot, terms)) return {};
  const { digest } = await claim({ destination: work.destination, limit: 0, now, inDigest: incident.id });
  return digest === undefined ? {} : { contents: digest };
}

/** Asks of each that is in a digest as if it were to be told by itself; null: all of it may be told. */
export function partOf(
  { contents, work }: ClaimedContents,
  terms: DestinationTerms,
  snapshot: Context["snapshot"],
  now: Instant,
  { hush, readFacts }: AskParts,
): DigestPart | null {
  if (contents === undefined) return null;
  const asked = contents.members.map(({ incident, work: its, firstRaw }) => {
    const document = (): SilencedDocument => documentOf(incident, readFacts(firstRaw).document);
    // Whether a person has asked for it, or it may have arrived, the digest's own work says.
    const about = { incident, work: { ...work, incident: incident.id }, receipt: null, terms, document };
    return { incident, work: its, hushed: hush.hushOf(about, snapshot, now) };
  });
  const held = asked.flatMap((one) => (one.hushed === null ? [] : [{ ...one, hushed: one.hushed }]));
  if (held.length === 0) return null;
  return { state: contents.state, kept: asked.filter((one) => one.hushed === null), held };
}
