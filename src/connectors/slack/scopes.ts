/** The least that the app needs, each with what for; `deploy/slack/manifest.yaml` asks for exactly these. */
export const SCOPES: Readonly<Record<string, string>> = {
  "chat:write": "to post, edit and delete its own messages",
  "channels:history": "to look for its own messages after a call that got no answer",
  "groups:history": "the same in private channels",
  "channels:read": "to find a channel by its name",
  "groups:read": "the same for private channels",
  "channels:join": "to join a public channel by itself",
  commands: "for /riposte",
};

/** Without these nothing works; the others are for some channels only. */
export const NEEDED_SCOPES: readonly string[] = ["chat:write"];

/** Of what an answer names only what is one of Slack's scopes that we know of. */
export function knownScopes(named: string): string {
  return named
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => Object.hasOwn(SCOPES, scope))
    .join(", ");
}
