import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants/index.ts";
import { MINUTE_MS } from "../../src/core/time.ts";
import { findBinaries, NO_POSTGRES } from "../fixtures/postgres-binaries.ts";
import type { Broken } from "./seed.ts";
import type { StoreKind } from "./sim-database.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A planted bug must be found within this many seeds. */
const SEEDS_TO_CATCH = 200;
const SEEDS_WITHOUT_BUG = 20;

/** Plants each bug in a copy of the tree and looks for it there: green is a failure of whoever looks. */
export async function runMutants(only: string | null): Promise<boolean> {
  const named = MUTANTS.filter(({ name }) => only === null || name.includes(only));
  const hasPostgres = findBinaries() !== null;
  if (!hasPostgres) console.log(NO_POSTGRES);
  const mutants = named.filter((mutant) => hasPostgres || !mutant.file.includes("postgres"));
  // Whoever is red anyway would catch everything.
  for (const proof of new Map(mutants.map((mutant) => [JSON.stringify(proofOf(mutant)), proofOf(mutant)])).values()) {
    const sound = await plantAndRun(null, proof);
    if (sound.kind === "green") continue;
    console.log(`without any planted bug the run is not green: ${sound.says}`);
    return false;
  }
  let caught = 0;
  for (const mutant of mutants) {
    const verdict = await plantAndRun(mutant, proofOf(mutant));
    const isCaught =
      verdict.kind === "failed" || (verdict.kind === "broken" && mutant.invariants.includes(verdict.invariant));
    if (isCaught) caught += 1;
    console.log(`${isCaught ? "caught" : "MISSED"}  ${mutant.name}: ${verdict.says}`);
  }
  console.log(`${caught} of ${mutants.length} planted bugs caught, by the simulator within ${SEEDS_TO_CATCH} seeds`);
  return caught === mutants.length && mutants.length > 0;
}

/** Who must find it: the simulator with a store, or a file of tests. */
type Proof = { readonly store: StoreKind } | { readonly tests: string };

function proofOf({ tests, store = "sqlite" }: Mutant): Proof {
  return tests === undefined ? { store } : { tests };
}

interface RunReport {
  readonly violations: readonly Broken[];
  readonly problems: readonly string[];
}

type Verdict =
  | { readonly kind: "green" | "spoilt" | "failed"; readonly says: string }
  | { readonly kind: "broken"; readonly invariant: number; readonly says: string };

/** Looks for the bug in a copy of the tree that has it; null: that has none. */
async function plantAndRun(mutant: Mutant | null, proof: Proof): Promise<Verdict> {
  const tree = mkdtempSync(join(tmpdir(), "riposte-mutant-"));
  try {
    for (const part of ["src", "test", "playbooks", "package.json", "vitest.config.ts"])
      cpSync(join(root, part), join(tree, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    if (mutant !== null) {
      const file = join(tree, mutant.file);
      const parts = readFileSync(file, "utf8").split(mutant.find);
      if (parts.length !== 2) return spoilt(`its place in ${mutant.file} was found ${parts.length - 1} times`);
      writeFileSync(file, parts.join(mutant.replace));
    }
    const { code, output } = await run(tree, argumentsOf(proof, mutant === null ? SEEDS_WITHOUT_BUG : SEEDS_TO_CATCH));
    if (code === 0) return { kind: "green", says: "the run stayed green" };
    if (code !== 1) return spoilt(`the run ended with ${code}`);
    if ("tests" in proof) return failedIn(readFileSync(join(tree, TEST_REPORT), "utf8"));
    const { violations, problems } = JSON.parse(output) as RunReport;
    const [first] = violations;
    if (first === undefined) return spoilt(`red, but no promise was seen broken: ${problems[0]}`);
    const { seed, invariant, says } = first;
    return {
      kind: "broken",
      invariant,
      says: `seed ${seed}, ${says.split("\n")[0]?.replace("Violation: ", "").slice(0, 200)}`,
    };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function spoilt(says: string): Verdict {
  return { kind: "spoilt", says };
}

function argumentsOf(proof: Proof, seeds: number): readonly string[] {
  if ("tests" in proof) {
    return ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", `--outputFile=${TEST_REPORT}`, proof.tests];
  }
  return ["test/sim/run.ts", "--store", proof.store, "--seeds", String(seeds), "--until-red", "--json"];
}

const TEST_REPORT = "report.json";
const TESTS_END_WITHIN_MS = 10 * MINUTE_MS;

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function failedIn(report: string): Verdict {
  const { testResults } = JSON.parse(report) as TestReport;
  const failed = testResults.flatMap((file) => file.assertionResults).find(({ status }) => status === "failed");
  return failed === undefined ? spoilt("red, but no test has failed") : { kind: "failed", says: failed.fullName };
}

function run(
  tree: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    // A bug that goes round in circles would be waited for for ever.
    const timeout = args.includes("--seeds") ? 0 : TESTS_END_WITHIN_MS;
    const child = spawn(process.execPath, args, { cwd: tree, stdio: ["ignore", "pipe", "ignore"], timeout });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
