// What integratord waits for: one of the scripts for its integrations directory, from its start to its end.
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mustEqual } from "./bench.ts";
import { runProgram, scriptPath } from "./children.ts";
import { findProgram } from "./peers.ts";

const files = fileURLToPath(new URL("../deploy/wazuh/manager/", import.meta.url));

export interface ScriptRun {
  readonly wallMs: number;
  /** Of all its processes. */
  readonly cpuMs: number;
  /** Of its largest process. */
  readonly peakBytes: number;
}

/** A manager with a living Riposte's spool. */
export class MeasuredManager {
  readonly #home: string;
  readonly #spool: string;
  readonly #measure: string;

  private constructor(home: string, measure: string) {
    this.#home = home;
    this.#spool = join(home, "queue", "riposte");
    this.#measure = measure;
  }

  /** Undefined: there is no C compiler to measure with. Without `custom-riposte` beside it `custom-jira` takes Python. */
  static async make(home: string, python: string, scripts: readonly string[]): Promise<MeasuredManager | undefined> {
    const compiler = findProgram("cc", "gcc", "clang");
    if (compiler === undefined) return undefined;
    for (const folder of ["integrations", "logs", "tmp", "queue/riposte", "framework/python/bin"])
      mkdirSync(join(home, folder), { recursive: true });
    for (const name of scripts) {
      copyFileSync(join(files, name), join(home, "integrations", name));
      chmodSync(join(home, "integrations", name), 0o750);
    }
    symlinkSync(python, join(home, "framework/python/bin/python3"));
    const measure = join(home, "peak-of");
    await runProgram(compiler, ["-O2", "-o", measure, scriptPath("peak-of.c")]);
    return new MeasuredManager(home, measure);
  }

  /** Calls it with integratord's arguments, and counts that the alert is in the spool. */
  async run(name: string, alert: string): Promise<ScriptRun> {
    const alive = join(this.#spool, "alive");
    writeFileSync(alive, "");
    utimesSync(alive, Date.now() / 1_000, Date.now() / 1_000);
    const path = join(this.#home, "tmp", `${name}-1795445715--1804289383.alert`);
    writeFileSync(path, `${alert}\n`);
    const script = join(this.#home, "integrations", name);
    const given = [path, "API_KEY", "http://127.0.0.1:9/nobody", "", "", "10", "3", "> /dev/null 2>&1"];
    const { stdout } = await runProgram(this.#measure, [script, ...given]);
    const [us = Number.NaN, cpuUs = Number.NaN, kibibytes = Number.NaN, code = Number.NaN] = stdout
      .trim()
      .split(" ")
      .map(Number);
    mustEqual(`exit code of ${name}`, code, 0);
    const handed = readdirSync(this.#spool).filter((file) => file.endsWith(".json"));
    mustEqual(`alerts that ${name} handed over`, handed.length, 1);
    for (const file of handed) rmSync(join(this.#spool, file));
    return { wallMs: us / 1_000, cpuMs: cpuUs / 1_000, peakBytes: kibibytes * 1_024 };
  }
}
