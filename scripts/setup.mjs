// Brings the packages that package-lock.json names, once per lock. Plain JavaScript for Node 20 and later:
// it runs before anything is installed, so it may import nothing but node itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = `${root}node_modules`;
const stampFile = `${packages}/.riposte-setup`;
const lock = createHash("sha256").update(readFileSync(`${root}package-lock.json`));
const stamp = `${lock.digest("hex")} ${process.platform} ${process.arch}`;

if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  // npm ci empties the folder first: through a link, that would be the folder of another checkout.
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail("node_modules is a link, and what it leads to does not fit this lock file. Remove the link and run again.");
  }
  console.error("riposte: installing packages (npm ci), once for this version of the lock file ...");
  // Whatever this machine's npm is told to leave out, or to refuse: the runtime itself comes as an optional package.
  const asNeeded = ["--include=dev", "--include=optional", "--engine-strict=false"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawnSync("npm", ["ci", ...asNeeded, ...quiet], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.error !== undefined) fail(`npm could not be started (${npm.error.message}). It comes with Node.`);
  if (npm.status !== 0) fail("npm ci failed (its own words are above). Mend that, then run the same command again.");
  writeFileSync(stampFile, stamp);
}

const env = { ...process.env, PATH: `${packages}/.bin:${process.env.PATH}` };
const version = (spawnSync("node", ["--version"], { cwd: root, encoding: "utf8", env }).stdout ?? "").trim();
if (!(Number(/^v(\d+)/.exec(version)?.[1]) >= 24)) {
  const here = `this machine runs ${version || "none"}`;
  const why = `no packaged one exists for ${process.platform} ${process.arch}`;
  const then = "Install Node 24 from nodejs.org and run the same command again.";
  fail(`Riposte needs Node 24 or later; ${here} and ${why}. ${then}`);
}

function fail(sentence) {
  console.error(`riposte: ${sentence}`);
  process.exit(1);
}
