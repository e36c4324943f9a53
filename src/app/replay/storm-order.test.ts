import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { aKeptAlert, aPolicy, aSnapshot, noon } from "../../../test/fixtures/kept-alerts.ts";
import { digestPolicies, type DigestTerms } from "../../core/digest-event.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Job } from "../../engine/job.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import { StoreError } from "../../store/store.ts";
import { Rehearsal } from "./rehearsal.ts";

const PACE_MS = SECOND_MS;
/** RIPOSTE_STORM=100000 for the whole of it. */
const ALERTS = Number(process.env["RIPOSTE_STORM"] ?? 10_000);
const CRITICALS_EVERY = 250;
const CHUNK = 1_000;

const folder = mkdtempSync(join(tmpdir(), "riposte-storm-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A storm of incidents, each of its own, within four minutes, at a channel that takes one message a second. */
async function storm(digest: DigestTerms | undefined) {
  const chat = {
    name: "chat",
    type: "slack",
    edits: false,
    finds: false,
    paceMs: PACE_MS,
    concurrency: 1,
    settleMs: 30 * SECOND_MS,
    sweepMs: 0,
    budget: null,
    giveUpAfterMs: 7 * 24 * 60 * MINUTE_MS,
    ...(digest !== undefined && { digest }),
  };
  const policy = aPolicy({
    groupBy: ["agent.id"],
    tell: { low: [], medium: ["chat"], high: ["chat"], critical: ["chat"] },
  });
  const path = join(folder, digest === undefined ? "one-by-one.db" : "digests.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "stormtst" });
  if (store instanceof StoreError) throw store;
  const starts: { at: number; isCritical: boolean }[] = [];
  const rehearsal = new Rehearsal({
    store,
    snapshot: aSnapshot([policy, ...digestPolicies([chat])], [chat]),
    destinations: [{ name: "chat", type: "slack", config: { webhook: { file: "/w" }, style: "blocks" } }],
    latestAt: noon + 24 * 60 * MINUTE_MS,
    told: ({ what }: Job, at) => {
      const body = what.kind === "call" ? what.step.body : "";
      starts.push({ at, isCritical: body.includes("Critical · ") });
    },
    committed: () => {},
  });
  await rehearsal.begin();
  const arrived: number[] = [];
  for (let n = 0; n < ALERTS; n += CHUNK) {
    const at = noon + Math.floor(n / CHUNK) * 5 * SECOND_MS;
    const alerts = Array.from({ length: CHUNK }, (_, i) => {
      const isCritical = (n + i) % CRITICALS_EVERY === CRITICALS_EVERY - 1;
      if (isCritical) arrived.push(at);
      const match = { groupKey: `["${n + i}"]` };
      return aKeptAlert(n + i, { at, level: isCritical ? 15 : 7, agentId: `${n + i}`, match });
    });
    await rehearsal.take({ at, nextAt: at, alerts });
  }
  // What is still waiting then is not critical.
  await rehearsal.take({ at: noon + 3 * MINUTE_MS + (ALERTS / CHUNK) * 5 * SECOND_MS, nextAt: null, alerts: [] });
  await rehearsal.close();
  return { starts, arrived };
}

it.each<readonly [string, DigestTerms | undefined]>([
  ["one by one", undefined],
  ["in digests", { everyMs: null, severities: [], above: { max: 20, perMs: MINUTE_MS } }],
])(
  "in a storm that is told %s the nth critical starts within n intervals, and no call too early",
  async (_, digest) => {
    const { starts, arrived } = await storm(digest);

    const gaps = starts.slice(1).map(({ at }, i) => at - starts[i]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(PACE_MS);
    const criticals = starts.filter(({ isCritical }) => isCritical);
    expect(criticals).toHaveLength(arrived.length);
    criticals.forEach(({ at }, n) => {
      // One call may be under way, and those critical ones that came before go first.
      const before = criticals.filter((other, i) => i < n && other.at >= arrived[n]!).length;
      expect(at - arrived[n]!).toBeLessThanOrEqual((before + 1) * PACE_MS);
    });
  },
);
