// npm run sim -- [--seeds N] [--from N] [--seed N] [--store sqlite|postgres] [--mutants] [--json]
// Exit codes: 0 green, 1 a promise was broken or something was never reached, 2 wrong usage.
import { fork } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { faultKinds } from "../fakes/faults.ts";
import { CRASH_POINTS } from "./life.ts";
import { CHAT_DEEDS } from "./chat-people.ts";
import { PRESSES } from "./chat-presses.ts";
import { JIRA_LIMITS } from "./jira-calls.ts";
import { DEEDS } from "./jira-people.ts";
import { JIRA_KINDS } from "./jira-site.ts";
import { runMutants } from "./mutants.ts";
import { COMMANDS } from "./people.ts";
import { stopPostgres } from "./postgres-database.ts";
import { LIES, RULE_FATES } from "./rule-calls.ts";
import { SILENCE_COMMANDS } from "./silencers.ts";
import { DESK_REACHES } from "./responding/desk-reaches.ts";
import { runSeed, type Broken, type SeedReport } from "./seed.ts";
import { STORES, type StoreKind } from "./sim-database.ts";
import { REFUSED_PAYLOAD } from "./sim-net.ts";
import { GROUP_DEEDS, KNOWN_AS } from "./sim-groups.ts";
import { WIRE_FAULTS } from "./forwarding/forward-wire.ts";
import { FLEET_DEEDS } from "./sim-fleet.ts";
import { SCRIPT_RUNS } from "./sim-scripts.ts";
import { LOGIN_HABITS, TROUBLES } from "./trouble.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    mutants: { type: "boolean", default: false },
    only: { type: "string" },
    store: { type: "string", default: "sqlite" },
    json: { type: "boolean", default: false },
    "until-red": { type: "boolean", default: false },
    child: { type: "boolean", default: false },
  },
});

const store = storeOf(values.store);

/** Every seed whose number this divides is run twice, and must leave the same trace. */
const TWICE_EVERY = 50;
const LEAST_STEPS = 1_000;
/** Of each seed, on average: a short one may be down for most of its time. */
const LEAST_FAULTS = 40;

/** What not every hundred seeds come to, and from how many on it is asked for. */
const RARE: ReadonlySet<string> = new Set([
  "action renewed",
  "done retry_dead",
  "done retry_work",
  "done lift_silence",
  "done untick_step",
  "desk approve companion block-ip",
  "desk approve wazuh block-ip",
  "desk approve wazuh disable-account",
  "desk enforce wazuh block-ip",
  "desk response refused shared_address",
  "order check refused",
  "order check unknown",
  "forwarded not_stored",
  "pressed lift_silence",
  "refused as anonymous",
]);
const RARE_FROM = 400;

const RESPONDERS = ["companion", "wazuh"].flatMap((by) =>
  ["disable-account", "block-ip"].map((action) => `${by} ${action}`),
);

