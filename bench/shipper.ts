// Two log shippers, set to read a file of alerts, parse each line, and post what is of a level and above.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Backlog } from "./backlog.ts";
import { watched } from "./children.ts";
import { findProgram } from "./peers.ts";
import { cpuMs, residentBytes } from "./process-facts.ts";
import { monotonicMs, type SinkProcess } from "./sink-process.ts";

/** What stands before the id in a line as it was generated; shippers send lines as they are. */
export const SHIPPED_ID_KEY = '"manager":{"name":"manager-1"},"id":"';
/** rsyslog takes an answer for a loss where it is no JSON. */
export const SHIPPED_ANSWER = '{"result":"created"}';

export interface Shipper {
  readonly name: string;
  readonly program: string;
  /** What its config says and how it is started, in a folder where it may keep its own files. */
  set(place: Place): { readonly config: string; readonly args: readonly string[] };
}

export interface Place {
  readonly folder: string;
  readonly alerts: string;
  readonly configPath: string;
  readonly sinkUrl: string;
  readonly minLevel: number;
}

export interface Shipped {
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

const WITHIN_MS = 180_000;

export function findSyslogNg(): Shipper | undefined {
  const program = findProgram("syslog-ng");
  if (program === undefined) return undefined;
  return { name: "syslog-ng", program, set: syslogNgSettings };
}

/** Debian's has no output for plain HTTP; the one for Elasticsearch posts a line each when it is told not to gather. */
export function findRsyslog(): Shipper | undefined {
  const program = findProgram("rsyslogd");
  if (program === undefined) return undefined;
  const library = join(dirname(realpathSync(program)), "..", "lib");
  const modules = ["x86_64-linux-gnu/rsyslog", "aarch64-linux-gnu/rsyslog", "rsyslog"].map((name) =>
    join(library, name),
  );
  const folder = modules.find((path) => existsSync(join(path, "omelasticsearch.so")));
  return folder === undefined
    ? undefined
    : { name: "rsyslog", program, set: (place) => rsyslogSettings(place, folder) };
}

/** From the start of the shipper until everything has come. */
export async function ship(
  shipper: Shipper,
  { file, ids, minLevel }: Backlog,
  sink: SinkProcess,
  folder: string,
): Promise<Shipped> {
  mkdirSync(folder, { recursive: true });
  const place = {
    folder,
    alerts: join(folder, "alerts.json"),
    configPath: join(folder, "shipper.conf"),
    sinkUrl: sink.url,
    minLevel,
  };
  linkSync(file.path, place.alerts);
  const { config, args } = shipper.set(place);
  writeFileSync(place.configPath, config);
  await sink.forget();
  const startedAtMs = monotonicMs();
  const child = watched(spawn(shipper.program, args, { stdio: ["ignore", "ignore", "inherit"], cwd: folder }));
  const died = once(child, "exit");
  const { lastAtMs } = await Promise.race([
    sink.arrived(ids.size, WITHIN_MS),
    died.then(([code]) => Promise.reject(new Error(`${shipper.name} ended with ${String(code)}`))),
  ]);
  const pid = child.pid ?? 0;
  const shipped = { tookMs: lastAtMs - startedAtMs, cpuMs: cpuMs(pid), peakBytes: residentBytes(pid).peak };
  child.kill("SIGTERM");
  await died;
  rmSync(folder, { recursive: true });
  return shipped;
}

function syslogNgSettings({ folder, alerts, configPath, sinkUrl, minLevel }: Place): ReturnType<Shipper["set"]> {
  const config = `@version: 3.38
options { stats-freq(0); log-msg-size(262144); keep-timestamp(no); };
source alerts { file("${alerts}" flags(no-parse) follow-freq(1) log-fetch-limit(1000) log-iw-size(20000)); };
parser document { json-parser(prefix(".alert.")); };
filter wanted { "\${.alert.rule.level}" >= "${minLevel}" };
destination sink {
  http(url("${sinkUrl}") method("POST") headers("content-type: application/json") body("\${MSG}") workers(4)
    log-fifo-size(40000));
};
log { source(alerts); parser(document); filter(wanted); destination(sink); flags(flow-control); };
`;
  const own = (name: string): string => join(folder, name);
  const files = ["--persist-file", own("persist"), "--control", own("control"), "--pidfile", own("pid")];
  return { config, args: ["--foreground", "--no-caps", "--cfgfile", configPath, ...files] };
}

function rsyslogSettings(place: Place, modules: string): ReturnType<Shipper["set"]> {
  const { hostname, port } = new URL(place.sinkUrl);
  const config = `global(workDirectory="${place.folder}" maxMessageSize="256k")
main_queue(queue.size="100000" queue.dequeueBatchSize="1024" queue.workerThreads="2")
module(load="imfile" mode="inotify")
module(load="mmjsonparse")
module(load="omelasticsearch")
template(name="line" type="string" string="%msg%")
input(type="imfile" File="${place.alerts}" Tag="alerts" ruleset="alerts" reopenOnTruncate="off")
ruleset(name="alerts") {
  action(type="mmjsonparse" cookie="" useRawMsg="off")
  if ($!rule!level >= ${place.minLevel}) then {
    action(type="omelasticsearch" server="${hostname}" serverport="${port}" template="line" searchIndex="alerts"
      bulkmode="off" searchType="_doc" queue.type="LinkedList" queue.size="50000" queue.workerThreads="4"
      queue.timeoutEnqueue="60000" action.resumeRetryCount="-1")
  }
}
`;
  const pidFile = join(place.folder, "pid");
  return { config, args: ["-n", "-f", place.configPath, "-i", pidFile, "-M", modules] };
}
