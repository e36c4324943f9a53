// node test/sim/drain.ts [--incidents N] [--seed N]
// Incidents that pile up behind a Jira that is away for two hours, and how they get there once it is back.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { secretsOf } from "../conformance/secrets.ts";
import type { Fault } from "../fakes/faults.ts";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { cloudLimits, type Rate } from "../fakes/jira/limits.ts";
import { aKeptAlert, aPolicy, aSnapshot, aStretch } from "../fixtures/kept-alerts.ts";
import { JiraDestination } from "../../src/connectors/jira/destination.ts";
import { jira } from "../../src/connectors/jira/jira.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Writer } from "../../src/engine/writer.ts";
import { readStoredLine } from "../../src/sources/stored-line.ts";
import { chanceOf } from "./chance.ts";
import { openSimDatabase } from "./sim-database.ts";
import { SimNet, type SimCall, type SimHost } from "./sim-net.ts";
import { clockOf, SimTime } from "./sim-time.ts";

export interface DrainOptions {
  readonly incidents: number;
  readonly seed?: number;
  /** How fast Jira takes new issues; by default somewhat slower than Riposte's own pace. */
  readonly creates?: Rate;
}

export interface Drained {
  readonly fake: FakeJira;
  readonly calls: readonly SimCall[];
  /** Incidents that are critical, as tickets name them. */
  readonly critical: ReadonlySet<number>;
  readonly backAt: number;
  /** From Jira's return until nothing was left to do. */
  readonly tookMs: number;
  readonly workLeft: number;
  readonly failures: readonly unknown[];
  /** Rows of work that were written, once each was there: while Jira was away, and after that. */
  readonly rewritten: { readonly away: number; readonly after: number };
}

const BEGINS_AT = Date.UTC(2026, 10, 23, 8);
const WELL_MS = 10 * SECOND_MS;
const AWAY_MS = 2 * HOUR_MS;
const LONGEST_MS = 24 * HOUR_MS;
const STRETCH = 250;
const CRITICAL_EVERY = 20;
export const SLOW_CREATES: Rate = { perSecond: 4, atOnce: 20 };
/** Some answers are lost even when all is well. */
const WEIGHTS = { none: 194, "timeout-done": 1, "reset-after-commit": 1, "late-commit": 1, "reset-before-commit": 1 };

