/**
 * What somebody who speaks to Riposte over HTTP may do. `send`: hand alerts in. `hooks`: call back as another system.
 * `read`: see incidents, work and status. `act`: what people do about them.
 */
export type Scope = "send" | "hooks" | "read" | "act";

export const SCOPES: readonly Scope[] = ["send", "hooks", "read", "act"];

/** Words for sets of scopes that go together. */
export type Role = "viewer" | "responder" | "admin";

export const ROLES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ["read"],
  responder: ["read", "act"],
  admin: SCOPES,
};

export const SCOPE_SAYS: Readonly<Record<Scope, string>> = {
  send: "send alerts",
  hooks: "call hooks",
  read: "read everything",
  act: "act on incidents",
};
