// What is measured is what is shipped: the compiled program, made anew at the start of each run.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export const builtMain = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** Compiles src into dist, or ends the run: an older build must not be measured by mistake. */
export function build(): void {
  const tsc = fileURLToPath(new URL("../node_modules/.bin/tsc", import.meta.url));
  const done = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, encoding: "utf8" });
  if (done.status === 0) return;
  console.error(`the program could not be built:\n${done.stdout}${done.stderr}`);
  process.exit(70);
}

/** The compiled module of a source file, with that file's types. */
export async function builtModule<Module>(source: string): Promise<Module> {
  return (await import(new URL(`../dist/${source.replace(/\.ts$/, ".js")}`, import.meta.url).href)) as Module;
}
