import type { z } from "zod";
import type { Later, Look, Outcome, Reason } from "../core/outcome.ts";
import type { Picture } from "../core/picture.ts";
import type { Plan, Receipt } from "../core/receipt.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Processes } from "../ports/processes.ts";
import type { Secrets } from "../ports/secrets.ts";

/** A kind of destination. One folder each: this, its schema, a readme.md and tests that begin with `conformance.ts`. */
export interface Connector<Config> {
  /** The `type` in the config. */
  readonly type: string;
  /** Strict; every secret is a `SecretRef`. Without `type`, which the assembled schema adds. */
  readonly schema: z.ZodType<Config>;
  /** Acts on Wazuh's alerts, and might do harm with others: hears of Riposte itself only where `health.tell` names it. */
  readonly onlyWazuh?: true;
  /** It tells people in a channel: its schema has a `digest`, and its capabilities say it. */
  readonly digests?: true;
  /** It sends what wazuh-integratord would have sent, so that nothing is left out unless its config says so. */
  sendsAsIntegratord?(config: Config): boolean;
  /** The config with what the file says once for all destinations, where it says nothing else of its own. */
  linked?(config: Config, links: Links): Config;
  /** What it can do over there, and at what pace. */
  capabilities(config: Config): Capabilities;
  /** How `perform` sends a step, for a reader of the config; without it by a POST of JSON. */
  readonly way?: string;
  /** What `perform` sends beside the body of a step, and out of which secret, for a reader of the config. */
  adds?(config: Config): readonly string[];
  /** The body of a step as a person would read it over there, line by line, where JSON does not show it. */
  asText?(body: string): readonly string[];
  /** One destination, ready to be asked. Pure: touches nothing until `perform`. */
  destination(name: string, config: Config): Destination;
}

/** Where people go from what they are shown. */
export interface Links {
  /** Null: nowhere that we know of. */
  readonly wazuhDashboard: string | null;
  readonly console: string | null;
}

export type Capabilities = Omit<DestinationTerms, "name" | "type">;

/** What is configured of one, as its connector's schema left it. Plain enough to be handed to another thread. */
export interface DestinationSettings {
  readonly name: string;
  /** The `type` of its connector. */
  readonly type: string;
  readonly config: unknown;
}

/** The half of a destination that decides: pure, and all that planning takes. */
export interface Drawer {
  /**
   * The next single remote effect that brings the destination closer to the picture, or null when it shows what it
   * should (or all that it can). Pure; called again after each step with the receipt that the step's plan led to.
   */
  next(picture: Picture, receipt: Receipt | null, words: StepWords): Step | null;
}

/** One configured destination. */
export interface Destination extends Drawer {
  /** How long one step may take; without it as long as that of any other. */
  readonly deadlineMs?: number;
  /** Makes the one remote effect of the step. Never throws for anything that the outside does. */
  perform(step: Step, io: Io): Promise<Outcome>;
  /** Whether a step arrived, and how often. Only where `finds` is true. */
  find?(lost: Lost, io: Io): Promise<Look>;
  /**
   * What people did over there to what is ours, by anchors, a hundred at most. What is not answered for is as
   * it was.
   */
  survey?(anchors: readonly string[], io: Io): Promise<readonly Seen[] | Later>;
  /** Whether it could be used now, as far as can be told without showing anything to anybody. */
  probe(io: Io): Promise<Probe>;
}

/** A step whose call was cut off from its answer, or that was done again and may be there twice. */
export interface Lost {
  readonly mark: string;
  /** The connector's word for the step. */
  readonly action: string;
  readonly receipt: Receipt | null;
  /** When its first call began. */
  readonly since: Instant;
}

/** What became of a thing of ours by the hands of people. */
export interface Seen {
  readonly anchor: string;
  readonly state: "in_progress" | "closed";
  /** Since when, by our clock. What has no time can't be told from what was before, and is not seen. */
  readonly since: Instant;
  /** By its own names: `SEC-12 was closed as Won't Fix`. */
  readonly says: string;
}

/** What a step may say beyond the picture. */
export interface StepWords {
  /** The mark to leave on the other side. */
  readonly mark: string;
  /** An earlier call of this step may have arrived: say so where a reader would see it twice. */
  readonly repeat: boolean;
}

export interface Step {
  /** The connector's word for it: post, create, edit, comment. */
  readonly action: string;
  readonly safeToRepeat: boolean;
  /** What will be shown there once it arrived. */
  readonly plan: Plan;
  /** The anchor of what is changed; null for what is new. */
  readonly anchor: string | null;
  readonly mark: string;
  /** What `perform` sends. No secret is in it. */
  readonly body: string;
}

export interface Io {
  readonly http: Http;
  readonly secrets: Secrets;
  readonly now: Instant;
  /** For the whole step. */
  readonly deadlineMs: number;
  /** How much of it is left, where a step makes several calls; without it each of them has all of it. */
  readonly clock?: Pick<Clock, "now">;
  /** Without it no program can be run. */
  readonly processes?: Processes;
}

export interface Probe {
  readonly ok: boolean;
  /** What was seen, and where it is not ok what to do next; without secrets. */
  readonly says: string;
  /** Where it is not ok because of one call: what came of that. */
  readonly reason?: Reason;
  /** Where it is ok: the other side was not asked, so that its secrets have the right form and no more is known. */
  readonly onlyForm?: true;
}
