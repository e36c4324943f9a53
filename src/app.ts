import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "./config/schema.ts";
import { MINUTE_MS, SECOND_MS } from "./core/time.ts";
import { type Assembly, Engine } from "./engine/engine.ts";
import { startWriterThread, type NotOpened } from "./engine/writer-client.ts";
import { createApi, createPublicDoor } from "./http/api.ts";
import { listenSocket, listenTcp, type Listening } from "./http/serve.ts";
import {
  configApplied,
  configNotApplied,
  configNotKept,
  configRefused,
  configWaits,
  connectorFailed,
  sourceTrouble,
  sourceWell,
  started,
  starting,
  stopped,
  stopping,
  bug,
} from "./observe/events.ts";
import type { Log } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { commitObserver, workerObserver } from "./observe/observers.ts";
import { overhear, type Scrubber } from "./observe/scrub.ts";
import { systemClock, type Clock } from "./ports/clock.ts";
import type { Http } from "./ports/http.ts";
import { openUndiciHttp } from "./ports/undici-http.ts";
import { openSecrets } from "./secrets/read.ts";
import type { LineJudge } from "./sources/line-judge.ts";
import { wordsOf, type TailEvent } from "./sources/tail-event.ts";
import { openReader } from "./store/queries.ts";
import { StoreError } from "./store/store.ts";
import { assemble } from "./app/assembly.ts";
import { ConfigKeeper } from "./app/config-keeper.ts";
import { keepLastGood } from "./app/last-good.ts";
import { version } from "./app/version.ts";
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
  readonly log: Log;
  /** Learns the secrets that are looked up, so that the log can take them out. */
  readonly scrubber?: Scrubber;
  /** The process must end: nothing can be written any more. */
  readonly died: (error: Error) => void;
  readonly clock?: Clock;
  /** Other parts than the real ones, for crash tests and measurements. */
  readonly instead?: {
    readonly writerEntry?: URL;
    readonly http?: (real: Http) => Http;
    readonly judge?: (real: LineJudge) => LineJudge;
  };
}

/** How long calls in flight are waited for when Riposte is asked to stop. */
const STOP_WITHIN_MS = 15 * SECOND_MS;
/** Beyond the concurrency of the lanes, which share no connection unless they share a host. */
const CONNECTIONS_PER_ORIGIN = 256;

