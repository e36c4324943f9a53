import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { median } from "./rounds.ts";

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

/** How busy the machine is by whatever else: near or above its cores, and with a slow disk, figures are too low. */
export function business(): string {
  return `load ${(loadavg()[0] ?? 0).toFixed(1)}, ${fsyncMs().toFixed(2)} ms for 4 KiB to reach the disk`;
}

/** Everything durable waits for this, twice on an alert's way out. */
function fsyncMs(): number {
  const path = join(tmpdir(), `riposte-bench-fsync-${process.pid}`);
  const file = openSync(path, "w");
  const page = Buffer.alloc(4_096);
  const took = Array.from({ length: 100 }, () => {
    const startedAt = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  rmSync(path);
  return median(took);
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
