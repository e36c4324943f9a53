import { randomUUID } from "node:crypto";
import type { Config } from "./config/schema.ts";
import { folderOf, nameOfStore } from "./config/store.ts";
import { SECOND_MS } from "./core/time.ts";
import { Engine } from "./engine/engine.ts";
import { createApi } from "./http/api.ts";
import type { TestWanted } from "./core/test-alert.ts";
import { listenSocket, type Listening } from "./http/serve.ts";
import { configApplied, databaseAway, started, starting, stopped, stopping, bug } from "./observe/events.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { commitObserver, workerObserver } from "./observe/observers.ts";
import type { Scrubber } from "./observe/scrub.ts";
import { systemClock, type Clock } from "./ports/clock.ts";
import type { Http } from "./ports/http.ts";
import type { LineJudge } from "./sources/line-judge.ts";
import { assemble, type Assembled } from "./app/assembly.ts";
import { openTcpDoor } from "./app/tcp-door.ts";
import { openSecretKeeping } from "./app/secrets/open.ts";
import { tellOfWriter } from "./app/tell-of-writer.ts";
import { keepConfig, tellOfConfig } from "./app/tell-of-config.ts";
import { tellOfSource } from "./app/tell-of-source.ts";
import { within } from "./app/within.ts";
import { keepAudit, type KeptAudit } from "./app/audit/keep.ts";
import { carryOut } from "./app/carry-out.ts";
import { ConfigKeeper } from "./app/config-keeper.ts";
import { intakesOf } from "./app/intakes.ts";
import { watchHealth } from "./app/health/watch.ts";
import type { OssecPart } from "./app/read-config.ts";
import { readKept } from "./app/read-kept.ts";
import { openDatabase } from "./app/open-database.ts";
import { tooFewOpenFiles } from "./app/open-files.ts";
import { openOutside } from "./app/outside.ts";
import { followSlack } from "./app/slack/follow.ts";
import { sendTestAlert } from "./app/test-alert.ts";
import { version } from "./app/version.ts";
import { watchPeople } from "./app/watch-people.ts";
import { letYoungSpaceGrow } from "./app/young-space.ts";

/** A running Riposte. */
export interface App {
  /** `127.0.0.1:8080`; null: no port was asked for. */
  readonly httpAddress: string | null;
  readonly socketPath: string;
  /** Takes the config's file as it is now. What came of it is in the log and in `riposte status`. */
  reload(): Promise<void>;
  /** Ends what is under way in bounded time. What is left stands in the database. */
  stop(why: string): Promise<void>;
}

/** Why it can't start, in one sentence with what to do. `code` is the store's, or `cannot_listen`. */
export interface StartFailure {
  readonly code: string;
  readonly message: string;
}

export interface AppOptions {
  readonly config: Config;
  /** The file that is followed. */
  readonly configPath: string;
  /**
   * What `config` was read from: that file is followed from now on. Null: it was read from elsewhere, and the file has
   * to be put right first. Without it no file is followed.
   */
  readonly configText?: string | null;
  /** What came of the blocks of `ossec_conf` in `config`; not said where it names no such file. */
  readonly ossec?: OssecPart | null;
  readonly log: Log;
  /** Learns the secrets that are looked up, so that the log can take them out. */
  readonly scrubber?: Scrubber;
  /** The process must end: nothing can be written any more. */
  readonly died: (error: Error) => void;
  readonly clock?: Clock;
  /** Aborted when it is to stop before it has started. */
  readonly signal?: AbortSignal;
  /** Other parts than the real ones, for crash tests and measurements. */
  readonly instead?: {
    readonly writerEntry?: URL;
    readonly http?: (real: Http) => Http;
    readonly judge?: (real: LineJudge) => LineJudge;
  };
}

