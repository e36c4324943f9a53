import { compileGlob } from "./glob.ts";
import type { Protected } from "./guardrails.ts";

/** What the manager's inventory knows of an account on an agent. */
export interface KnownUser {
  readonly uid: string;
  readonly groups: readonly string[];
}

/** Accounts of the system itself and of services: no person's, and an agent without one of them may not work any more. */
const FIRST_PERSONS_UID = 1_000;

/**
 * What accounts are called, and nothing that a shell, a tool or a reader could take for something else. Names beyond it
 * exist, and are refused: in doubt nothing is done.
 */
const USER_NAME =
  /^(?=.{1,128}$)(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\\)?[A-Za-z_][A-Za-z0-9._-]{0,63}\$?(?:@[A-Za-z0-9][A-Za-z0-9.-]{0,63})?$/;

/** Null: it may be the name of an account; else why it may not. */
export function unfitUser(name: string): string | null {
  if (name === "") return "the alert names no user";
  if (/^\d+$/.test(name)) return "a number is no name: tools take it for a uid";
  return USER_NAME.test(name) ? null : "it is no name that every tool reads alike";
}

/** Why the account must not be touched; null: nothing known protects it. */
export function protectedUser(name: string, { users, groups }: Protected, known: KnownUser | null): string | null {
  const forms = formsOf(name);
  const plain = plainUser(name);
  if (plain.endsWith("$")) return "it is the account of a machine";
  for (const pattern of users) {
    if (pattern.startsWith("uid:")) {
      if (known !== null && known.uid === pattern.slice(4)) return `guardrails protect ${pattern}`;
      continue;
    }
    const matches = compileGlob(pattern.toLowerCase());
    if (forms.some(matches) || formsOf(pattern).some((form) => form === plain)) return `guardrails protect ${pattern}`;
  }
  if (known === null) return null;
  if (isSystemUid(known.uid)) return `its uid is ${known.uid}, one of the system's own`;
  for (const of of known.groups) {
    const forms = formsOf(of);
    for (const pattern of groups) {
      const matches = compileGlob(pattern.toLowerCase());
      if (forms.some(matches)) return `it is a member of ${pattern}`;
    }
  }
  return null;
}

/** A uid that is no plain number is a SID: its last part says whether it is one of the system's own. */
function isSystemUid(uid: string): boolean {
  if (/^\d+$/.test(uid)) return Number(uid) < FIRST_PERSONS_UID;
  const [, rid] = /^S-1-[\d-]*-(\d+)$/i.exec(uid) ?? [];
  return rid === undefined || Number(rid) < FIRST_PERSONS_UID;
}

/**
 * The same account in all the ways that logs write it, the plain name last: `CORP\alice`, `alice@corp.example` and
 * `Alice` are all protected by `alice`.
 */
export function formsOf(name: string): readonly string[] {
  const lower = name.toLowerCase();
  const withoutDomain = lower.slice(lower.lastIndexOf("\\") + 1);
  const at = withoutDomain.indexOf("@");
  const plain = at > 0 ? withoutDomain.slice(0, at) : withoutDomain;
  return [...new Set([lower, withoutDomain, plain])];
}

/** The name without any domain, in small letters. */
export function plainUser(name: string): string {
  return formsOf(name).at(-1) ?? name;
}

/** Whether two names may be of one account. */
export function isSameUser(one: string, other: string): boolean {
  return plainUser(one) === plainUser(other);
}
