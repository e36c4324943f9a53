import type { TargetKind } from "./action.ts";
import type { Carrier, ResponseAction } from "./response.ts";
import { HOUR_MS, MINUTE_MS, DAY_MS } from "./time.ts";

/** What an action is, for whoever configures it, documents it or looks whether it can be done. */
export interface ActionDefinition {
  readonly does: string;
  readonly target: TargetKind;
  /** The field that names the target where the policy names none; null: the agent is the target. */
  readonly field: string | null;
  readonly by: readonly Carrier[];
  /** Without it a policy has to say how long. Several: the further ones are for who comes back. Null: it never ends. */
  readonly liftAfterMs: readonly number[] | null;
  /** What the user of the Wazuh API must be allowed, beside agent:read. */
  readonly permissions: readonly string[];
  readonly example: string;
  /** How it is known to be so. */
  readonly verified: Readonly<Partial<Record<Carrier, string>>>;
  readonly wayBack: Readonly<Partial<Record<Carrier, string>>>;
}

const UNPROVABLE = "not: the script says that it got its order, and nothing more";
const LOOKED = "the companion looks afterwards, says what it found, and is asked again every hour";
const BY_EXECD = "by Wazuh on the agent, after the time in the name of the command";
const BY_ORDER = "by an order of Riposte's, until the companion says that it is so";

export const CATALOGUE: Readonly<Record<ResponseAction, ActionDefinition>> = {
  "disable-account": {
    does: "locks an account",
    target: "user",
    field: "data.dstuser",
    by: ["wazuh", "companion"],
    liftAfterMs: [HOUR_MS],
    permissions: ["active-response:command", "syscollector:read"],
    example: "{ do: disable-account, by: companion, user: data.dstuser, lift_after: 1h, only_if: account_taken }",
    verified: { wazuh: UNPROVABLE, companion: LOOKED },
    wayBack: { wazuh: BY_EXECD, companion: BY_ORDER },
  },
  "block-ip": {
    does: "drops what comes from an address",
    target: "address",
    field: "data.srcip",
    by: ["wazuh", "companion"],
    liftAfterMs: [10 * MINUTE_MS, HOUR_MS, DAY_MS],
    permissions: ["active-response:command"],
    example: "{ do: block-ip, address: data.srcip }",
    verified: { wazuh: UNPROVABLE, companion: LOOKED },
    wayBack: { wazuh: BY_EXECD, companion: BY_ORDER },
  },
  "restart-agent": {
    does: "restarts the Wazuh agent",
    target: "agent",
    field: null,
    by: ["wazuh"],
    liftAfterMs: null,
    permissions: ["agent:restart"],
    example: "{ do: restart-agent }",
    verified: { wazuh: "the agent says that it has started (rule 503)" },
    wayBack: { wazuh: "nothing to take back" },
  },
  "isolate-host": {
    does: "cuts the agent off from all but its manager; by wazuh with the command of ar.conf that you name",
    target: "agent",
    field: null,
    by: ["wazuh", "companion"],
    liftAfterMs: [HOUR_MS],
    permissions: ["active-response:command"],
    example: "{ do: isolate-host, by: companion, lift_after: 1h }",
    verified: { wazuh: UNPROVABLE, companion: LOOKED },
    wayBack: { wazuh: BY_EXECD, companion: BY_ORDER },
  },
  "run-command": {
    does: "runs a command of ar.conf",
    target: "agent",
    field: null,
    by: ["wazuh"],
    liftAfterMs: null,
    permissions: ["active-response:command"],
    example: "{ do: run-command, command: collect-evidence }",
    verified: { wazuh: UNPROVABLE },
    wayBack: { wazuh: `${BY_EXECD}, where lift_after gives it one` },
  },
};
