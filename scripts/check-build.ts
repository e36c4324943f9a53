// Builds what is shipped into a temporary folder, with the packages that a user's installation has and no others, and
// starts it once: a missing file, a development dependency or a wrong name shows here.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

/** Takes what is not code: a playbook and policies that come with Riposte. */
const CONFIG = `store: sqlite:/var/lib/riposte/riposte.db
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { hook: { type: webhook, url: "https://siem.example/hook", unsigned: true } }
policies: [{ name: lost, when: { rule.id: 504 }, tell: [hook], playbook: agent-disconnection }]
use: [starter]
`;

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const folder = mkdtempSync(join(tmpdir(), "riposte-build-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

run("tsc", "-p", join(root, "tsconfig.build.json"), "--outDir", join(folder, "dist"));
cpSync(join(root, "package.json"), join(folder, "package.json"));
// What is shipped beside the code.
for (const name of manifest.files.filter((file) => file !== "dist")) {
  cpSync(join(root, name), join(folder, name), { recursive: true });
}
for (const name of Object.keys(manifest.dependencies)) {
  mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
  symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
}
if (existsSync(join(root, "src", "main.ts"))) {
  const said = run("node", join(folder, "dist", "main.js"), "--version").trim();
  if (said !== manifest.version) fail(`main.js --version said "${said}", package.json says "${manifest.version}"`);
  writeFileSync(join(folder, "riposte.yaml"), CONFIG);
  run("node", join(folder, "dist", "main.js"), "check", join(folder, "riposte.yaml"));
}

function run(program: string, ...args: string[]): string {
  const done = spawnSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.status === 0) return done.stdout;
  return fail(`${[program, ...args].join(" ")}\n${done.stdout}${done.stderr}${done.error?.message ?? ""}`);
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
