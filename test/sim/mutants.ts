import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS, type Mutant } from "./mutants/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A planted bug must be found within this many seeds. */
const SEEDS_TO_CATCH = 200;

/** Plants each bug in a copy of the tree and runs the simulator there: green is a failure of the simulator. */
export async function runMutants(only: string | null): Promise<boolean> {
  const mutants = MUTANTS.filter(({ name }) => only === null || name.includes(only));
  let caught = 0;
  for (const mutant of mutants) {
    const verdict = await plantAndRun(mutant);
    if (verdict.caught) caught += 1;
    console.log(`${verdict.caught ? "caught" : "MISSED"}  ${mutant.invariant}  ${mutant.name}: ${verdict.says}`);
  }
  console.log(`${caught} of ${mutants.length} planted bugs caught within ${SEEDS_TO_CATCH} seeds`);
  return caught === mutants.length && mutants.length > 0;
}

async function plantAndRun(mutant: Mutant): Promise<{ readonly caught: boolean; readonly says: string }> {
  const tree = mkdtempSync(join(tmpdir(), "riposte-mutant-"));
  try {
    for (const folder of ["src", "test", "package.json"])
      cpSync(join(root, folder), join(tree, folder), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    const file = join(tree, mutant.file);
    const source = readFileSync(file, "utf8");
    const parts = source.split(mutant.find);
    if (parts.length !== 2)
      return { caught: false, says: `its place in ${mutant.file} was found ${parts.length - 1} times` };
    writeFileSync(file, parts.join(mutant.replace));
    const { code, output } = await run(tree);
    if (code !== 1)
      return {
        caught: false,
        says: code === 0 ? "the run stayed green" : `the run ended with ${code}: ${output.slice(0, 400)}`,
      };
    const { violations } = JSON.parse(output) as { violations: readonly string[] };
    const [first] = violations;
    if (first === undefined) return { caught: false, says: "the run was red, but no promise was seen broken" };
    return { caught: true, says: first.split("\n")[0] ?? "" };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function run(tree: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const args = ["test/sim/run.ts", "--seeds", String(SEEDS_TO_CATCH), "--until-red", "--json"];
    const child = spawn(process.execPath, args, { cwd: tree, stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