export async function drain({ incidents, seed = 1, creates = SLOW_CREATES }: DrainOptions): Promise<Drained> {
  const time = new SimTime(BEGINS_AT);
  const net = new SimNet(time, chanceOf(seed, "network"));
  const fake = new FakeJira({
    deployment: "Cloud",
    projects: [{ key: "SEC" }],
    indexLagMs: HOUR_MS,
    limits: { ...cloudLimits, burstOf: { "POST /issue": creates } },
  });
  const host: SimHost = { vendor: fake, outage: null, lateness: 1 };
  net.hosts.set("jira.sim", host);
  const database = await openSimDatabase("sqlite", time);
  const { store, drop } = await database.open();
  const config = jira.schema.parse({
    url: "https://jira.sim",
    email: usualEmail,
    token: { env: "TOKEN" },
    project: "SEC",
    resolve: "Done",
  });
  const terms = { name: "tickets", type: jira.type, ...jira.capabilities(config) };
  const told = ["tickets"];
  const policy = aPolicy({ groupBy: ["agent.id"], tell: { low: told, medium: told, high: told, critical: told } });
  const snapshot = aSnapshot([policy], [terms]);
  const destinations = new Map([["tickets", new JiraDestination(config)]]);
  const life = { alive: true, reach: () => {} };
  const clock = clockOf(time, life);
  const failures: unknown[] = [];
  const known = new Set<number>();
  const rewritten = { away: 0, after: 0 };
  const backAt = time.now + WELL_MS + AWAY_MS;
  const writer = new Writer({
    store,
    clock,
    random: chanceOf(seed, "engine"),
    snapshot,
    openDestinations: () => destinations,
    readFacts: readStoredLine,
    soon: (turn) => void clock.after(1, turn),
    committed: (changes) => {
      for (const change of changes) {
        if (change.table !== "work") continue;
        const { incident } = change.row;
        if (known.has(incident)) rewritten[time.now < backAt ? "away" : "after"] += 1;
        known.add(incident);
      }
    },
    failedToDraw: (_, error) => failures.push(error),
    troubled: (error) => failures.push(error),
  });
  const engine = new Engine({
    door: writer,
    cursorOf: async () => null,
    secrets: secretsOf({ TOKEN: usualTokenText }),
    clock,
    observe: { settled: () => {}, looked: () => {}, swept: () => {}, failed: (_, error) => failures.push(error) },
  });
  const setup = { generation: 1, snapshot, destinations: [] };
  engine
    .start({ setup, destinations, http: net.httpFor(life), sources: () => [] })
    .catch((error: unknown) => failures.push(error));

  const critical = new Set<number>();
  const outage: readonly Fault[] = [
    { kind: "timeout-done" },
    { kind: "refused" },
    { kind: "status-503", done: false, retryAfterSeconds: 30 },
    { kind: "timeout-not-done" },
    { kind: "status-500", done: true },
  ];
  // The first ones meet a Jira that is well, so that the outage takes the answers from calls that make tickets.
  outage.forEach((fault, n) => time.after(WELL_MS + (n * AWAY_MS) / outage.length, () => (host.outage = fault)));
  for (let first = 1; first <= incidents; first += STRETCH) {
    const numbers = Array.from({ length: Math.min(STRETCH, incidents - first + 1) }, (_, n) => first + n);
    const alerts = numbers.map((n) => {
      const level = n % CRITICAL_EVERY === 0 ? 15 : 10;
      if (level === 15) critical.add(n);
      return aKeptAlert(n, { level, match: { groupKey: JSON.stringify([`${n}`]) } });
    });
    time.after(((first - 1) / incidents) * (WELL_MS + AWAY_MS), () => {
      writer.submit(aStretch(alerts)).catch((error: unknown) => failures.push(error));
    });
  }
  await time.runUntil(backAt, () => failures.length > 0);
  host.outage = null;
  net.weights = WEIGHTS;
  const rows = database.openRows();
  const workLeft = (): number => rows.count("SELECT count(*) AS n FROM work WHERE state <> 'watched'");
  while (time.now < backAt + LONGEST_MS && failures.length === 0 && workLeft() > 0) {
    await time.runUntil(time.now + MINUTE_MS, () => failures.length > 0);
  }
  const tookMs = time.now - backAt;
  net.weights = { none: 1 };
  // Calls that were lost may still land, and their copies are to be found and put away.
  await time.runUntil(time.now + 2 * HOUR_MS, () => failures.length > 0);
  const left = workLeft();
  life.alive = false;
  rows.close();
  drop();
  await database.remove();
  return { fake, calls: net.calls, critical, backAt, tookMs, workLeft: left, failures, rewritten };
}

/** Calls that were to make a ticket, whether or not they got there. */
export function createsIn({ calls }: Drained): readonly SimCall[] {
  return calls.filter(({ request: { method, url } }) => method === "POST" && url.endsWith("/issue"));
}

export function incidentOf({ request: { body } }: SimCall): number {
  const parsed = JSON.parse(body ?? "") as { readonly properties: readonly { readonly value: { incident: number } }[] };
  return parsed.properties[0]?.value.incident ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { incidents: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
  });
  const drained = await drain({ incidents: Number(values.incidents), seed: Number(values.seed) });
  const { fake, calls, tookMs, workLeft, failures, rewritten } = drained;
  const refused = fake.requests.filter(({ status }) => status === 429).length;
  console.log(
    `${values.incidents} incidents, ${fake.liveIssues().length} live issues of ${fake.issues.length}, ${workLeft} left, ` +
      `${calls.length} calls, ${refused} of them refused with 429, ${(tookMs / MINUTE_MS).toFixed(0)} minutes, ` +
      `${rewritten.away} rows of work rewritten while it was away and ${rewritten.after} after, ` +
      `${failures.length} failures, ${process.cpuUsage().user / 1_000 / SECOND_MS} s`,
  );
  for (const failure of failures) console.error(failure);
}
