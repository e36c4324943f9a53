// One side of `windows`, in a process of its own: the real Writer over the real store takes alerts that only count.
// `window` has a policy with one, and first a key for each alert and then a second alert for each key; `plain` has
// none, and an incident that all alerts join.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { KeptAlert } from "../src/core/alert.ts";
import type * as Need from "../src/core/need.ts";
import type { PolicyTerms, Snapshot } from "../src/core/snapshot.ts";
import type * as Engine from "../src/engine/writer.ts";
import type * as Sqlite from "../src/store/sqlite.ts";
import { mustEqual } from "./bench.ts";
import { builtModule } from "./built.ts";
import { residentBytes } from "./process-facts.ts";

export interface WindowsAnswer {
  /** Processor time an alert: the first of a key, then one of a key that is live. */
  readonly firstUs: number;
  readonly againUs: number;
  readonly databaseBytes: number;
  readonly peakBytes: number;
  readonly before: number;
}

const [how = "", folder = "", keysText = ""] = process.argv.slice(2);
const keys = Number(keysText);
const A_TURN = 500;
const AT = Date.UTC(2026, 0, 1);

const { Writer } = await builtModule<typeof Engine>("engine/writer.ts");
const { newNeed } = await builtModule<typeof Need>("core/need.ts");
const { openSqliteStore } = await builtModule<typeof Sqlite>("store/sqlite.ts");
const path = join(folder, "riposte.db");
const store = openSqliteStore({ path, synchronous: "off", newInstall: "measured" });
if (store instanceof Error) throw store;
const writer = new Writer({
  store,
  clock: { now: () => AT, after: () => () => {} },
  random: () => 0.5,
  snapshot: snapshot(),
  soon: (turn) => void setImmediate(turn),
  committed: () => {},
  troubled: (error) => {
    throw error;
  },
});

const before = residentBytes(process.pid).now;
const firstUs = await take(0);
const live = store.read({ ...newNeed(), windows: new Map([["a", ["spray", keyOf(0)]]]) }).windows;
if (how === "window") mustEqual("live windows", live?.books[0]?.live ?? 0, keys);
const databaseBytes = statSync(path).size + statSync(`${path}-wal`).size;
const againUs = await take(1);
const answer: WindowsAnswer = { firstUs, againUs, databaseBytes, peakBytes: residentBytes(process.pid).peak, before };
await writer.close();
console.log(JSON.stringify(answer));

/** Alerts of all keys, each once; answers with the processor time of one, in microseconds. */
async function take(round: number): Promise<number> {
  const started = process.cpuUsage();
  for (let from = 0; from < keys; from += A_TURN) {
    const alerts = Array.from({ length: Math.min(A_TURN, keys - from) }, (_, i) => alertOf(from + i, round));
    await writer.submit({
      kind: "accept",
      source: "alerts",
      cursor: "{}",
      read: alerts.length,
      ignored: 0,
      malformed: 0,
      quarantine: [],
      alerts,
      watermarkAt: AT,
    });
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / keys;
}

function keyOf(n: number): string {
  return JSON.stringify([`2001:db8::${n.toString(16)}`]);
}

function alertOf(n: number, round: number): KeptAlert {
  const nativeId = `1767225600.${round}${String(n).padStart(7, "0")}`;
  return {
    identity: { origin: "wazuh/node01", nativeId, stamp: "2026-01-01T00:00:00.000+0000", ruleId: "5710" },
    at: AT,
    level: 5,
    title: "sshd: Attempt to login using a non-existent user",
    agentId: "003",
    agentName: "web-01",
    raw: JSON.stringify({ id: nativeId, full_log: "x".repeat(900) }),
    matches: [
      how === "window"
        ? {
            policy: "spray",
            groupKey: keyOf(n),
            clears: false,
            window: { key: keyOf(n), values: ["00112233445566ff"] },
          }
        : { policy: "spray", groupKey: "[]", clears: false },
    ],
  };
}

function snapshot(): Snapshot {
  const terms: PolicyTerms = {
    name: "spray",
    groupBy: [],
    severity: "high",
    tell: { low: [], medium: [], high: ["chat"], critical: [] },
    holdMs: null,
    resolveAfterMs: 1e9,
    reopenWithinMs: 0,
    ...(how === "window" && {
      window: {
        kind: "count",
        count: 20,
        distinct: [{ field: "data.dstuser", least: 8 }],
        same: ["data.srcip"],
        withinMs: 300_000,
        latenessMs: 60_000,
        keysMost: 100_000,
      },
    }),
  };
  return { hash: "measured", policies: { spray: terms }, destinations: {} };
}