/** How long calls in flight are waited for when Riposte is asked to stop. */
const STOP_WITHIN_MS = 15 * SECOND_MS;
/** Less than that: what comes of a script that has to be ended is still to be written down. */
const SCRIPTS_END_WITHIN_MS = 8 * SECOND_MS;

/** Builds every part in order and starts them; `stop` takes them down in reverse. */
export async function startApp(options: AppOptions): Promise<App | StartFailure> {
  const { config, configPath, log, died, clock = systemClock, instead = {} } = options;
  const startedAt = clock.now();
  starting(log, { version, config: configPath, database: nameOfStore(config.store) });
  const tooFew = tooFewOpenFiles();
  if (tooFew !== null) return tooFew;
  const metrics = createMetrics({ version, node: process.version });
  const commits = commitObserver(log, metrics);

  let audit: KeptAudit | null = null;
  const { secrets, keptSecrets } = openSecretKeeping({
    config,
    clock,
    log,
    scrubber: options.scrubber,
    outside: () => ({ http, processes }),
    note: (about) => audit?.secretChanged(about),
  });
  const outside = openOutside({ settings: config.httpClient, secrets, clock, log });
  const { network, apis, indexers, processes } = outside;
  const http = instead.http?.(network) ?? network;
  let generation = 0;
  const assemblyOf = (of: Config) =>
    assemble({
      config: of,
      generation: (generation += 1),
      http,
      clock,
      wazuhApi: apis.of(of),
      indexerOf: (source) => indexers.of(source, of.httpClient),
      agents: apis.agents,
      reader: () => reader,
      wrap: (destinations) => keptSecrets.wrap(of, destinations),
      tellOfSource: (source, event) => tellOfSource(log, source, event),
      ...(instead.judge !== undefined && { judge: instead.judge }),
    });
  const first = assemblyOf(config);
  keptSecrets.follow(config, first.destinations);
  let { snapshot } = first.setup;

  const database = await openDatabase({
    config,
    secrets,
    snapshot,
    waits: (message) => databaseAway(log, { message }),
    signal: options.signal ?? new AbortController().signal,
    thread: {
      // Its ending is this file's own: `.ts` in a checkout, `.js` as it is shipped.
      entry: instead.writerEntry ?? new URL(`app/writer-entry${import.meta.url.slice(-3)}`, import.meta.url),
      told: commits,
      clock,
      ...tellOfWriter(log, metrics, clock, died),
    },
  });
  if (!("door" in database)) return database;
  const { door, reader } = database;
  const engine = new Engine({
    door,
    cursorOf: async (name) => (await reader.sources()).find((source) => source.name === name)?.cursor ?? null,
    processes,
    secrets,
    clock,
    observe: workerObserver(log, metrics),
  });
  let inForce = config;
  let current = first;
  const follow = async (next: Config, assembly: Assembled, put: (of: Assembled) => Promise<void>): Promise<void> => {
    await put(assembly);
    network.use(next.httpClient);
    keptSecrets.follow(next, assembly.destinations);
    inForce = next;
    current = assembly;
    snapshot = assembly.setup.snapshot;
    metrics.configApplied(snapshot.hash, clock.now());
    configApplied(log, { config: configPath, hash: snapshot.hash });
    await slack.follow();
  };
  const keep = (text: string | null, ossec: OssecPart | null): void => keepConfig(log, folderOf(config), text, ossec);
  const keeper = new ConfigKeeper({
    path: configPath,
    clock,
    config,
    text: options.configText ?? null,
    ossec: options.ossec ?? null,
    apply: (next) => follow(next, assemblyOf(next), (assembly) => engine.apply(assembly)),
    tell: tellOfConfig({ log, metrics, configPath, keep }),
  });

  const slack = followSlack({ clock, door, reader, http, secrets, log, config: () => inForce });
  const sources = () => Object.fromEntries(engine.sources.map((source) => [source.name, source.status()]));
  const health = watchHealth({
    clock,
    door,
    reader,
    http,
    processes,
    secrets,
    keptSecrets: () => keptSecrets.kept,
    config: () => inForce,
    snapshot: () => snapshot,
    destinations: () => [...current.destinations],
    sources,
    unsent: () => keeper.unsent,
    unheard: () => slack.troubles(),
    running: () => engine.sources,
    wazuhApi: () => apis.of(inForce),
    log,
  });

  const survey = watchPeople({ clock, door, reader, http, secrets, log, destinations: () => current.destinations });

  audit = keepAudit({ door, reader, clock, secrets, config: () => inForce, log });
  const keepers = [keptSecrets, health, survey, audit];
  const actuator = carryOut({ door, clock, apis, config: () => inForce, log });

  let isStopping = false;
  const parts = {
    version,
    startedAt,
    clock,
    reader,
    door,
    snapshot: () => snapshot,
    lineFilter: () => current.lineFilter,
    filterTag: () => current.lineFilter.etag,
    ...readKept(() => inForce.policies),
    sources,
    intakes: () => intakesOf(engine.sources),
    config: () => keeper.report,
    secrets: () => keptSecrets.kept,
    stopping: () => isStopping,
    testAlert: (wanted: TestWanted) => sendTestAlert(wanted, { clock, door, reader, policies: () => inForce.policies }),
    slackHook: slack.hook,
    newId: randomUUID,
    metrics,
    log,
  };
  const close = async (doors: readonly Listening[]): Promise<void> => {
    await Promise.all(doors.map((listening) => listening.stop()));
    await Promise.all([network.close(0), apis.close(), indexers.close()]);
    await reader.close();
    await door.close().catch((error: unknown) => bug(log, error));
  };
  const doors: Listening[] = [];
  const opening = [
    () => listenSocket(createApi(parts).fetch, { path: config.socket, clock }),
    ...(config.http === null
      ? []
      : [() => openTcpDoor(config.http!, parts, () => inForce.http?.tokens ?? [], secrets)]),
  ];
  for (const open of opening) {
    const listening = await open();
    if (listening.kind === "cannot_listen") {
      await close(doors);
      return { code: "cannot_listen", message: listening.message };
    }
    doors.push(listening);
  }

  try {
    await follow(config, first, (assembly) => engine.start(assembly));
  } catch (error) {
    await within(Promise.all([engine.drain(), processes.close(SCRIPTS_END_WITHIN_MS)]), STOP_WITHIN_MS, clock);
    await close(doors);
    return {
      code: "unwritable",
      message: `${nameOfStore(config.store)} takes no writes (${(error as Error).message}): make room or let Riposte's user write there, then start it again. Nothing is lost.`,
    };
  }
  keep(options.configText ?? null, options.ossec ?? null);
  if (options.configText !== undefined) keeper.start();
  for (const each of [...keepers, actuator]) each.start();
  const httpAddress = doors[1]?.address ?? null;
  letYoungSpaceGrow();
  started(log, { socket: config.socket, http: httpAddress, tookMs: clock.now() - startedAt });

  let ending: Promise<void> | null = null;
  const end = async (why: string): Promise<void> => {
    isStopping = true;
    stopping(log, { why });
    const beganAt = clock.now();
    await within(keeper.stop(), STOP_WITHIN_MS, clock);
    const ended = [
      ...keepers.map((each) => each.stop()),
      actuator.drain(),
      slack.stop(),
      engine.drain(),
      processes.close(SCRIPTS_END_WITHIN_MS),
    ];
    await within(Promise.all(ended), STOP_WITHIN_MS, clock);
    const callsLeft = engine.inFlight;
    await close(doors);
    stopped(log, { tookMs: clock.now() - beganAt, callsLeft });
  };

  return {
    httpAddress,
    socketPath: config.socket,
    async reload() {
      await keeper.reload();
      await keptSecrets.lookNow();
    },
    stop: (why) => (ending ??= end(why)),
  };
}
