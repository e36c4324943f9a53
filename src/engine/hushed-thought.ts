import type { Hushed } from "../core/hush.ts";
import { isUnresolved } from "../core/incident.ts";
import { upToMoment, type Picture } from "../core/picture.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Drawer } from "../connectors/connector.ts";
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
  const hush: Thought = { kind: "hush", hushed };
  if (receipt === null) return isUnresolved(incident) ? hush : { kind: "leave" };
  const thought = think(claimed, upToMoment(picture, receipt.momentsTold), destination, terms, facts);
  switch (thought.kind) {
    case "satisfied":
      return hush;
    case "call":
      // There is more to tell, once it may be told.
      return { ...thought, completes: false };
    case "sweep":
      // A row that is only swept would count as all told.
      return work.state === "hushed" ? thought : hush;
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
