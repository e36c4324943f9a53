import { setImmediate as nextImmediate } from "node:timers/promises";
import type { Config } from "../../config/schema.ts";
import { snapshotOf } from "../../config/snapshot.ts";
import { connectors } from "../../connectors/index.ts";
import { compilePolicies, matchAlert } from "../../core/match.ts";
import { compileRefusal } from "../../core/refusal.ts";
import type { Instant } from "../../core/time.ts";
import { systemClock } from "../../ports/clock.ts";
import { re2 } from "../../ports/regex.ts";
import { rehearsed } from "../../core/rehearse-responses.ts";
import { responds, wantedRules } from "../../core/wanted-rules.ts";
import { createLineJudge } from "../../sources/line-judge.ts";
import { StoreError } from "../../store/store.ts";
import { readFleet } from "../fleet-known.ts";
import { openAlertFile } from "./alert-file.ts";
import { Batches } from "./batches.ts";
import { findFiles } from "./find-files.ts";
import { LineTally } from "./line-tally.ts";
import type { NoiseTally } from "./noise-tally.ts";
import { OutcomeTally } from "./outcome-tally.ts";
import { AHEAD_MS, Rehearsal } from "./rehearsal.ts";
import { reportOf, type FileReport, type ReplayReport } from "./report.ts";
import { noThrowAway, openThrowAway } from "./throw-away.ts";

export interface ReplayOptions {
  readonly config: Config;
  /** Files and folders, as they were named. */
  readonly named: readonly string[];
  readonly fromAt: Instant | null;
  readonly toAt: Instant | null;
  readonly progress: (progress: ReplayProgress) => void;
  /** Sees what happens, beside the report. */
  readonly observe?: Pick<NoiseTally, "took" | "told" | "committed">;
  /** Aborted when what was seen until then is enough. */
  readonly signal: AbortSignal;
}

export interface ReplayProgress {
  readonly takenBytes: number;
  readonly ofBytes: number;
  readonly lines: number;
  /** Of the alerts. */
  readonly at: Instant | null;
}

/** Why there is nothing to report, in one sentence with what to do. */
export interface ReplayFailure {
  readonly kind: "failed";
  /** `missing`, `not_permitted`, `no_alerts`, or a code of the store. */
  readonly code: string;
  readonly says: string;
}

/** What the config would have made of the alerts in the files. Tells nobody and leaves nothing behind. */
export async function replay(options: ReplayOptions): Promise<ReplayReport | ReplayFailure> {
  const { named } = options;
  // What integratord sends now is what would be sent: the forecast of a takeover.
  const destinations = options.config.destinations.map(({ name, type, config: settings }) => ({
    name,
    type,
    config: settings,
  }));
  const config = { ...options.config, destinations };
  const found = await findFiles(named);
  if (found.kind === "not_found") return { kind: "failed", code: found.why, says: found.says };
  if (found.sizeBytes === 0) {
    return { kind: "failed", code: "no_alerts", says: `${named.join(", ")}: empty. Name files that hold alerts` };
  }
  const throwAway = await openThrowAway();
  if (!("store" in throwAway)) return { kind: "failed", code: throwAway.code, says: throwAway.message };
  const { snapshot: live, policies } = snapshotOf(config, connectors);
  const snapshot = rehearsed(live);
  const lines = new LineTally();
  const outcomes = new OutcomeTally(config.destinations.map(({ name }) => name));
  const beganAt = systemClock.now();
  const fleet = await readFleet(config, policies);
  const rehearsal = new Rehearsal({
    store: throwAway.store,
    snapshot,
    destinations: config.destinations,
    latestAt: beganAt + AHEAD_MS,
    told: (job, at) => {
      outcomes.told(job, at);
      options.observe?.told(job);
    },
    committed: (changes, at) => {
      outcomes.committed(changes, at);
      options.observe?.committed(changes);
    },
  });
  const judge = createLineJudge(
    compilePolicies(policies, re2),
    compileRefusal(policies, wantedRules(policies)),
    matchAlert,
    responds(policies),
    // As it is known now: what it was when the alerts came nobody has kept.
    fleet === null ? null : (document) => fleet.enrich(document, beganAt),
  );
  const batches = new Batches({ judge, tally: lines, fromAt: options.fromAt, toAt: options.toAt });
  try {
    await rehearsal.begin();
    const files = await readFiles(found, batches, rehearsal, lines, options);
    for (const batch of batches.takeLast()) {
      options.observe?.took(batch.alerts);
      await rehearsal.take(batch);
    }
    await rehearsal.end(options.signal.aborted ? null : lines.endAt);
    const tookMs = systemClock.now() - beganAt;
    const isWhole = !options.signal.aborted;
    return reportOf({ config, files, lines, outcomes, rehearsal, tookMs, isWhole, fleet });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { code, message } = noThrowAway(throwAway.folder, error);
    return { kind: "failed", code, says: message };
  } finally {
    await rehearsal.close();
    throwAway.remove();
  }
}

async function readFiles(
  found: Extract<Awaited<ReturnType<typeof findFiles>>, { kind: "found" }>,
  batches: Batches,
  rehearsal: Rehearsal,
  lines: LineTally,
  { progress, signal, observe }: ReplayOptions,
): Promise<readonly FileReport[]> {
  const reports: FileReport[] = [];
  let before = 0;
  for (const { path, sizeBytes } of found.files) {
    if (signal.aborted) break;
    const file = openAlertFile(path);
    if (file.kind !== "open") {
      reports.push({ path, sizeBytes, trouble: file.kind === "missing" ? "is gone" : `can't be read: ${file.why}` });
      continue;
    }
    batches.beginFile(path);
    try {
      for (let more = true; more && !signal.aborted;) {
        more = await file.take(batches);
        for (const batch of batches.take()) {
          observe?.took(batch.alerts);
          await rehearsal.take(batch);
          if (signal.aborted) break;
        }
        progress({
          takenBytes: before + file.takenBytes,
          ofBytes: found.sizeBytes,
          lines: lines.lines,
          at: rehearsal.now,
        });
        // A signal and a terminal get their turn.
        await nextImmediate();
      }
    } finally {
      file.close();
    }
    before += sizeBytes;
    reports.push({ path, sizeBytes, trouble: file.damage });
  }
  return reports;
}
