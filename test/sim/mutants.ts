import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants/index.ts";
import type { Broken } from "./seed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A planted bug must be found within this many seeds. */
const SEEDS_TO_CATCH = 200;
const SEEDS_WITHOUT_BUG = 20;

/** Plants each bug in a copy of the tree and runs the simulator there: green is a failure of the simulator. */
export async function runMutants(only: string | null): Promise<boolean> {
  const mutants = MUTANTS.filter(({ name }) => only === null || name.includes(only));
  // A simulator that is red anyway would catch everything.
  const sound = await plantAndRun(null);
  if (sound.kind !== "green") {
    console.log(`without any planted bug the run is not green: ${sound.says}`);
    return false;
  }
  let caught = 0;
  for (const mutant of mutants) {
    const verdict = await plantAndRun(mutant);
    const isCaught = verdict.kind === "broken" && mutant.invariants.includes(verdict.invariant);
    if (isCaught) caught += 1;
    console.log(`${isCaught ? "caught" : "MISSED"}  ${mutant.name}: ${verdict.says}`);
  }
  console.log(`${caught} of ${mutants.length} planted bugs caught within ${SEEDS_TO_CATCH} seeds`);
  return caught === mutants.length && mutants.length > 0;
}

interface RunReport {
  readonly violations: readonly Broken[];
  readonly problems: readonly string[];
}

type Verdict =
  | { readonly kind: "green" | "spoilt"; readonly says: string }
  | { readonly kind: "broken"; readonly invariant: number; readonly says: string };

/** Runs the simulator in a copy of the tree, with the bug in it; null: with none. */
async function plantAndRun(mutant: Mutant | null): Promise<Verdict> {
  const tree = mkdtempSync(join(tmpdir(), "riposte-mutant-"));
  try {
    for (const part of ["src", "test", "package.json"]) cpSync(join(root, part), join(tree, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    if (mutant !== null) {
      const file = join(tree, mutant.file);
      const parts = readFileSync(file, "utf8").split(mutant.find);
      if (parts.length !== 2) return spoilt(`its place in ${mutant.file} was found ${parts.length - 1} times`);
      writeFileSync(file, parts.join(mutant.replace));
    }
    const { code, output } = await run(tree, mutant === null ? SEEDS_WITHOUT_BUG : SEEDS_TO_CATCH);
    if (code === 0) return { kind: "green", says: "the run stayed green" };
    if (code !== 1) return spoilt(`the run ended with ${code}`);
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

function run(tree: string, seeds: number): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const args = ["test/sim/run.ts", "--seeds", String(seeds), "--until-red", "--json"];
    const child = spawn(process.execPath, args, { cwd: tree, stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
