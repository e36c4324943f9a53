// Brings the packages that package-lock.json names, once per lock. Plain JavaScript for Node 20 and later:
// it runs before anything is installed, so it may import nothing but node itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = `${root}node_modules/.riposte-setup`;
const lock = createHash("sha256").update(readFileSync(`${root}package-lock.json`)).digest("hex");

if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== lock) {
  console.error("riposte: installing packages (npm ci), once for this version of the lock file ...");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0) fail("npm ci failed (its own words are above). Mend that, then run the same command again.");
  writeFileSync(stampFile, lock);
}

const node = spawnSync("node", ["--version"], { cwd: root, encoding: "utf8", env: withLocalBin() });
const version = (node.stdout ?? "").trim();
if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) {
  fail(`Riposte needs Node 24 or later; this machine runs ${version || "none"} and no packaged one exists for ${process.platform} ${process.arch}. Install Node 24 from nodejs.org and run the same command again.`);
}

function withLocalBin() {
  return { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` };
}

function fail(sentence) {
  console.error(`riposte: ${sentence}`);
  process.exit(1);
}
