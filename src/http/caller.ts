import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { type Scope, SCOPES } from "../core/scope.ts";

export type { Scope } from "../core/scope.ts";

/** Who speaks to a door, as far as the door could make sure of it. */
export interface Caller {
  /** A token's, or what somebody at the admin socket calls himself: what the audit has as who. */
  readonly name: string;
  readonly may: ReadonlySet<Scope>;
}

export const MAY_ALL: ReadonlySet<Scope> = new Set(SCOPES);

/** What every route finds in hono's context. */
export interface DoorEnv {
  Variables: {
    /** Set before a route that needs a scope is asked. */
    caller: Caller;
    /** In the answer, in the log and in the problem. */
    requestId: string;
    /** Of the route that was asked for, as it is in the list. */
    path: string | undefined;
  };
  /** Absent where nobody listens, as for a command without a server. */
  Bindings: Partial<HttpBindings>;
}

export type DoorContext = Context<DoorEnv>;

/** Finds out who calls; what can't be told is answered by the problem that it gives. */
export type Identify = (context: DoorContext) => Promise<Caller | Response> | Caller | Response;
