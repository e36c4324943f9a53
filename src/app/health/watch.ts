import { dirname } from "node:path";
import type { Config } from "../../config/schema.ts";
import { nameOfStore } from "../../config/store.ts";
import type { Destination } from "../../connectors/connector.ts";
import { type DoorTrouble, type HealthFacts, OWN_POLICIES, problemOf, type Problem } from "../../core/own-health.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { WriterDoor } from "../../engine/door.ts";
import type { LiveSource } from "../../http/source-report.ts";
import { alarmRung, heartbeatTrouble, nodesNotListed, ownHealthFailed } from "../../observe/events.ts";
import type { Log } from "../../observe/log.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { Processes } from "../../ports/processes.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { Source } from "../../sources/source.ts";
import type { Reader } from "../../store/queries.ts";
import type { WazuhApi } from "../../wazuh/api/client.ts";
import type { KeptSecret } from "../secrets/keeper.ts";
import { Alarm } from "./alarm.ts";
import { createLook } from "./facts.ts";
import { Heartbeat } from "./heartbeat.ts";
import { LOOK_MS, Monitor } from "./monitor.ts";
import { NodeWatch } from "./nodes.ts";

export interface HealthParts {
  readonly clock: Clock;
  readonly door: Pick<WriterDoor, "submit">;
  readonly reader: Reader;
  readonly http: Http;
  readonly processes?: Processes;
  readonly secrets: Secrets;
  readonly keptSecrets?: () => readonly KeptSecret[];
  readonly config: () => Config;
  readonly snapshot: () => Snapshot;
  readonly destinations: () => readonly (readonly [name: string, destination: Destination])[];
  readonly sources: () => Readonly<Record<string, LiveSource>>;
  readonly unsent: () => HealthFacts["unsent"];
  readonly unheard?: () => readonly DoorTrouble[];
  /** The same as they run, to ask which nodes they bring alerts of. */
  readonly running: () => readonly Source[];
  readonly wazuhApi: () => WazuhApi | null;
  readonly log: Log;
}

export interface HealthWatch {
  start(): void;
  stop(): Promise<void>;
}

/** Looks after Riposte itself: problems become incidents, a database that takes nothing an alarm, being well a heartbeat. */
export function watchHealth(parts: HealthParts): HealthWatch {
  const { clock, http, processes, secrets, log, config, destinations } = parts;
  const { store } = config();
  const folder = store.kind === "sqlite" ? dirname(store.path) : null;
  const alarm = new Alarm({
    clock,
    http,
    processes,
    secrets,
    destinations: () => destinations().filter(([name]) => config().health.tell.includes(name)),
    rung: (destination, evidence) => alarmRung(log, { destination, evidence }),
  });
  const failed = (error: unknown): void => ownHealthFailed(log, error);
  const nodes = new NodeWatch({
    clock,
    config,
    wazuhApi: parts.wazuhApi,
    sources: parts.running,
    trouble: (says) => nodesNotListed(log, says),
  });
  const monitor = new Monitor({
    clock,
    look: createLook({ ...parts, folder, silentNodes: () => nodes.silent() }),
    terms: () => ({
      quietSourceMs: config().health.quietSourceMs,
      destinations: new Set(destinations().map(([name]) => name)),
    }),
    submit: (stretch) => parts.door.submit(stretch),
    remembered: () => remembered(parts),
    unwritable: (error) => void alarm.ring(unwritable(folder ?? nameOfStore(store), error)).catch(failed),
    failed,
  });
  const isWell = (): boolean => {
    const { writtenAt, problems } = monitor;
    // Either way: a clock that was set back must not make a look of long ago a fresh one.
    if (writtenAt === null || Math.abs(clock.now() - writtenAt) > 3 * LOOK_MS) return false;
    return !problems.some(({ kind }) => kind === "source_trouble");
  };
  const heartbeat = new Heartbeat({
    clock,
    http,
    secrets,
    terms: () => config().health.heartbeat,
    isWell,
    trouble: (says) => heartbeatTrouble(log, says),
  });
  return {
    start() {
      monitor.start();
      nodes.start();
      heartbeat.start();
    },
    async stop() {
      await Promise.all([monitor.stop(), nodes.stop(), heartbeat.stop()]);
    },
  };
}

/** More problems at once than there can be. */
const MOST = 200;

async function remembered({ reader }: HealthParts): Promise<readonly Problem[]> {
  const found = await reader.incidents({ policyPrefix: OWN_POLICIES, state: "unresolved", limit: MOST });
  return found.flatMap((incident) => problemOf(incident) ?? []);
}

function unwritable(place: string, error: unknown): Problem {
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: "disk",
    about: place,
    destination: null,
    level: 13,
    title: "Riposte can't store alerts",
    says: `${why} Until then no alert is taken in: they wait in Wazuh's file, and nothing of them is lost. This message is the only one; riposte status says more.`,
  };
}
