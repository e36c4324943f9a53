// Slack answers with 200 and a word for what went wrong. What each one means for us, and what a person does about it.

/**
 * `access`: all of the app waits for a person. `channel`: this channel does. `gone`: what was to be changed is not
 * there any more. `uneditable`: it is there, and stays as it is. `refused`: this message will never be taken.
 * `unsure`: it may have been done. `again`: it was not done, and would be another time.
 */
export type Meaning = "access" | "channel" | "gone" | "uneditable" | "refused" | "unsure" | "again";

interface WordMeaning {
  readonly means: Meaning;
  /** Null: the word says enough. */
  readonly advice: string | null;
}

const APPS = "https://api.slack.com/apps";
const OUR_MISTAKE = "Slack does not take a message of this form, which is a mistake in Riposte; please report it";
const NEW_TOKEN = `open the app at ${APPS}, OAuth & Permissions, and put its Bot User OAuth Token into the secret`;
const ASK_ADMIN = "an administrator of the workspace must allow it";

const access = (advice: string): WordMeaning => ({ means: "access", advice });
const channel = (advice: string): WordMeaning => ({ means: "channel", advice });
const refused: WordMeaning = { means: "refused", advice: OUR_MISTAKE };
const gone: WordMeaning = { means: "gone", advice: null };
const unsure: WordMeaning = { means: "unsure", advice: null };
const again: WordMeaning = { means: "again", advice: null };

const WORDS: ReadonlyMap<string, WordMeaning> = new Map([
  ["invalid_auth", access(`the token is not right; ${NEW_TOKEN}`)],
  ["not_authed", access(`the token did not arrive; ${NEW_TOKEN}`)],
  ["token_revoked", access(`the token was revoked or the app removed; install it again, then ${NEW_TOKEN}`)],
  ["token_expired", access(`the token has expired; ${NEW_TOKEN}`)],
  ["account_inactive", access(`the app was removed from the workspace; install it again, then ${NEW_TOKEN}`)],
  ["app_uninstalled", access(`the app was removed from the workspace; install it again, then ${NEW_TOKEN}`)],
  ["not_allowed_token_type", access(`this is another kind of token; ${NEW_TOKEN}`)],
  ["missing_scope", access(`open the app at ${APPS}, OAuth & Permissions, add the scope, and reinstall the app`)],
  ["no_permission", access("the app may not do this; look at its scopes and at the channel's posting permissions")],
  ["org_login_required", access("the workspace is being moved to another organization; it is over by itself")],
  ["ekm_access_denied", access(ASK_ADMIN)],
  ["access_denied", access(ASK_ADMIN)],
  ["team_access_not_granted", access(ASK_ADMIN)],
  ["enterprise_is_restricted", access(ASK_ADMIN)],
  ["team_not_found", access("the workspace is gone")],
  [
    "channel_not_found",
    channel(
      "no such channel is known to the app: it was renamed or deleted, or it is private and the app was not invited. Its id survives renaming",
    ),
  ],
  ["not_in_channel", channel("the app is not in the channel; write /invite @Riposte there")],
  ["is_archived", channel("the channel is archived; unarchive it, or name another one")],
  [
    "restricted_action",
    channel("the channel's posting permissions keep the app out; change them, or name another one"),
  ],
  ["restricted_action_read_only_channel", channel("the channel is read-only; change that, or name another one")],
  ["restricted_action_thread_only_channel", channel("only threads are allowed in the channel; name another one")],
  ["restricted_action_thread_locked", channel("the thread is locked; unlock it, or drop this work")],
  ["restricted_action_non_threadable_channel", channel("the channel has no threads; name another one")],
  ["posting_to_general_channel_denied", channel("the app may not post to this channel; name another one")],
  ["cannot_reply_to_message", gone],
  ["message_not_found", gone],
  ["thread_not_found", gone],
  // The app was made anew: what the old one posted stays as it is.
  ["cant_update_message", gone],
  ["edit_window_closed", { means: "uneditable", advice: "the workspace lets nobody edit messages that are so old" }],
  ["is_inactive", { means: "uneditable", advice: "the message's channel can't be edited now" }],
  ["msg_too_long", refused],
  ["msg_blocks_too_long", refused],
  ["invalid_blocks", refused],
  ["invalid_blocks_format", refused],
  ["invalid_attachments", refused],
  ["too_many_attachments", refused],
  ["invalid_arguments", refused],
  ["invalid_arg_name", refused],
  ["invalid_array_arg", refused],
  ["invalid_charset", refused],
  ["invalid_form_data", refused],
  ["invalid_json", refused],
  ["invalid_post_type", refused],
  ["invalid_metadata_format", refused],
  ["invalid_metadata_schema", refused],
  ["metadata_too_large", refused],
  ["no_text", refused],
  ["fatal_error", unsure],
  ["internal_error", unsure],
  ["service_unavailable", unsure],
  ["request_timeout", again],
  ["accesslimited", again],
  ["team_added_to_org", again],
  ["message_limit_exceeded", { means: "again", advice: "the workspace has had its messages for now" }],
  ["rate_limited", { means: "again", advice: "asked to slow down" }],
  ["ratelimited", { means: "again", advice: "asked to slow down" }],
]);

/** A word that is not known puts off the one piece of work: whatever it is, it need not concern any other. */
export function meaningOf(word: string): WordMeaning {
  return WORDS.get(word) ?? again;
}

export function isLimitWord(word: string | null): boolean {
  return word === "ratelimited" || word === "rate_limited";
}