/** What a run of enough seeds must have seen; a zero means that the simulator proves less than it says. */
const MUST_REACH = [
  ...faultKinds.map((kind) => `fault ${kind}`),
  `fault ${REFUSED_PAYLOAD}`,
  ...TROUBLES.map((kind) => `trouble ${kind}`),
  ...CRASH_POINTS.map((point) => `died ${point}`),
  "commit failed",
  "audit sealed",
  "plan failed",
  ...[...COMMANDS, ...SILENCE_COMMANDS].flatMap((kind) => [`command ${kind}`, `done ${kind}`]),
  ...["silenced", "muted", "inhibited", "flapping"].map((reason) => `hushed ${reason}`),
  ...["done", "later", "never", "unknown"].map((kind) => `outcome ${kind}`),
  ...["found", "absent", "later"].map((kind) => `look ${kind}`),
  ...["twin", "found", "later"].map((kind) => `sweep ${kind}`),
  ...["ready", "sending", "unknown", "listed", "dead"].map((state) => `work ${state}`),
  ...["dropped_by_person", "bad_request"].map((reason) => `dead ${reason}`),
  ...["pending", "open", "acknowledged", "resolved"].map((state) => `incident ${state}`),
  ...["opened", "escalated", "reopened", "acknowledged", "action", "resolved", "repeated", "unanswered"].map(
    (kind) => `moment ${kind}`,
  ),
  ...["opened", "joined", "reopened", "cleared", "nothing_to_clear", "ledger_only"].map((kind) => `alert ${kind}`),
  ...["action_noted", "action_alone", "explained_by_action"].map((kind) => `alert ${kind}`),
  ...["in_window", "sequence_not_met", "value_learned", "value_known"].map((kind) => `alert ${kind}`),
  ...["expected", "window_refused"].map((kind) => `alert ${kind}`),
  ...["awaited", "explained", "received", "overdue", "lifted", "renewed"].map((state) => `action ${state}`),
  ...["approve", "enforce"].flatMap((mode) => RESPONDERS.map((way) => `responding ${mode} ${way}`)),
  ...["passed_on", "unknown", "later", "refused"].map((end) => `order add ${end}`),
  ...["check", "undo"].map((verb) => `order ${verb} passed_on`),
  ...["refused", "failed", "sent", "verified", "lifted", "dead"].map((state) => `response ${state}`),
  ...["given", "refused"].map((word) => `approval ${word}`),
  ...["died", "stopped", "registered anew"].map((what) => `agent ${what}`),
  ...["lost", "twice"].map((how) => `agent line ${how}`),
  "responses stopped",
  "responses resumed",
  "our clock jumped",
  "died amid an order",
  "attacker locked",
  ...CRASH_POINTS.filter((point) => point !== "any_time").map((point) => `desk died ${point}`),
  ...DESK_REACHES,
  "told in a mass event",
  "digests",
  "told in a digest",
  ...(store === "sqlite" ? ["forgotten"] : []),
  "spool",
  "indexer",
  ...["late", "restart", "away"].map((what) => `indexer ${what}`),
  ...SCRIPT_RUNS.map((kind) => `script ${kind}`),
  "fleet",
  ...["open", "resolved"].map((state) => `storm ${state}`),
  ...FLEET_DEEDS,
  ...GROUP_DEEDS,
  ...KNOWN_AS.map((how) => `agent ${how}`),
  ...["not_asked", "well"].map((kind) => `agents ${kind}`),
  ...["agents", "alerts"].map((source) => `first heard of by ${source}`),
  ...["taken", "and not answered"].map((kind) => `sent ${kind}`),
  ...WIRE_FAULTS.map((fault) => `on the wire ${fault}`),
  ...["before_send", "after_taken", "before_kept", "after_kept", "any_time"].map((point) => `forwarder died ${point}`),
  "packed while the forwarder was down",
  "repeat",
  "reload amid a call",
  "rule that calls back",
  "rule that does not call back",
  "rule created",
  "rule found",
  "call back lost",
  ...RULE_FATES.map((fate) => `called back ${fate}`),
  ...["taken", "known", ...LIES].map((word) => `heard ${word}`),
  ...JIRA_KINDS.map((kind) => `jira of kind ${kind}`),
  ...DEEDS.map((kind) => `in jira somebody ${kind}`),
  ...["resolve", "acknowledge"].map((kind) => `followed ${kind}`),
  ...LOGIN_HABITS.map((habit) => `refused as ${habit}`),
  ...JIRA_LIMITS.map((limit) => `limit ${limit}`),
  ...["create", "edit", "comment", "resolve", "reopen", "attach", "attach_playbook"].map((action) => `jira ${action}`),
  ...["mark_twin", "close_twin", "delete_twin"].map((action) => `jira ${action}`),
  ...PRESSES.map((kind) => `pressed ${kind}`),
  ...["tick_step", "untick_step", "assign", "lift_silence"].map((what) => `done ${what}`),
  ...CHAT_DEEDS.map((kind) => `in the chat somebody ${kind}`),
  ...["post", "edit", "reply", "repost", "delete_twin"].map((action) => `chat ${action}`),
  "dead gone_there",
  "several rotations while down",
  "packed while down",
  "packed file begun",
  "packed file continued",
];

if (values.child) {
  process.on("message", (seed: number) => void run(seed).then((report) => process.send?.(report)));
  process.once("disconnect", () => void stopPostgres());
} else if (values.mutants) process.exitCode = (await runMutants(values.only ?? null)) ? 0 : 1;
else process.exitCode = (await runSeeds()) ? 0 : 1;

function storeOf(name: string): StoreKind {
  const found = STORES.find((kind) => kind === name);
  if (found !== undefined) return found;
  console.error(`--store ${name}: there are ${STORES.join(" and ")}`);
  process.exit(2);
}

function run(seed: number): Promise<SeedReport> {
  return runSeed(seed, store, isRunTwice(seed));
}

function isRunTwice(seed: number): boolean {
  return seed % TWICE_EVERY === 0;
}

