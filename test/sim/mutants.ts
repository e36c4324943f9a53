import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A planted bug must be found within this many seeds. */
const SEEDS_TO_CATCH = 200;
const SEEDS_WITHOUT_BUG = 20;

/** Plants each bug in a copy of the tree and runs the simulator there: green is a failure of the simulator. */
export async function runMutants(only: string | null): Promise<boolean> {
  const mutants = MUTANTS.filter(({ name }) => only === null || name.includes(only));
  // A simulator that is red anyway would catch everything.
  const sound = await plantAndRun(null);
  if (sound.caught) {
    console.log(`without any planted bug the run is red: ${sound.says}`);
    return false;
  }
  let caught = 0;
  for (const mutant of mutants) {
    const verdict = await plantAndRun(mutant);
    if (verdict.caught) caught += 1;
    console.log(`${verdict.caught ? "caught" : "MISSED"}  ${mutant.invariant}  ${mutant.name}: ${verdict.says}`);
  }
  console.log(`${caught} of ${mutants.length} planted bugs caught within ${SEEDS_TO_CATCH} seeds`);
  return caught === mutants.length && mutants.length > 0;
}

interface Verdict {
  readonly caught: boolean;
  readonly says: string;
}

/** Runs the simulator in a copy of the tree, with the bug in it; null: with none. */
async function plantAndRun(mutant: Mutant | null): Promise<Verdict> {
  const tree = mkdtempSync(join(tmpdir(), "riposte-mutant-"));
  try {
    for (const part of ["src", "test", "package.json"]) cpSync(join(root, part), join(tree, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    if (mutant !== null) {
      const file = join(tree, mutant.file);
      const parts = readFileSync(file, "utf8").split(mutant.find);
      if (parts.length !== 2) return missed(`its place in ${mutant.file} was found ${parts.length - 1} times`);
      writeFileSync(file, parts.join(mutant.replace));
    }
    const { code, output } = await run(tree, mutant === null ? SEEDS_WITHOUT_BUG : SEEDS_TO_CATCH);
    if (code === 0) return missed("the run stayed green");
    if (code !== 1) return missed(`the run ended with ${code}`);
    const [first] = (JSON.parse(output) as { violations: readonly string[] }).violations;
    if (first === undefined) return missed("the run was red, but no promise was seen broken");
    return { caught: true, says: first.split("\n")[0] ?? "" };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function missed(says: string): Verdict {
  return { caught: false, says };
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
