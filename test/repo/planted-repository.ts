// A small repository of its own with this one's rules, to plant violations in and see them reported.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./tree.ts";

const rulesOfThisOne = [
  ".oxfmtrc.json",
  "oxlint.config.ts",
  "package.json",
  "test/repo/import-lint.ts",
  "test/repo/import-table.ts",
  "tsconfig.json",
];

export interface PlantedRepository {
  readonly folder: string;
  run(tool: "oxfmt" | "oxlint" | "tsc", ...args: string[]): { readonly status: number | null; readonly stdout: string };
  remove(): void;
}

export function plant(files: Readonly<Record<string, string>>): PlantedRepository {
  const folder = mkdtempSync(join(tmpdir(), "riposte-planted-"));
  for (const path of rulesOfThisOne) cpSync(join(root, path), join(folder, path));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    run: (tool, ...args) =>
      spawnSync(join(folder, "node_modules", ".bin", tool), args, {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
