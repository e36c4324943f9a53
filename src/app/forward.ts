// The forwarder with the real disk, clock and network. It is loaded instead of `app.ts`, and loads nothing of it: what
// it takes, it takes of a manager's memory (a test over the import graph keeps it so).
import { writeSync } from "node:fs";
import { didYouMean } from "../config/nearest.ts";
import { visible } from "../core/visible.ts";
import { readFlatYaml } from "../forward/flat-yaml.ts";
import { Forwarder } from "../forward/forwarder.ts";
import { readPlace } from "../forward/kept-place.ts";
import { openServer } from "../forward/server.ts";
import {
  CONFIG_VARIABLE,
  FORWARD_KEYS,
  keyNamed,
  saidByEnvironment,
  settingsOf,
  type ForwardKey,
  type ForwardSettings,
  type ReadSettings,
  type Said,
  type SaidOf,
} from "../forward/settings.ts";
import type { Log, LogLevel } from "../observe/log.ts";
import { createPlainLog } from "../observe/plain-log.ts";
import { createScrubber, overhear, type Scrubber } from "../observe/scrub.ts";
import { systemClock } from "../ports/clock.ts";
import { diskFiles } from "../ports/disk-files.ts";
import { openDurableFolder, type DurableFolder } from "../ports/durable-folder.ts";
import { gunzip } from "../ports/gunzip.ts";
import { openLightHttp, type LightHttp } from "../ports/light-http.ts";
import { followLightTls } from "../ports/light-tls.ts";
import { readPlainFile } from "../ports/plain-file.ts";
import { systemRandom } from "../ports/random.ts";
import type { SecretValue } from "../ports/secrets.ts";
import { readFileSecret } from "../secrets/file.ts";
import { collector } from "./small-process.ts";
import { version } from "./version.ts";

const KIB = 1_024;
/** Less than what Riposte itself reads and hands over at a time: these are most of what it needs beyond its code. */
const LIMITS = { chunkBytes: 256 * KIB, alertBytes: 128 * KIB, alerts: 1_000 };

export interface ForwardFailure {
  readonly kind: "no_alerts" | "no_answer" | "no_state" | "not_let_in" | "config";
  readonly says: string;
}

export interface ForwardOptions {
  readonly settings: ForwardSettings;
  readonly level: Exclude<LogLevel, "silent">;
  readonly pretty: boolean;
  readonly askedToStop: () => Promise<string>;
  readonly tellBugsTo: (tell: (error: unknown) => void) => void;
}

/** Runs until it is asked to stop, or says why it can't start. */
export async function forwardAlerts(options: ForwardOptions): Promise<ForwardFailure | null> {
  const { settings, level, pretty, askedToStop, tellBugsTo } = options;
  const scrubber = createScrubber();
  const { scrub } = scrubber;
  const log = createPlainLog({ level, pretty, scrub, write: toStandardError, now: Date.now });
  tellBugsTo((error) => log.fatal({ err: error }, "a bug: ending, to be started again from what is kept"));
  const state = openState(settings);
  if ("says" in state) return state;
  const asked = askedToStop();

  const http = openHttp(settings, log);
  const forwarder = new Forwarder({
    settings,
    version,
    ...state,
    files: diskFiles,
    unpack: gunzip,
    http,
    token: tokenOf(settings, scrubber),
    clock: systemClock,
    random: systemRandom,
    log,
    limits: LIMITS,
  });
  log.info({ version, alerts: settings.alerts, to: settings.to, state: settings.state }, "forwarding");
  const started = forwarder.start();
  const why = await asked;
  log.info({ why }, "stopping");
  await forwarder.stop();
  await started;
  log.info({}, "stopped");
  return null;
}

/** Asks the server once, and looks whether the file can be read. */
export async function checkForward(
  settings: ForwardSettings,
): Promise<{ readonly lines: readonly string[]; readonly failure: ForwardFailure | null }> {
  const http = openHttp(settings, null);
  const scrubber = createScrubber();
  const token = tokenOf(settings, scrubber);
  const server = openServer({ http, to: settings.to, token, node: settings.node, version });
  const answer = await server.askFilter(null);
  http.close();
  if (answer.kind === "none" || answer.kind === "waits") {
    const says = answer.kind === "none" ? "it has no /v1/filter: is the address right?" : answer.says;
    const isLetIn = answer.kind === "none" || answer.why !== "unauthorised";
    // What the server says goes to a terminal, and it may say what it was told.
    const shown = visible(scrubber.scrub(`${settings.to}: ${says}`));
    return { lines: [], failure: { kind: isLetIn ? "no_answer" : "not_let_in", says: shown } };
  }
  const lines = [`${settings.to}: answers, and lets this sender in`];
  const file = diskFiles.open(settings.alerts);
  if (file.kind !== "open") {
    const why = file.kind === "missing" ? "there is no such file" : file.why;
    return { lines, failure: { kind: "no_alerts", says: `${settings.alerts}: ${why}` } };
  }
  file.close();
  return { lines: [...lines, `${settings.alerts}: can be read`], failure: null };
}