/** Builds every part in order and starts them; `stop` takes them down in reverse. */
export async function startApp(options: AppOptions): Promise<App | StartFailure> {
  const { config, configPath, log, died, clock = systemClock, instead = {} } = options;
  const startedAt = clock.now();
  starting(log, { version, config: configPath, database: config.store.path });
  const metrics = createMetrics({ version, node: process.version });
  const commits = commitObserver(log, metrics);

  const secrets = openSecrets(clock, process.env);
  const network = openUndiciHttp({ connectionsPerOrigin: CONNECTIONS_PER_ORIGIN, clock });
  const http = instead.http?.(network) ?? network;
  let generation = 0;
  const assemblyOf = (of: Config) =>
    assemble({
      config: of,
      generation: (generation += 1),
      http,
      clock,
      tellOfSource: (source, event) => tellOfSource(log, source, event),
      ...(instead.judge !== undefined && { judge: instead.judge }),
    });
  const first = assemblyOf(config);
  let { snapshot } = first.setup;

  const folder = makeFolder(config.store.path);
  if (folder !== null) return folder;
  const door = await startWriterThread({
    // Its ending is this file's own: `.ts` in a checkout, `.js` as it is shipped.
    entry: instead.writerEntry ?? new URL(`app/writer-entry${import.meta.url.slice(-3)}`, import.meta.url),
    data: { path: config.store.path, synchronous: "full", snapshot },
    told: commits,
    clock,
    failedToDraw: ({ destination, incident, error }) => {
      metrics.workerFailed(destination);
      connectorFailed(log, { destination, incident, error });
    },
    troubled: damped(clock, (message) =>
      log.warn({ message }, "planning or housekeeping failed and will be tried again"),
    ),
    died: (error) => {
      bug(log, error);
      died(error);
    },
  });
  if (!("submit" in door)) return door satisfies NotOpened;

  const reader = openReader(config.store.path);
  if (reader instanceof StoreError) {
    await door.close();
    return reader;
  }
  const engine = new Engine({
    door,
    cursorOf: async (name) => (await reader.sources()).find((source) => source.name === name)?.cursor ?? null,
    secrets: options.scrubber === undefined ? secrets : overhear(secrets, options.scrubber),
    clock,
    observe: workerObserver(log, metrics),
  });
  const follow = async (assembly: Assembly, put: (assembly: Assembly) => Promise<void>): Promise<void> => {
    await put(assembly);
    snapshot = assembly.setup.snapshot;
    metrics.configApplied(snapshot.hash, clock.now());
    configApplied(log, { config: configPath, hash: snapshot.hash });
  };
  const keep = (databasePath: string, text: string): void => {
    try {
      keepLastGood(databasePath, text);
    } catch (error) {
      configNotKept(log, error);
    }
  };
  const keeper = new ConfigKeeper({
    path: configPath,
    clock,
    config,
    text: options.configText ?? null,
    apply: (next) => follow(assemblyOf(next), (assembly) => engine.apply(assembly)),
    tell: {
      applied(_, text) {
        metrics.configFileRefused(false);
        keep(config.store.path, text);
      },
      refused(lines) {
        metrics.configFileRefused(true);
        configRefused(log, { config: configPath, mistakes: lines });
      },
      failed: (error) => configNotApplied(log, error),
      waitsForRestart: (keys) => configWaits(log, { keys }),
    },
  });

  let isStopping = false;
  const parts = {
    version,
    startedAt,
    clock,
    reader,
    door,
    snapshot: () => snapshot,
    sources: () => Object.fromEntries(engine.sources.map((source) => [source.name, source.status()])),
    config: () => keeper.report,
    stopping: () => isStopping,
    metrics,
    log,
  };
  const close = async (doors: readonly Listening[]): Promise<void> => {
    await Promise.all(doors.map((listening) => listening.stop()));
    await network.close(0);
    await reader.close();
    await door.close().catch((error: unknown) => bug(log, error));
  };
  const doors: Listening[] = [];
  const opening = [
    () => listenSocket(createApi(parts).fetch, { path: config.socket, clock }),
    ...(config.http === null ? [] : [() => listenTcp(createPublicDoor(parts).fetch, { ...config.http!, clock })]),
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
    await follow(first, (assembly) => engine.start(assembly));
  } catch (error) {
    await within(engine.drain(), STOP_WITHIN_MS, clock);
    await close(doors);
    return {
      code: "unwritable",
      message: `${config.store.path} takes no writes (${(error as Error).message}): make room or let Riposte's user write there, then start it again. Nothing is lost.`,
    };
  }
  if (typeof options.configText === "string") keep(config.store.path, options.configText);
  if (options.configText !== undefined) keeper.start();
  const httpAddress = doors[1]?.address ?? null;
  letYoungSpaceGrow();
  started(log, { socket: config.socket, http: httpAddress, tookMs: clock.now() - startedAt });

  let ending: Promise<void> | null = null;
  const end = async (why: string): Promise<void> => {
    isStopping = true;
    stopping(log, { why });
    const beganAt = clock.now();
    await within(keeper.stop(), STOP_WITHIN_MS, clock);
    await within(engine.drain(), STOP_WITHIN_MS, clock);
    const callsLeft = engine.inFlight;
    await close(doors);
    stopped(log, { tookMs: clock.now() - beganAt, callsLeft });
  };

  return {
    httpAddress,
    socketPath: config.socket,
    reload: () => keeper.reload(),
    stop: (why) => (ending ??= end(why)),
  };
}

function makeFolder(databasePath: string): StartFailure | null {
  const folder = dirname(databasePath);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    return {
      code: "unwritable",
      message: `${folder} can't be made (${code}): make it yourself and let Riposte's user write there, or name another file in \`store\`.`,
    };
  }
}

function tellOfSource(log: Log, source: string, event: TailEvent): void {
  switch (event.kind) {
    case "opened":
      log.info({ source, path: event.path, offsetBytes: event.offsetBytes }, "reading");
      return;
    case "well":
      sourceWell(log, { source, state: event.kind });
      return;
    case "missing":
    case "unreadable":
    case "truncated":
    case "gap":
    case "cursor_unreadable":
    case "not_accepted":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOf(event) });
  }
}

/** The same words again and again are passed on once a minute. */
function damped(clock: Clock, say: (message: string) => void): (message: string) => void {
  let last = { message: "", at: 0 };
  return (message) => {
    const at = clock.now();
    if (message === last.message && Math.abs(at - last.at) < MINUTE_MS) return;
    last = { message, at };
    say(message);
  };
}

async function within(work: Promise<void>, ms: number, clock: Clock): Promise<void> {
  let cancel = (): void => {};
  const tooLate = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, tooLate]);
  cancel();
}