async function runSeeds(): Promise<boolean> {
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  const jobs = seeds.flatMap((seed) => (isRunTwice(seed) ? [seed, seed] : [seed]));
  const startedAt = performance.now();
  const reports = await inChildren(jobs);
  const seconds = (performance.now() - startedAt) / 1_000;
  return tell(reports, seconds, count);
}

function tell(reports: readonly SeedReport[], seconds: number, count: number): boolean {
  const problems: string[] = [];
  const violations: Broken[] = [];
  const reached = new Map<string, number>();
  for (const report of reports) {
    const { seed, violation, steps } = report;
    if (violation !== null) violations.push(violation);
    else if (steps < LEAST_STEPS)
      problems.push(`seed ${seed} did ${steps} steps; at least ${LEAST_STEPS} are asked of it`);
    for (const [what, times] of Object.entries(report.reached)) reached.set(what, (reached.get(what) ?? 0) + times);
  }
  violations.push(...wentTwoWays(reports));
  const steps = reports.reduce((sum, report) => sum + report.steps, 0);
  const crashes = reports.reduce((sum, report) => sum + report.crashes, 0);
  const faults = reports.reduce((sum, report) => sum + report.faults, 0);
  if (count >= TWICE_EVERY) {
    const asked = count >= RARE_FROM ? MUST_REACH : MUST_REACH.filter((what) => !RARE.has(what));
    for (const what of asked) if (!reached.has(what)) problems.push(`never reached: ${what}`);
    if (faults < LEAST_FAULTS * reports.length)
      problems.push(
        `${reports.length} seeds met ${faults} faults; at least ${LEAST_FAULTS} are asked of each on average`,
      );
  }
  problems.unshift(...violations.map(({ seed, says }) => `seed ${seed}: ${says}`));
  const green = problems.length === 0;
  if (values.json)
    console.log(
      JSON.stringify({
        green,
        seeds: count,
        steps,
        faults,
        crashes,
        seconds,
        reached: Object.fromEntries(reached),
        problems,
        violations,
      }),
    );
  else {
    for (const [what, times] of [...reached].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${String(times).padStart(9)}  ${what}`);
    for (const problem of problems.slice(0, 20)) console.log(`\n${problem}`);
    console.log(
      `\n${count} seeds, ${steps} steps, ${faults} faults, ${crashes} deaths in ${seconds.toFixed(1)} s: ${green ? "green" : `${problems.length} problems`}`,
    );
    if (!green) console.log(`again: npm run sim -- --store ${store} --seed N`);
  }
  return green;
}

/** 8: the same seed leaves the same trace. */
function wentTwoWays(reports: readonly SeedReport[]): readonly Broken[] {
  const traces = new Map<number, string | null>();
  const seeds = new Set<number>();
  for (const { seed, trace } of reports) {
    if ((traces.get(seed) ?? trace) !== trace) seeds.add(seed);
    traces.set(seed, trace);
  }
  return [...seeds].map((seed) => ({ seed, invariant: 8, says: "Violation: invariant 8: it went two ways" }));
}

/** The seeds over as many processes as there are cores. */
async function inChildren(jobs: readonly number[]): Promise<readonly SeedReport[]> {
  if (jobs.length === 1) {
    const report = await run(jobs[0]!);
    await stopPostgres();
    return [report];
  }
  const reports: SeedReport[] = [];
  const waiting = [...jobs];
  let red = false;
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
      const child = fork(fileURLToPath(import.meta.url), ["--child", "--store", store], {
        // What one turn makes is gone with it, which half as many collections find out.
        execArgv: [...process.execArgv, "--max-semi-space-size=64"],
        // What was compiled for one run serves the next.
        env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "riposte-sim-compiled") },
      });
      for (;;) {
        const seed = waiting.shift();
        if (seed === undefined || (red && values["until-red"])) break;
        const report = await new Promise<SeedReport>((resolve, reject) => {
          child.once("message", (message) => resolve(message as SeedReport));
          child.once("exit", (code) => reject(new Error(`seed ${seed} ended its process with ${code}`)));
          child.send(seed);
        });
        child.removeAllListeners("exit");
        reports.push(report);
        red ||=
          report.violation !== null || wentTwoWays(reports.filter(({ seed: other }) => other === seed)).length > 0;
        if (!values.json && reports.length % 50 === 0) console.error(`${reports.length} of ${jobs.length}`);
      }
      child.disconnect();
    }),
  );
  return reports;
}
