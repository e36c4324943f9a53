import type { IpNetwork } from "./ip-network.ts";
import { readIp, readNetwork } from "./ip-network.ts";
import type { QuietResponses } from "./response-quiet.ts";
import type { ResponseAction, ResponseMode } from "./response.ts";

/** What a config allows its responses. Plain, and part of the snapshot. */
export interface Guardrails {
  readonly modes: Readonly<Record<ResponseAction, ResponseMode>>;
  readonly protect: Protected;
  readonly limits: readonly ResponseLimit[];
  /** Who may approve, by name: that of a token, at the admin socket, or of somebody in Slack. A name is one person. */
  readonly approvers: readonly string[];
  /** Those who may do so in Slack: their names by their ids there; absent: nobody. */
  readonly slack?: Readonly<Record<string, string>>;
  /** Two of them for these. */
  readonly fourEyes: readonly ResponseAction[];
  readonly approveWithinMs: number;
  /** Absent: nothing is begun less at one hour than at another. */
  readonly quietHours?: readonly QuietResponses[];
  /** Commands of `ar.conf` that `run-command` and `isolate-host` may run. */
  readonly commands: readonly string[];
  /** The Wazuh API is configured: without it nobody can be asked, and nothing be sent. */
  readonly hasApi: boolean;
  /** Nothing is done, whatever the config says: these are the modes that it has. */
  readonly rehearses?: Readonly<Record<ResponseAction, ResponseMode>>;
}

export interface Protected {
  /** Globs of names, and `uid:1001`. */
  readonly users: readonly string[];
  /** Members of these are protected as the users are. */
  readonly groups: readonly string[];
  /** Ids, globs of names, `group:web-*`, `label:tier=0`. */
  readonly agents: readonly string[];
  /** Addresses and networks. */
  readonly networks: readonly string[];
}

export type ResponseLimit =
  | {
      readonly kind: "count";
      /** Null: of any action. */
      readonly action: ResponseAction | null;
      /** Counted for each target apart, wherever it is. */
      readonly each: "target" | null;
      readonly max: number;
      readonly perMs: number;
    }
  | {
      readonly kind: "share";
      readonly action: ResponseAction | null;
      /** Of all agents, as a part of 1. */
      readonly share: number;
      readonly perMs: number;
    };

/** A single address counts as the network that holds it alone. */
export function readProtectedNetwork(text: string): IpNetwork | null {
  const network = readNetwork(text);
  if (network !== null) return network;
  const address = readIp(text);
  return address === null ? null : { ...address, prefix: address.bits };
}
