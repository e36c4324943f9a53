import { existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import { leave } from "../../test/fixtures/database-file.ts";
import type { BackupReport } from "../app/backup.ts";
import type { CliContext } from "./context.ts";
import { copyProgress } from "./copy-progress.ts";
import { renderRestore } from "./restore.ts";
import { plain } from "./terminal.ts";

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

function at(name: string): string {
  return join(rig.directory, name);
}

describe("backup", () => {
  test("says what the copy holds, for people and for machines", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    leave(at("riposte.db"), 3);

    const people = await rig.riposte("backup", "one.db", "--config", config);
    const machines = await rig.riposte("backup", "two.db", "--config", config, "--json");

    expect(people).toMatchObject({ code: 0, err: "" });
    expect(people.out).toMatch(/one\.db {2}\S+ KiB, a whole copy of .*riposte\.db, made in \d+\.\d s\n/);
    expect(people.out).toMatch(/\n3 incidents, no alert was kept yet; install testtest, schema \d+\n$/);
    const report = JSON.parse(machines.out) as BackupReport;
    expect(report).toMatchObject({ path: at("two.db"), incidents: 3, install: "testtest", newestAlertAt: null });
    expect(report.bytes).toBe(statSync(at("two.db")).size);
  });

  test.each([
    ["a file that is there", (name: string) => writeFileSync(at(name), "old"), /is there already: .*--force/],
    ["a folder", (name: string) => mkdirSync(at(name)), /is a folder: name a file in it/],
    ["the database by another name", (name: string) => linkSync(at("riposte.db"), at(name)), /is the database itself/],
  ])("is not made over %s, and that stays", { timeout: 120_000 }, async (_, prepare, says) => {
    const config = rig.writeConfig();
    leave(at("riposte.db"), 1);
    prepare("to.db");
    const force = says.source.includes("--force") ? [] : ["--force"];

    const { code, err } = await rig.riposte("backup", "to.db", ...force, "--config", config);

    expect(err).toMatch(/^riposte: [^\n]+\.\n$/);
    expect(err).toMatch(says);
    expect(code).toBe(73);
    expect(existsSync(at("to.db.unfinished"))).toBe(false);
  });

  test("replaces a file that is there where it may", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    leave(at("riposte.db"), 1);
    writeFileSync(at("to.db"), "old");

    const { code } = await rig.riposte("backup", "to.db", "--force", "--config", config);

    expect(code).toBe(0);
    expect(readFileSync(at("to.db"), "latin1")).toMatch(/^SQLite format 3/);
  });

  test.each([
    [["backup", "none/to.db"], 73, /none is no folder that is there: make it first/],
    [["restore"], 2, /name the backup to put in place, or say --in-place/],
    [["restore", "none.db"], 66, /none\.db: there is no such file/],
    [["restore", "riposte.db"], 65, /is the database itself: name a backup/],
  ] as const)("%j ends with %i and what to do", { timeout: 120_000 }, async (args, expected, says) => {
    const config = rig.writeConfig();
    leave(at("riposte.db"), 1);

    const { code, err } = await rig.riposte(...args, "--config", config);

    expect(err).toMatch(says);
    expect(code).toBe(expected);
  });
});

test("a terminal sees how far a copy is, on one line that goes away; a file sees nothing", () => {
  const shown = [true, false].map((isTTY) => {
    let text = "";
    const stderr = { isTTY, write: (more: string) => void (text += more) };
    const progress = copyProgress({ process: { stderr } } as unknown as CliContext);
    for (const part of [0.1, 0.104, 0.5]) progress.show({ kind: "copying", part });
    progress.show({ kind: "checking" });
    progress.end();
    return text;
  });

  const clear = "\r\u001b[K";
  expect(shown).toEqual([`${clear}copying: 10 %${clear}copying: 50 %${clear}checking the copy${clear}`, ""]);
});

test("a restore says what came back, where the old one is, and what is not known any more", () => {
  const text = renderRestore(
    {
      database: "/var/lib/riposte/riposte.db",
      from: "/backup/\u001b[2Jmonday.db",
      restoredAt: 0,
      incidents: 1_234,
      newestAlertAt: Date.UTC(2026, 10, 23, 7),
      keptAs: "/var/lib/riposte/riposte.db.before-restore-20261123T080000Z",
      lastIncident: 2_000,
    },
    plain,
  );

  expect(text).toContain("monday.db: 1,234 incidents, the newest alert is of 2026-11-23 07:00:00Z\n");
  expect(text).toContain("kept as /var/lib/riposte/riposte.db.before-restore-20261123T080000Z; remove it");
  expect(text).toContain("numbered from #2,001");
  expect(text).not.toContain("\u001b");
});
