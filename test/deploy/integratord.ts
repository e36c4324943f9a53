// Calls the files for a manager's integrations directory as wazuh-integratord calls them.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const files = fileURLToPath(new URL("../../deploy/wazuh/manager/", import.meta.url));

/** The real one, not what some version chooser puts before it; null: there is none here. */
export const python: string | null = findPython();

export const NO_PYTHON = "custom-jira.py (skipped: there is no python3 on this machine)";

function findPython(): string | null {
  const found = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : null;
}

export interface Block {
  readonly name?: "custom-jira" | "custom-riposte";
  readonly hookUrl?: string;
  readonly apiKey?: string;
  /** What stands in `<options>`. */
  readonly options?: string;
  readonly debug?: boolean;
  readonly timeout?: number;
  readonly retries?: number;
}

export interface Ended {
  readonly code: number | null;
  /** All that it wrote, on either way out. */
  readonly output: string;
}

/** A manager's home with the files in place, as the README says. */
export class Manager {
  readonly home = mkdtempSync(join(tmpdir(), "riposte-manager-"));
  readonly spool: string;
  #alerts = 0;

  constructor(
    options: { readonly without?: readonly string[]; readonly spool?: string; readonly python?: string } = {},
  ) {
    onTestFinished(() => rmSync(this.home, { recursive: true, force: true }));
    for (const folder of ["integrations", "logs", "tmp", "queue", "framework/python/bin"]) {
      mkdirSync(join(this.home, folder), { recursive: true });
    }
    for (const name of ["custom-jira", "custom-jira.py", "custom-riposte"]) {
      if (options.without?.includes(name) === true) continue;
      copyFileSync(join(files, name), join(this.home, "integrations", name));
      chmodSync(join(this.home, "integrations", name), 0o750);
    }
    const interpreter = options.python ?? python;
    if (interpreter !== null) symlinkSync(interpreter, join(this.home, "framework/python/bin/python3"));
    this.spool = join(this.home, "queue", "riposte");
    if (options.spool === undefined) mkdirSync(this.spool, { mode: 0o770 });
    else symlinkSync(options.spool, this.spool);
  }

  /** As Riposte does every ten seconds; null: never again. */
  lives(secondsAgo: number | null = 0): void {
    const path = join(this.spool, "alive");
    if (secondsAgo === null) return rmSync(path, { force: true });
    writeFileSync(path, "");
    const at = Date.now() / 1_000 - secondsAgo;
    utimesSync(path, at, at);
  }

  /** Writes the alert's file, calls the script, and takes the file away. */
  async call(alert: string | Buffer | null, block: Block = {}): Promise<Ended> {
    const { name = "custom-jira", hookUrl = "", apiKey = "", options, debug = false } = block;
    this.#alerts += 1;
    const base = join(this.home, "tmp", `${name}-1795445715--${this.#alerts}`);
    if (alert !== null) writeFileSync(`${base}.alert`, alert);
    if (options !== undefined) writeFileSync(`${base}.options`, options);
    // A space in the one or the other makes two arguments of it.
    const between = [apiKey, hookUrl].flatMap((text) => text.split(" "));
    const argv = [
      `${base}.alert`,
      ...between,
      debug ? "debug" : "",
      options === undefined ? "" : `${base}.options`,
      String(block.timeout ?? 10),
      String(block.retries ?? 3),
      ...(debug ? [] : ["> /dev/null 2>&1"]),
    ];
    const ended = await this.run(name, argv);
    for (const ending of ["alert", "options"]) rmSync(`${base}.${ending}`, { force: true });
    return ended;
  }

  run(name: string, argv: readonly string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(`integrations/${name}`, argv, {
        cwd: this.home,
        env: { PATH: process.env["PATH"], TZ: "UTC" },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const pieces: Buffer[] = [];
      for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (piece: Buffer) => pieces.push(piece));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output: Buffer.concat(pieces).toString() }));
    });
  }

  /** What was handed over, the oldest first. */
  get handedOver(): readonly string[] {
    const names = readdirSync(this.spool).filter((name) => name !== "alive");
    return names.toSorted().map((name) => readFileSync(join(this.spool, name), "utf8"));
  }

  get log(): string {
    try {
      return readFileSync(join(this.home, "logs", "integrations.log"), "utf8");
    } catch {
      return "";
    }
  }
}
