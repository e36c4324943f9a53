// Files of synthetic alerts, the same bytes for the same seed and size, kept in the system's folder for temporary files.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { between, seededRandom } from "../src/sandbox/sample/random.ts";
import type { Shape } from "./shape.ts";
import { SHAPES } from "./shapes.ts";

export interface AlertsFile {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** How many alerts have each level. */
  readonly byLevel: readonly number[];
  /** Lines whose own level is below 10 and in which a key further down looks like a level of 10 or more. */
  readonly decoys: number;
}

/** Levels as a busy manager writes them: nine of ten are 3 to 5, two of a hundred are 10 and more. */
export const HIGH_LEVEL = 10;

export function alertsFile(wanted: { readonly bytes: number; readonly seed: number }): AlertsFile {
  const folder = join(tmpdir(), "riposte-bench");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `alerts-${generatorHash()}-${wanted.seed}-${wanted.bytes}.json`);
  const factsPath = `${path}.facts`;
  if (!existsSync(factsPath)) {
    const facts = writeAlerts(`${path}.unfinished`, wanted);
    renameSync(`${path}.unfinished`, path);
    writeFileSync(factsPath, JSON.stringify(facts));
  }
  const facts = JSON.parse(readFileSync(factsPath, "utf8")) as Omit<AlertsFile, "path">;
  return { path, ...facts };
}

export function linesFrom(file: AlertsFile, level: number): number {
  return file.byLevel.slice(level).reduce((sum, lines) => sum + lines, 0);
}

export interface GeneratedLine {
  readonly line: string;
  readonly level: number;
  readonly id: string;
}

/** Alerts one after the other, without end. */
export function* alertLines(seed: number): Generator<GeneratedLine, never> {
  const random = seededRandom(seed);
  const lots = SHAPES.flatMap(({ weight, draw }) => Array.from({ length: weight }, () => draw));
  // Files of two seeds share no id, so that one can follow the other.
  let at = Date.UTC(2026, 0, 1 + seed, 6);
  let offset = 0;
  for (;;) {
    at += between(random, 1, 30);
    const host = `host${between(random, 1, 400)}`;
    const draw = lots[between(random, 0, lots.length - 1)];
    if (draw === undefined) throw new Error("there are no shapes");
    const level = drawLevel(random);
    const id = `${Math.floor(at / 1000)}.${offset}`;
    const line = lineOf(draw({ random, at, host }), { at, host, level, id, firedTimes: between(random, 1, 4_000) });
    offset += line.length + 1;
    yield { line, level, id };
  }
}

function drawLevel(random: () => number): number {
  const share = random();
  if (share < 0.9) return between(random, 3, 5);
  return share < 0.98 ? between(random, 6, HIGH_LEVEL - 1) : between(random, HIGH_LEVEL, 15);
}

interface Stamp {
  readonly at: number;
  readonly host: string;
  readonly level: number;
  readonly id: string;
  readonly firedTimes: number;
}

/** In the order in which the manager writes its keys. */
function lineOf(shape: Shape, { at, host, level, id, firedTimes }: Stamp): string {
  return JSON.stringify({
    timestamp: new Date(at).toISOString().replace("Z", "+0000"),
    rule: {
      level,
      description: shape.description,
      id: shape.ruleId,
      mitre: shape.mitre,
      firedtimes: firedTimes,
      mail: level >= 12,
      groups: shape.groups,
      pci_dss: ["10.2.4", "10.2.5", "11.4"],
      gpg13: ["7.1", "7.8"],
      gdpr: ["IV_35.7.d", "IV_32.2"],
      hipaa: ["164.312.b"],
      nist_800_53: ["AU.14", "AC.7", "SI.4"],
      tsc: ["CC6.1", "CC6.8", "CC7.2", "CC7.3"],
    },
    agent: { id: host.slice(4).padStart(3, "0"), name: host, ip: `10.40.0.${Number(host.slice(4)) % 250}` },
    manager: { name: "manager-1" },
    id,
    cluster: { name: "example", node: "node01" },
    previous_output: shape.previousOutput,
    full_log: shape.fullLog,
    syscheck: shape.syscheck,
    predecoder: shape.predecoder,
    decoder: shape.decoder,
    data: shape.data,
    location: shape.location,
  });
}

function writeAlerts(path: string, { bytes, seed }: { bytes: number; seed: number }): Omit<AlertsFile, "path"> {
  rmSync(path, { force: true });
  const file = openSync(path, "w");
  const byLevel = Array.from({ length: 16 }, () => 0);
  const facts = { bytes: 0, lines: 0, decoys: 0 };
  let waiting: string[] = [];
  for (const { line, level } of alertLines(seed)) {
    waiting.push(line, "\n");
    facts.bytes += Buffer.byteLength(line) + 1;
    facts.lines += 1;
    byLevel[level] = (byLevel[level] ?? 0) + 1;
    if (level < HIGH_LEVEL && /"rule":\{"level":1[0-9],/.test(line)) facts.decoys += 1;
    const isEnough = facts.bytes >= bytes;
    if (waiting.length >= 4_000 || isEnough) {
      writeSync(file, waiting.join(""));
      waiting = [];
    }
    if (isEnough) break;
  }
  closeSync(file);
  return { ...facts, byLevel };
}

/** A file made by other shapes is another file. */
function generatorHash(): string {
  const hash = createHash("sha256");
  for (const name of ["generate.ts", "shape.ts", "shapes.ts", "shapes-host.ts", "shapes-service.ts"]) {
    hash.update(readFileSync(new URL(name, import.meta.url)));
  }
  return hash.digest("hex").slice(0, 12);
}
