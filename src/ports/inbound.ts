import type { Instant } from "../core/time.ts";

/** A request that somebody else's server made by itself, signed, as it came in. */
export interface SignedRequest {
  /** The two headers of Slack's. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly body: () => Promise<Uint8Array>;
}

export type SignedAnswer =
  /** Null: there is nothing to say but that it came. */
  | { readonly kind: "taken"; readonly reply: object | null }
  | { readonly kind: "refused"; readonly code: "unauthorised" | "conflict"; readonly says: string };

/** Takes what is signed; at once, or when that takes long, as soon as it has to be answered. */
export type SignedHook = (request: SignedRequest) => Promise<SignedAnswer>;

/** One thing that came over a connection that we opened ourselves. */
export interface Envelope {
  /** As the other side calls it: `interactive`, `slash_commands`. */
  readonly type: string;
  readonly payload: unknown;
}

/** Says what to answer with; the envelope is acknowledged then, and delivered again if it never is. */
export type TakeEnvelope = (envelope: Envelope) => Promise<object | null>;

/** A connection that we keep open so that others can reach us without a port of ours. */
export interface Inbound {
  start(): void;
  stop(): Promise<void>;
  status(): InboundStatus;
}

export interface InboundStatus {
  readonly state: "connecting" | "connected" | "waiting" | "stopped";
  /** What keeps it from being connected, in a sentence without secrets; null: nothing does. */
  readonly trouble: string | null;
  /** Since when it is not connected; null: it is. */
  readonly downSince: Instant | null;
}