/** Of the flags first, then the environment, then the file that one of them names. */
export function readForwardSettings(from: {
  /** By the keys' names. */
  readonly flags: Readonly<Partial<Record<ForwardKey, string | undefined>>>;
  readonly env: Readonly<Partial<Record<string, string>>>;
  readonly config: string | null;
}): ReadSettings {
  const ofEnv = saidByEnvironment(from.env);
  const path = from.config ?? from.env[CONFIG_VARIABLE] ?? null;
  const ofFile = path === null ? { said: {}, mistakes: [] } : saidByFile(path);
  const mistakes = [...ofFile.mistakes, ...ofEnv.mistakes];
  // What can't be read of the file would be missed, and that is no second mistake.
  if (mistakes.length > 0) return { kind: "wrong", mistakes };
  return settingsOf(saidByFlags(from.flags), ofEnv.said, ofFile.said);
}

function saidByFlags(flags: Readonly<Partial<Record<ForwardKey, string | undefined>>>): SaidOf {
  const said: Partial<Record<ForwardKey, Said>> = {};
  for (const key of FORWARD_KEYS) {
    const value = flags[key];
    if (value !== undefined) said[key] = { value, where: `--${key.replaceAll("_", "-")}` };
  }
  return said;
}

const CONFIG_BYTES_MOST = 1_048_576;

function saidByFile(path: string): { readonly said: SaidOf; readonly mistakes: readonly string[] } {
  const file = readPlainFile(path, CONFIG_BYTES_MOST);
  if (file.kind === "unreadable") return { said: {}, mistakes: [`${path} ${file.why}`] };
  const flat = readFlatYaml(Buffer.from(file.bytes).toString("utf8"));
  if (flat.kind === "broken") return { said: {}, mistakes: [`${path}:${flat.line}:${flat.column} ${flat.says}`] };
  const said: Partial<Record<ForwardKey, Said>> = {};
  const mistakes: string[] = [];
  for (const [name, { value, line, column }] of flat.values) {
    const key = keyNamed(name);
    if (key === null) {
      const meant = didYouMean(name, FORWARD_KEYS) || `. Known here: ${FORWARD_KEYS.join(", ")}`;
      mistakes.push(`${path}:${line}:1 ${name}: unknown key${meant}`);
    } else if (value === "") mistakes.push(`${path}:${line}:1 ${name}: is empty`);
    else said[key] = { value, where: `${path}:${line}:${column} ${name}` };
  }
  return { said, mistakes };
}

function openState({
  state,
  alerts,
}: ForwardSettings): { folder: DurableFolder; cursor: string | null } | ForwardFailure {
  try {
    const folder = openDurableFolder(state);
    const place = readPlace(folder, alerts);
    switch (place.kind) {
      case "none":
        return { folder, cursor: null };
      case "kept":
        return { folder, cursor: place.cursor };
      case "of_other_alerts": {
        const says = `${state} is where a forwarder of ${place.alerts} keeps its place: name another folder with --state`;
        return { kind: "config", says };
      }
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const says = `${state} can't be used (${code}): make it, and let the user write there that this runs as`;
    return { kind: "no_state", says };
  }
}

function openHttp({ ca, cert, key }: ForwardSettings, log: Log | null): LightHttp {
  const troubled = (says: string): void =>
    log?.error({ trouble: says }, "a file of TLS can't be used; what was read from it before stays in use");
  const http = openLightHttp({
    clock: systemClock,
    tls: followLightTls({ files: { ca, cert, key }, clock: systemClock, troubled }),
  });
  const collect = collector();
  return {
    async request(request) {
      const answer = await http.request(request);
      collect(LEFT_BY_CALL_BYTES + TIMES_PACKED * (request.body?.length ?? 0));
      return answer;
    },
    close: () => http.close(),
  };
}

/** What Node reads into, and for TLS. */
const LEFT_BY_CALL_BYTES = 32 * KIB;
/** The lines that a body was made of, and what it was copied through. */
const TIMES_PACKED = 10;

/** As it is in its file now; whoever writes lines learns it, to take it out of them. */
function tokenOf({ tokenFile }: ForwardSettings, scrubber: Scrubber): (() => Promise<SecretValue>) | null {
  if (tokenFile === null) return null;
  const secrets = overhear({ read: () => readFileSecret(tokenFile) }, scrubber);
  return () => secrets.read({ file: tokenFile });
}

/** At once, and never in the way: with nobody left to read it, the log stops and nothing else does. */
function toStandardError(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // EAGAIN of a full pipe as well: a forwarder that waits for its log would hold alerts back.
  }
}
