import { performance } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";
import { SECOND_MS } from "../core/time.ts";

/**
 * The process's own numbers, under the names that dashboards know. The package's own set samples the event loop
 * a hundred times a second, idle or not; this one costs nothing until somebody asks.
 */
export function addProcessMetrics(
  registry: Registry,
  build: { readonly version: string; readonly node: string },
): void {
  const registers = [registry];
  new Gauge({
    name: "riposte_build_info",
    help: "Always 1; the labels say what runs.",
    labelNames: ["version", "node"],
    registers,
  }).set({ ...build }, 1);
  const loop = { last: performance.eventLoopUtilization() };
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process started.",
    registers,
  }).set(Math.round(performance.timeOrigin / SECOND_MS));
  new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time spent, all threads.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory in RAM.",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Heap of the main thread in use.",
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: "nodejs_eventloop_utilization",
    help: "Share of the time since the last scrape that the main thread was busy.",
    registers,
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, loop.last).utilization);
      loop.last = now;
    },
  });
}
