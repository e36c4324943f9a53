import { expect, test } from "vitest";
import type { WorkerObserver } from "../engine/worker.ts";
import { newLane } from "../core/lane.ts";
import type { Work } from "../core/work.ts";
import { chainOf } from "../../test/fixtures/audit-rows.ts";
import { sealsOf } from "../../test/fixtures/sealed-rows.ts";
import { createLog } from "./log.ts";
import { createMetrics, type Gauged } from "./metrics.ts";
import { commitObserver, workerObserver } from "./observers.ts";

const silent = createLog({ level: "silent" });

const gauged: Gauged = {
  sources: [
    {
      name: "alerts",
      cursor: null,
      read: 10,
      ignored: 5,
      malformed: 1,
      duplicate: 1,
      kept: 3,
      collision: 1,
      watermarkAt: 1_700_000_000_500,
      seenAt: 1_700_000_001_000,
      behindBytes: 42,
      inTrouble: false,
      heardAt: null,
    },
  ],
  incidents: { pending: 0, open: 2, acknowledged: 1, resolved: 7 },
  work: [{ destination: "chat", state: "dead", count: 3, oldestAt: 1_700_000_000_000 }],
  lanes: [{ ...newLane("chat"), failures: 2, lastDoneAt: 1_700_000_000_000 }],
};

test("the page shows what the database says now, and not what it said before", async () => {
  const metrics = createMetrics({ version: "1.2.3", node: "v24" });
  await metrics.page(gauged);

  const page = await metrics.page({ ...gauged, work: [] });

  expect(page).toContain('riposte_build_info{version="1.2.3",node="v24"} 1');
  expect(page).toContain('riposte_source_read_lines_total{source="alerts"} 10');
  expect(page).toContain('riposte_source_lines_total{source="alerts",fate="kept"} 3');
  expect(page).toContain('riposte_source_unaccounted_lines{source="alerts"} 0');
  expect(page).toContain('riposte_source_watermark_timestamp_seconds{source="alerts"} 1700000000.5');
  expect(page).toContain('riposte_incidents{state="open"} 2');
  expect(page).toContain('riposte_destination_failures{destination="chat"} 2');
  expect(page).not.toContain("riposte_work{");
});

test("the last seal of the audit is on the page with its hash, for those who keep it", async () => {
  const metrics = createMetrics({ version: "1.2.3", node: "v24" });
  const [first, second] = sealsOf(chainOf(4), [2, 2]);
  await metrics.page({ ...gauged, lastSeal: first! });

  const page = await metrics.page({ ...gauged, lastSeal: second! });

  const labels = `segment="2",hash="${second!.hash}"`;
  expect(page).toContain(`riposte_audit_sealed_timestamp_seconds{${labels}} ${second!.sealedAt / 1000}`);
  expect(page).not.toContain(first!.hash);
});

test("a database that can't be read shows as such, and what is counted here is still shown", async () => {
  const metrics = createMetrics({ version: "1", node: "v24" });
  metrics.moment("opened");
  await metrics.page(gauged);

  const page = await metrics.page(null);

  expect(page).toContain("riposte_database_readable 0");
  expect(page).toContain('riposte_incident_moments_total{kind="opened"} 1');
  expect(page).not.toContain("riposte_incidents{");
});

test("what a worker and a commit tell is counted by closed lists only", async () => {
  const metrics = createMetrics({ version: "1", node: "v24" });
  const observer: WorkerObserver = workerObserver(silent, metrics);
  const call = { destination: "chat", incident: 1, action: "post", repeat: true, tookMs: 30, lagMs: 1_200 };
  const found = { kind: "found", remote: { anchor: "10011", url: null }, others: [], evidence: "" } as const;

  observer.settled(call, { kind: "done", remote: { anchor: null, url: null }, evidence: "200" });
  observer.settled({ ...call, repeat: false }, { kind: "never", reason: "bad_request", evidence: "400" });
  observer.looked(call, { kind: "absent", evidence: "" });
  observer.swept({ ...call, twins: 1 }, { ...found, others: ["10012"] });
  observer.swept({ ...call, twins: 0 }, found);
  observer.failed(call, new Error("x"));
  commitObserver(
    silent,
    metrics,
  )({
    moments: [{ incident: 1, n: 1, kind: "opened", at: 0, severity: "low", count: 1, by: null, text: "evil" }],
  });

  const page = await metrics.page(null);
  expect(page).toContain('riposte_attempts_total{destination="chat",outcome="done",reason="none"} 1');
  expect(page).toContain('riposte_attempts_total{destination="chat",outcome="never",reason="bad_request"} 1');
  expect(page).toContain('riposte_repeats_total{destination="chat"} 1');
  expect(page).toContain('riposte_alert_to_delivery_seconds_bucket{le="1.5",destination="chat"} 1');
  expect(page).toContain('riposte_alert_to_delivery_seconds_count{destination="chat"} 1');
  expect(page).toContain('riposte_looks_total{destination="chat",outcome="absent"} 1');
  expect(page).toContain('riposte_sweeps_total{destination="chat",outcome="twin"} 1');
  expect(page).toContain('riposte_sweeps_total{destination="chat",outcome="none"} 1');
  expect(page).toContain('riposte_worker_failures_total{destination="chat"} 1');
  expect(page).toContain('riposte_step_duration_seconds_bucket{le="0.05",destination="chat",action="post"} 2');
  expect(page).not.toContain("evil");
});

test("a dead letter is told once, again when it died again, and not when a person dropped it", async () => {
  const metrics = createMetrics({ version: "1", node: "v24" });
  const lines: string[] = [];
  const observe = commitObserver(createLog({ level: "error", write: (line) => lines.push(line) }), metrics);
  const dead = {
    incident: 1,
    destination: "chat",
    state: "dead",
    sinceAt: 5,
    reason: "gave_up",
    evidence: "x",
  } as Work;

  observe({ moments: [], deadLetters: [dead] });
  observe({ moments: [], deadLetters: [{ ...dead, wanted: 9 }] });
  observe({ moments: [], deadLetters: [{ ...dead, sinceAt: 6 }] });
  observe({ moments: [], deadLetters: [{ ...dead, incident: 2, reason: "dropped_by_person" }] });

  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    "dead letter: a person must look",
    "dead letter: a person must look",
  ]);
  expect(await metrics.page(null)).toContain('riposte_dead_letters_total{destination="chat",reason="gave_up"} 2');
});
