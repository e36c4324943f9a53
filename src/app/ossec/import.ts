// A first config for who has integratord, and what its blocks would have sent over the last days.
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../../config/load.ts";
import type { ConfigError } from "../../config/problem.ts";
import type { Config } from "../../config/schema.ts";
import { connectors } from "../../connectors/index.ts";
import { DAY_MS, type Instant } from "../../core/time.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import { openAlertFile } from "../replay/alert-file.ts";
import { findFiles } from "../replay/find-files.ts";
import { replay } from "../replay/replay.ts";
import { BlockTally } from "./block-tally.ts";
import { type OssecBlocks, readBlocks, withBlocks } from "./blocks.ts";
import { importedConfig } from "./imported-config.ts";
import { whatNeverFires } from "./never-fires.ts";
import { readIntegrations } from "./read-files.ts";

export interface ImportOptions {
  readonly ossecConf: string;
  /** Null: beside ossec.conf, where Wazuh has them. */
  readonly alerts: string | null;
  readonly fromAt: Instant;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

export interface ImportReport {
  readonly kind: "imported";
  readonly ossecConf: string;
  /** The text of a config. */
  readonly config: string;
  readonly blocks: readonly ImportedBlock[];
  readonly problems: readonly ConfigError[];
  /** Null: there are none to look at. */
  readonly alerts: {
    readonly folder: string;
    readonly read: number;
    readonly unreadable: number;
    readonly firstAt: Instant | null;
    readonly lastAt: Instant | null;
  } | null;
}

export interface ImportedBlock {
  /** Of the policy; null: Riposte can't take the block over, and integratord keeps it. */
  readonly policy: string | null;
  readonly block: string;
  readonly line: number;
  /** What integratord would have sent, and what Riposte would, in UTC. */
  readonly days: readonly { readonly day: string; readonly integratord: number; readonly riposte: number }[];
  readonly never: readonly string[];
}

export interface ImportRefusal {
  readonly kind: "refused";
  readonly code: "unreadable" | "not_accepted" | "unwritable";
  readonly why: string;
}

/** Reads and counts; writes nothing. */
export async function importOssecConf(options: ImportOptions): Promise<ImportReport | ImportRefusal> {
  const ossecConf = resolve(options.ossecConf);
  const conf = readIntegrations(ossecConf, "alone", null);
  if (conf.conf === null) {
    const lines = conf.problems.map(({ file, line, column, says }) => `${file}:${line}:${column} ${says}`);
    return {
      kind: "refused",
      code: conf.found.startsWith("unreadable") ? "unreadable" : "not_accepted",
      why: lines.join("\n"),
    };
  }
  const none = { path: "", found: "missing", conf: null, problems: [] };
  const found = readBlocks(
    { conf, takenOver: none, jiraScript: "another", lastCopy: null, names: [] },
    connectors,
    () => [],
  );
  const base = dirname(dirname(ossecConf));
  const text = importedConfig({
    ossecConf,
    alerts: join(base, "logs/alerts/alerts.json"),
    blocks: found.blocks,
    now: options.now,
  });
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(`the imported config is wrong: ${loaded.errors[0]?.says}`);

  const running = runningBlocks(conf.conf.blocks);
  const folder = options.alerts ?? join(base, "logs/alerts");
  const past = existsSync(folder)
    ? await pastOf(
        folder,
        running.map(({ block }) => block),
        loaded.config,
        found,
        options,
      )
    : null;
  const names = new Map(found.blocks.map(({ block, name }) => [block, name]));
  return {
    kind: "imported",
    ossecConf,
    config: text,
    problems: found.problems,
    alerts: past?.alerts ?? null,
    blocks: running.map(({ block, name }, i): ImportedBlock => {
      const policy = names.get(block) ?? null;
      const sums = past?.tally.blocks[i];
      return {
        policy,
        block: name,
        line: block.place.line,
        days: sums === undefined ? [] : daysOf(sums.days, policy === null ? undefined : past?.riposte.get(policy)),
        never: sums === undefined ? [] : whatNeverFires(sums, past?.tally.alerts ?? 0),
      };
    }),
  };
}

type Days = ReadonlyMap<string, number>;

interface Past {
  readonly alerts: ImportReport["alerts"];
  readonly tally: BlockTally;
  /** Calls by day, of each destination. */
  readonly riposte: ReadonlyMap<string, Days>;
}

async function pastOf(
  folder: string,
  blocks: ConstructorParameters<typeof BlockTally>[0],
  config: Config,
  found: OssecBlocks,
  { fromAt, signal }: ImportOptions,
): Promise<Past | null> {
  const files = await findFiles([folder]);
  if (files.kind === "not_found") return null;
  const tally = new BlockTally(blocks, fromAt);
  for (const { path } of files.files) {
    const file = openAlertFile(path);
    if (file.kind !== "open" || signal.aborted) continue;
    try {
      while (!signal.aborted && (await file.take(tally)));
    } finally {
      file.close();
    }
  }
  const whole = withBlocks(config, found, connectors);
  const hasOwn = found.blocks.length > 0 && !signal.aborted;
  const options = { config: whole, named: [folder], fromAt, toAt: null, signal, progress: () => {} };
  const replayed = hasOwn ? await replay(options) : null;
  const days = replayed?.kind === "replayed" ? replayed.days : [];
  const riposte = new Map(
    whole.destinations.map(({ name }) => [name, new Map(days.map(({ day, calls }) => [day, calls[name] ?? 0]))]),
  );
  const { alerts: read, unreadable, firstAt, lastAt } = tally;
  return { alerts: { folder, read, unreadable, firstAt, lastAt }, tally, riposte };
}

function daysOf(integratord: ReadonlyMap<number, number>, riposte: Days = new Map()): ImportedBlock["days"] {
  const named = new Map(
    [...integratord].map(([day, count]) => [new Date(day * DAY_MS).toISOString().slice(0, 10), count]),
  );
  const all = [...new Set([...named.keys(), ...[...riposte].filter(([, calls]) => calls > 0).map(([day]) => day)])];
  return all.toSorted().map((day) => ({ day, integratord: named.get(day) ?? 0, riposte: riposte.get(day) ?? 0 }));
}

/** Null: it is written. A file that is there already is never replaced. */
export function writeConfig(path: string, text: string): ImportRefusal | null {
  try {
    const file = openSync(path, "wx", 0o644);
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "EEXIST" ? "is there already, and is not replaced. Name another file" : `can't be written: ${code}`;
    return { kind: "refused", code: "unwritable", why: `${path} ${why}` };
  }
}
