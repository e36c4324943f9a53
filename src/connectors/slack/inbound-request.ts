import { cutPlainLine } from "../../core/plain-text.ts";
import { readDecision, type Decision } from "./approval-buttons.ts";
import { readPress, type Press } from "./buttons.ts";
import { listIn, memberOf, textIn } from "./members.ts";
import type { SlackPerson } from "./people.ts";
import { readWords, type SlashWords } from "./slash-words.ts";
import { PERSON_ID } from "./who.ts";

/** What somebody did in Slack, whichever way it reached us. */
export type SlackRequest = PressRequest | SlashRequest;

interface Common {
  readonly person: SlackPerson;
  /** The same for each delivery of the same doing. */
  readonly id: string;
  /** Where an answer may be left that only the person sees. */
  readonly responseUrl: string | null;
}

export interface PressRequest extends Common {
  readonly kind: "press";
  /** Null: of nothing that we made. */
  readonly press: Press | null;
  /** A yes or a no to a response, instead of a press. */
  readonly decision: Decision | null;
}

export interface SlashRequest extends Common {
  readonly kind: "slash";
  readonly words: SlashWords;
  readonly channel: { readonly id: string | null; readonly name: string | null };
}

const MOST_TEXT = 500;

/** From the fields of a form, as HTTP has them; null: nothing that we have a use for. */
export function readForm(body: string): SlackRequest | null {
  const form = Object.fromEntries(new URLSearchParams(body));
  const payload = textIn(form, "payload");
  if (payload === null) return readSlash(form);
  try {
    return readInteraction(JSON.parse(payload) as unknown);
  } catch {
    return null;
  }
}

/** From an interaction's payload, which is the same over both ways. */
export function readInteraction(payload: unknown): PressRequest | null {
  if (textIn(payload, "type") !== "block_actions") return null;
  const user = memberOf(payload, "user");
  const person = personIn(textIn(user, "id"), textIn(user, "username") ?? textIn(user, "name"), {
    own: textIn(user, "team_id"),
    // In a channel that workspaces share, `team` may be that of the person; that of the message is ours.
    here: [textIn(memberOf(payload, "team"), "id"), textIn(memberOf(payload, "message"), "team")],
  });
  const [action] = listIn(payload, "actions") ?? [];
  const trigger = textIn(payload, "trigger_id") ?? "";
  if (person === null || action === undefined || trigger === "") return null;
  const id = `${person.id} ${trigger.slice(0, 200)} ${(textIn(action, "action_ts") ?? "").slice(0, 40)}`;
  return {
    kind: "press",
    person,
    id,
    press: readPress(action),
    decision: readDecision(action),
    responseUrl: textIn(payload, "response_url"),
  };
}

/** From the fields of a slash command, which are the same over both ways. */
export function readSlash(fields: unknown): SlashRequest | null {
  const person = personIn(textIn(fields, "user_id"), textIn(fields, "user_name"), { own: null, here: [] });
  const trigger = textIn(fields, "trigger_id") ?? "";
  if (person === null || trigger === "" || textIn(fields, "command") === null) return null;
  return {
    kind: "slash",
    person,
    id: `${person.id} ${trigger.slice(0, 200)}`,
    words: readWords(cutPlainLine(textIn(fields, "text") ?? "", MOST_TEXT)),
    channel: { id: textIn(fields, "channel_id"), name: textIn(fields, "channel_name") },
    responseUrl: textIn(fields, "response_url"),
  };
}

function personIn(
  id: string | null,
  name: string | null,
  team: { readonly own: string | null; readonly here: readonly (string | null)[] },
): SlackPerson | null {
  if (id === null || !PERSON_ID.test(id)) return null;
  return { id, name, isGuest: team.own !== null && team.here.some((each) => each !== null && each !== team.own) };
}
