import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Seal } from "../core/audit-seal.ts";
import type { CalledBack } from "../core/called-back.ts";
import type { RetentionRow, SourceRow } from "../core/change.ts";
import type { IncidentState } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { Look, Outcome } from "../core/outcome.ts";
import { SECOND_MS, type Instant } from "../core/time.ts";
import type { WorkState } from "../core/work.ts";
import { addProcessMetrics } from "./process-metrics.ts";
import { auditGauges, setAuditGauges } from "./audit-metrics.ts";
import { retentionGauges, setRetentionGauges } from "./retention-metrics.ts";
import { secretGauges, setSecretGauges, type GaugedSecret } from "./secret-metrics.ts";

/** What is read from the database, and from the sources, at the moment that somebody asks. */
export interface Gauged {
  readonly sources: readonly (SourceRow & {
    readonly behindBytes: number | null;
    readonly inTrouble: boolean;
    /** When a sender was heard of; null: not in this life, or it is no sender. */
    readonly heardAt: Instant | null;
  })[];
  readonly incidents: Readonly<Record<IncidentState, number>>;
  readonly work: readonly {
    readonly destination: string;
    readonly state: WorkState;
    readonly count: number;
    readonly oldestAt: Instant | null;
  }[];
  readonly lanes: readonly Lane[];
  readonly retention?: RetentionRow | null;
  readonly lastSeal?: Seal | null;
  /** By the keys of the config that name them; absent: none are followed. */
  readonly secrets?: readonly GaugedSecret[];
}

/** Numbers for Prometheus: base units, and labels whose values come from the config or from closed lists only. */
export interface Metrics {
  settled(
    call: { destination: string; action: string; repeat: boolean; tookMs: number; lagMs: number | null },
    outcome: Outcome,
  ): void;
  looked(destination: string, look: Look): void;
  swept(about: { destination: string; twins: number }, look: Look): void;
  calledBack(outcome: CalledBack): void;
  workerFailed(destination: string): void;
  deadLetter(destination: string, reason: string): void;
  moment(kind: string): void;
  /** A request over HTTP; the path is that of the list of routes. */
  answered(request: { method: string; path: string; status: number }): void;
  /** A request with alerts was answered, with this HTTP status. */
  batchAnswered(source: string, status: number): void;
  configApplied(hash: string, at: Instant): void;
  /** Whether the config's file as it is now was refused. */
  configFileRefused(isRefused: boolean): void;
  /** The page as of now; null: the database can't be read, so only what is counted here is shown. */
  page(gauged: Gauged | null): Promise<string>;
  readonly contentType: string;
}

// From a local sink's 3 ms to the 12 s after which a step is given up on.
const STEP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12];

