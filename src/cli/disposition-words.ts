import type { Disposition } from "../core/change.ts";

/** How an alert ended and why, as a sentence about it goes on: `it …`. */
export const DISPOSITION_WORDS: Readonly<Record<Disposition, string>> = {
  opened: "opened an incident",
  joined: "joined an incident that was there",
  reopened: "brought back an incident that was over",
  cleared: "ended an incident",
  nothing_to_clear: "would end an incident, and there was none, or a newer alert had come",
  ledger_only: "is of a policy that tells nobody of what is as mild as that",
  action_noted: "is the line of an active response, noted with the incident that it answers",
  action_alone: "is the line of an active response that answers no incident that is known",
  explained_by_action: "tells of what an active response did, and nobody need hear of that",
  in_window: "counts in a window, which was not full",
  sequence_not_met: "would end a sequence, and what has to come before had not come",
  value_learned: "has a value that the policy was still learning",
  value_known: "has a value that was seen before",
  expected: "came as it should",
  window_key_missing: "lacks a value by which the window counts, and counts nowhere",
  window_too_late: "was read after all that it could have counted with was forgotten",
  window_refused: "is of a new key, and as many were live as may be",
  login_noted: "only tells who logs in from where, which responses go by",
};

/** What a newer server says need not be a word that this program knows. */
export function dispositionWords(disposition: string): string {
  return isDisposition(disposition) ? DISPOSITION_WORDS[disposition] : disposition;
}

function isDisposition(text: string): text is Disposition {
  return Object.hasOwn(DISPOSITION_WORDS, text);
}
