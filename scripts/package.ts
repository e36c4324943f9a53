// npm run package -- [--out DIR] [--arch x64|arm64] [--stage DIR] [--quick] [tarball] [deb]
// Makes what is installed where nobody has Node or a registry: a tarball with its own runtime, a Debian package. `--quick` packs them
// larger, for trying them out.
// Exit codes: 0 made, 1 could not be made, 2 wrong usage.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeDeb } from "./package/deb.ts";
import { ARCHITECTURES, type Architecture } from "./package/runtime.ts";
import { stage } from "./package/stage.ts";
import { makeTarball } from "./package/tarball.ts";

const KINDS = ["tarball", "deb"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "packages" },
    arch: { type: "string", default: process.arch },
    stage: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const arch = ARCHITECTURES.find((name) => name === values.arch);
const unknown = positionals.find((name) => !KINDS.some((kind) => kind === name));
if (arch === undefined) wrong(`--arch ${values.arch}: there are ${ARCHITECTURES.join(" and ")}`);
else if (unknown !== undefined) wrong(`${unknown}: there are ${KINDS.join(" and ")}`);
else make(arch);

function make(of: Architecture): void {
  if (values.stage !== undefined) {
    stage(resolve(values.stage), of);
    return;
  }
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "riposte-package-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const staged = stage(join(folder, "stage"), of);
  const kinds = positionals.length === 0 ? KINDS : KINDS.filter((kind) => positionals.includes(kind));
  for (const kind of kinds) {
    const make = kind === "tarball" ? makeTarball : makeDeb;
    const path = make(staged, { scratch: folder, out, isQuick: values.quick });
    console.log(path);
  }
}

function wrong(why: string): void {
  console.error(why);
  process.exitCode = 2;
}
