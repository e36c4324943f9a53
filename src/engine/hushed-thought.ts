import type { Hushed } from "../core/hush.ts";
import { isUnresolved } from "../core/incident.ts";
import { upToMoment, type Picture } from "../core/picture.ts";
import type { Silence } from "../core/silence.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Drawer } from "../connectors/connector.ts";
import type { Work } from "../core/work.ts";
import type { ClaimedWork } from "../store/store.ts";
import { think, type ThinkFacts, type Thought } from "./think.ts";

/**
 * What is to be done about work that is not to be told now. What the destination shows already is kept up to date as
 * ever; what has happened since waits. What nobody has heard of and is over stays unheard.
 */
export function thinkHushed(
  claimed: ClaimedWork,
  picture: Picture,
  hushed: Hushed,
  destination: Drawer,
  terms: DestinationTerms,
  facts: ThinkFacts,
): Thought {
  const { incident, receipt, work } = claimed;
  if (receipt === null) return isUnresolved(incident) ? { kind: "hush", hushed } : { kind: "leave" };
  return keepHushed(think(claimed, upToMoment(picture, receipt.momentsTold), destination, terms, facts), work, hushed);
}

/** The row stays until the reason ends: then there is more to tell, or something to show no more. */
export function keepHushed(thought: Thought, work: Work, hushed: Hushed): Thought {
  switch (thought.kind) {
    case "satisfied":
      return { kind: "hush", hushed };
    case "call":
      return { ...thought, completes: false };
    case "sweep":
      // A row that is only swept would count as all told.
      return work.state === "hushed" ? thought : { kind: "hush", hushed };
    case "give_up":
    case "look":
    case "list":
    case "wait":
    case "hush":
    case "part":
    case "leave":
      return thought;
  }
}

/** What hides it longer does not keep the message saying that it is silenced. */
export function firstToEnd(hushed: Hushed, silence: Silence | null): Hushed {
  if (silence === null || silence.endsAt === null) return hushed;
  return { ...hushed, until: Math.min(hushed.until ?? Infinity, silence.endsAt) };
}