// Wazuh itself holds an alert back for up to a second; a destination that was down for a day shows in the last.
const LAG_SECONDS = [0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

export function createMetrics(build: { readonly version: string; readonly node: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counted = countedMetrics(registers);
  const gauges = gaugedMetrics(registers);
  addProcessMetrics(registry, build);

  return {
    settled({ destination, action, repeat, tookMs, lagMs }, outcome) {
      const reason = outcome.kind === "done" ? "none" : outcome.reason;
      counted.attempts.inc({ destination, outcome: outcome.kind, reason });
      counted.duration.observe({ destination, action }, tookMs / SECOND_MS);
      // Clocks of two machines differ by a little: nothing is told before it happens.
      if (lagMs !== null && outcome.kind === "done")
        counted.lag.observe({ destination }, Math.max(0, lagMs) / SECOND_MS);
      if (repeat) counted.repeats.inc({ destination });
    },
    looked: (destination, look) => counted.looks.inc({ destination, outcome: look.kind }),
    swept({ destination, twins }, { kind }) {
      counted.sweeps.inc({ destination, outcome: kind === "later" ? kind : twins > 0 ? "twin" : "none" });
    },
    calledBack: (outcome) => counted.callbacks.inc({ outcome }),
    workerFailed: (destination) => counted.failures.inc({ destination }),
    deadLetter: (destination, reason) => counted.deadLetters.inc({ destination, reason }),
    moment: (kind) => counted.moments.inc({ kind }),
    answered: ({ method, path, status }) => counted.requests.inc({ method, path, status }),
    batchAnswered: (source, status) => counted.batches.inc({ source, status: `${status}` }),
    configApplied(hash, at) {
      counted.config.reset();
      counted.config.set({ hash: hash.slice(0, 12) }, at / SECOND_MS);
    },
    configFileRefused: (isRefused) => counted.configRefused.set(Number(isRefused)),
    page(gauged) {
      for (const metric of Object.values(gauges)) metric.reset();
      if (gauged !== null) setGauges(gauges, gauged);
      gauges.readable.set(gauged === null ? 0 : 1);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function countedMetrics(registers: Registry[]) {
  return {
    attempts: new Counter({
      name: "riposte_attempts_total",
      help: "Calls of a destination that ended, by outcome and reason.",
      labelNames: ["destination", "outcome", "reason"],
      registers,
    }),
    duration: new Histogram({
      name: "riposte_step_duration_seconds",
      help: "How long one call of a destination took.",
      labelNames: ["destination", "action"],
      buckets: STEP_SECONDS,
      registers,
    }),
    lag: new Histogram({
      name: "riposte_alert_to_delivery_seconds",
      help: "From the timestamp of the newest alert until what it brought about was delivered.",
      labelNames: ["destination"],
      buckets: LAG_SECONDS,
      registers,
    }),
    repeats: new Counter({
      name: "riposte_repeats_total",
      help: "Calls made although an earlier one of the same step may have arrived.",
      labelNames: ["destination"],
      registers,
    }),
    looks: new Counter({
      name: "riposte_looks_total",
      help: "Looks for a step whose outcome was unknown, by what they found.",
      labelNames: ["destination", "outcome"],
      registers,
    }),
    sweeps: new Counter({
      name: "riposte_sweeps_total",
      help: "Looks for a second copy of a step that was repeated: twin, none, or later where nobody could tell.",
      labelNames: ["destination", "outcome"],
      registers,
    }),
    callbacks: new Counter({
      name: "riposte_callbacks_total",
      help: "Calls back of destinations, by what they were: taken, known already, or why they were refused.",
      labelNames: ["outcome"],
      registers,
    }),
    deadLetters: new Counter({
      name: "riposte_dead_letters_total",
      help: "Deliveries given up, each waiting for a person, by why.",
      labelNames: ["destination", "reason"],
      registers,
    }),
    batches: new Counter({
      name: "riposte_source_batches_total",
      help: "Requests with alerts that were answered, by HTTP status: 200 taken, 429 asked to come again.",
      labelNames: ["source", "status"],
      registers,
    }),
    failures: new Counter({
      name: "riposte_worker_failures_total",
      help: "Times a destination's worker met something that should not happen.",
      labelNames: ["destination"],
      registers,
    }),
    moments: new Counter({
      name: "riposte_incident_moments_total",
      help: "Things that happened to incidents, by kind.",
      labelNames: ["kind"],
      registers,
    }),
    configRefused: new Gauge({
      name: "riposte_config_file_refused",
      help: "1 while the config's file is wrong and an earlier one is in force.",
      registers,
    }),
    requests: new Counter({
      name: "riposte_http_requests_total",
      help: "Requests answered, by route and status; what is no route has the path none.",
      labelNames: ["method", "path", "status"],
      registers,
    }),
    config: new Gauge({
      name: "riposte_config_applied_timestamp_seconds",
      help: "When the config in force was applied.",
      labelNames: ["hash"],
      registers,
    }),
  };
}

function gaugedMetrics(registers: Registry[]) {
  const bySource = { labelNames: ["source"] as const, registers };
  const byDestination = { labelNames: ["destination"] as const, registers };
  return {
    readable: new Gauge({
      name: "riposte_database_readable",
      help: "1 when the values below that come from the database could be read, else 0.",
      registers,
    }),
    read: new Counter({ name: "riposte_source_read_lines_total", help: "Lines read.", ...bySource }),
    lines: new Counter({
      name: "riposte_source_lines_total",
      help: "What became of the lines read: ignored, malformed, duplicate or kept; together as many as were read.",
      labelNames: ["source", "fate"],
      registers,
    }),
    unaccounted: new Gauge({
      name: "riposte_source_unaccounted_lines",
      help: "Lines read of which nobody can say what became; anything but 0 is a bug.",
      ...bySource,
    }),
    collisions: new Counter({
      name: "riposte_source_collisions_total",
      help: "Kept alerts whose node and id were known with another timestamp or rule.",
      ...bySource,
    }),
    behind: new Gauge({ name: "riposte_source_behind_bytes", help: "Bytes there and not yet taken.", ...bySource }),
    trouble: new Gauge({ name: "riposte_source_in_trouble", help: "1 while it can't be read, else 0.", ...bySource }),
    heard: new Gauge({
      name: "riposte_source_heard_timestamp_seconds",
      help: "When a sender was heard of last, with alerts or without.",
      ...bySource,
    }),
    watermark: new Gauge({
      name: "riposte_source_watermark_timestamp_seconds",
      help: "Event time up to which it was read.",
      ...bySource,
    }),
    incidents: new Gauge({ name: "riposte_incidents", help: "Incidents by state.", labelNames: ["state"], registers }),
    work: new Gauge({
      name: "riposte_work",
      help: "Incidents that a destination does not yet show as it should, by state.",
      labelNames: ["destination", "state"],
      registers,
    }),
    oldest: new Gauge({
      name: "riposte_work_oldest_timestamp_seconds",
      help: "Since when the oldest of them has been waiting.",
      labelNames: ["destination", "state"],
      registers,
    }),
    laneFailures: new Gauge({
      name: "riposte_destination_failures",
      help: "Rounds of failure in a row; 0 when the last call went well.",
      ...byDestination,
    }),
    laneHeld: new Gauge({
      name: "riposte_destination_held_until_timestamp_seconds",
      help: "No call starts before this, because of trouble or because the other side asked to wait; 0: never held.",
      ...byDestination,
    }),
    ...retentionGauges(registers),
    ...auditGauges(registers),
    ...secretGauges(registers),
    lastDone: new Gauge({
      name: "riposte_destination_last_done_timestamp_seconds",
      help: "When a call last went well.",
      ...byDestination,
    }),
  };
}

function setGauges(gauges: ReturnType<typeof gaugedMetrics>, gauged: Gauged): void {
  for (const row of gauged.sources) {
    const source = row.name;
    gauges.read.inc({ source }, row.read);
    for (const fate of ["ignored", "malformed", "duplicate", "kept"] as const) {
      gauges.lines.inc({ source, fate }, row[fate]);
    }
    gauges.unaccounted.set({ source }, row.read - row.ignored - row.malformed - row.duplicate - row.kept);
    gauges.collisions.inc({ source }, row.collision);
    if (row.behindBytes !== null) gauges.behind.set({ source }, row.behindBytes);
    gauges.trouble.set({ source }, row.inTrouble ? 1 : 0);
    if (row.heardAt !== null) gauges.heard.set({ source }, row.heardAt / SECOND_MS);
    if (row.watermarkAt !== null) gauges.watermark.set({ source }, row.watermarkAt / SECOND_MS);
  }
  setRetentionGauges(gauges, gauged.retention ?? null);
  setAuditGauges(gauges, gauged.lastSeal ?? null);
  setSecretGauges(gauges, gauged.secrets ?? []);
  for (const [state, count] of Object.entries(gauged.incidents)) gauges.incidents.set({ state }, count);
  for (const { destination, state, count, oldestAt } of gauged.work) {
    gauges.work.set({ destination, state }, count);
    if (oldestAt !== null) gauges.oldest.set({ destination, state }, oldestAt / SECOND_MS);
  }
  for (const { destination, failures, holdUntil, lastDoneAt } of gauged.lanes) {
    gauges.laneFailures.set({ destination }, failures);
    gauges.laneHeld.set({ destination }, holdUntil / SECOND_MS);
    if (lastDoneAt !== null) gauges.lastDone.set({ destination }, lastDoneAt / SECOND_MS);
  }
}
