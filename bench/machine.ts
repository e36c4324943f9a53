import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { DatabaseSync } from "node:sqlite";

/** What the figures were taken on. */
export function machineFacts(): Readonly<Record<string, string>> {
  return {
    CPU: cpuModel(),
    cores: String(availableParallelism()),
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: release(),
    Node: process.version,
    SQLite: sqliteVersion(),
  };
}

/** How busy the machine was over the last minute, by whatever: near or above its cores, figures are too low. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

function cpuModel(): string {
  const [first] = cpus();
  if (first === undefined || first.model === "unknown") return "unknown";
  const cacheKiB = /^cache size\s*:\s*(\d+) KB$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  return cacheKiB === undefined ? first.model : `${first.model}, ${Math.round(Number(cacheKiB) / 1024)} MiB cache`;
}

function sqliteVersion(): string {
  const database = new DatabaseSync(":memory:");
  const row = database.prepare("SELECT sqlite_version() AS version").get();
  database.close();
  return String(row?.["version"]);
}
