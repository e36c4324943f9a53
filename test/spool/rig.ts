import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { diskSpoolFolder } from "../../src/ports/disk-spool-folder.ts";
import type { SpoolFolder } from "../../src/ports/spool-folder.ts";
import type { Source } from "../../src/sources/source.ts";
import { createSpool } from "../../src/sources/spool.ts";
import type { SpoolEvent } from "../../src/sources/spool-event.ts";
import type { SpoolOptions } from "../../src/sources/spool-options.ts";
import { createTestClock, type TestClock } from "../clock.ts";
import { Ledger } from "../tail/ledger.ts";
import { levelJudge } from "../tail/rig.ts";

export interface SpoolRig {
  readonly path: string;
  readonly folder: SpoolFolder;
  readonly ledger: Ledger;
  readonly clock: TestClock;
  readonly events: SpoolEvent[];
  /** Files that are there, Riposte's own not among them. */
  readonly names: () => readonly string[];
  readonly rejected: () => readonly string[];
  readonly put: (name: string, text: string) => void;
  /** One life of the source. */
  readonly start: (options?: Partial<SpoolOptions>) => Source;
  /** Lets it see what is there and be done with it. */
  readonly settle: () => Promise<void>;
}

export function createSpoolRig(at?: string): SpoolRig {
  const path = at ?? join(mkdtempSync(join(tmpdir(), "riposte-spool-")), "spool");
  if (at === undefined) {
    mkdirSync(path);
    onTestFinished(() => rmSync(join(path, ".."), { recursive: true, force: true }));
  }
  const folder: SpoolFolder = { ...diskSpoolFolder(path), watch: () => () => {} };
  const ledger = new Ledger();
  const clock = createTestClock();
  const events: SpoolEvent[] = [];

  function start(options: Partial<SpoolOptions> = {}): Source {
    const source = createSpool({
      name: "spool",
      folder,
      owner: null,
      ownId: process.geteuid?.() ?? null,
      clock,
      accept: ledger.accept,
      judge: levelJudge,
      observe: (event) => events.push(event),
      ...options,
    });
    source.start(null);
    onTestFinished(() => void source.drain());
    return source;
  }

  return {
    path,
    folder,
    ledger,
    clock,
    events,
    names: () =>
      readdirSync(path)
        .filter((name) => name !== "alive" && name !== "rejected")
        .toSorted(),
    rejected: () => readdirSync(join(path, "rejected")).toSorted(),
    put: (name, text) => writeFileSync(join(path, name), text),
    start,
    settle: () => clock.advance(3_000),
  };
}
