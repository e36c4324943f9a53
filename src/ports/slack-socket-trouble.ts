import { codeOf, sayCode } from "./call-failure.ts";

const NEW_TOKEN =
  "make an app-level token with the scope connections:write (Basic Information of the app, App-Level Tokens) and put it where app_token says";

/** Slack's words for why it opens no connection, and what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_auth: `Slack does not know the app token; ${NEW_TOKEN}`,
  not_authed: `Slack does not know the app token; ${NEW_TOKEN}`,
  token_revoked: `the app token was revoked; ${NEW_TOKEN}`,
  token_expired: `the app token has expired; ${NEW_TOKEN}`,
  account_inactive: "the app was removed from the workspace; install it again",
  missing_scope: `the app token lacks connections:write; ${NEW_TOKEN}`,
  not_allowed_token_type: `this is no app-level token (xapp-); ${NEW_TOKEN}`,
  forbidden_team: "the workspace may not use Socket Mode",
  access_denied: "Socket Mode is switched off: switch it on under Socket Mode of the app",
};

/** Why there is no connection. An error's own text is looked at by nobody: it may hold the address with its ticket. */
export function saySocketTrouble(error: unknown): string {
  const word = wordOf(error);
  if (word !== null) return `apps.connections.open: ${word}${Object.hasOwn(ADVICE, word) ? `: ${ADVICE[word]}` : ""}`;
  const causes = causesOf(error);
  for (const each of causes) {
    const says = sayCode(codeOf(each));
    if (says !== null) return `Slack can't be reached: ${says}`;
  }
  const codes = causes.map(codeOf).filter((code) => /^[A-Z][A-Z0-9_]{3,60}$/.test(code));
  return `Slack can't be reached${codes.length === 0 ? "" : ` (${codes.at(-1)})`}`;
}

function wordOf(error: unknown): string | null {
  const data = memberOf(error, "data");
  const word = memberOf(data, "error");
  return typeof word === "string" && /^[a-z][a-z_]{2,59}$/.test(word) ? word : null;
}

/** What it was caused by, the nearest first. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let each = error; each instanceof Error && causes.length < 5;) {
    causes.push(each);
    each = each.cause ?? memberOf(each, "original");
  }
  return causes;
}

function memberOf(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
