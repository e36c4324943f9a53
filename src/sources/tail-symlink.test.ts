import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AlertsFolder } from "../../test/tail/alerts-folder.ts";
import { alertLine, createRig, deafFiles, type Rig } from "../../test/tail/rig.ts";
import { diskFiles } from "../ports/disk-files.ts";
import type { Files } from "../ports/files.ts";
import { folderOf } from "./tail-folder.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";

/** The rig's source reads `wazuh.json` in a folder of its own, a link to where the manager writes. */
function linkedRig(): Rig & { readonly link: string; readonly pointTo: (target: string) => void } {
  const rig = createRig();
  const link = join(new AlertsFolder().folder, "wazuh.json");
  const pointTo = (target: string): void => {
    // At once, as whoever knows how does it.
    symlinkSync(target, `${link}.new`);
    renameSync(`${link}.new`, link);
  };
  pointTo(rig.alerts.path);
  return {
    ...rig,
    link,
    pointTo,
    start: (options) => rig.start({ path: link, ...options }),
    run: (options) => rig.run({ path: link, ...options }),
  };
}

describe("a short name that is a symbolic link", () => {
  test("to Wazuh's own is followed through rotation and packing, with the dated files beside what it leads to", async () => {
    const { alerts, ledger, run, settle, crash } = linkedRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));
    await settle();
    crash();

    alerts.lines(alertLine(3));
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(4));
    alerts.pack(MAY_27);
    const source = await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("to a dated file that is pointed to the next one is followed, one missed included", async () => {
    const { alerts, ledger, pointTo, run, settle } = linkedRig();
    alerts.linkTo(MAY_26);
    pointTo(alerts.dated);
    alerts.lines(alertLine(1));
    await run();

    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(3));
    alerts.linkTo(MAY_28);
    pointTo(alerts.dated);
    alerts.lines(alertLine(4));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
  });

  test("to files without dates goes from one to the next as it is pointed anew", async () => {
    const { alerts, ledger, pointTo, run, settle } = linkedRig();
    const [first, second] = ["a.json", "b.json"];
    alerts.append(`${alertLine(1)}\n`, first);
    pointTo(join(alerts.folder, first));
    await run();

    alerts.append(`${alertLine(2)}\n`, first);
    alerts.append(`${alertLine(3)}\n`, second);
    pointTo(join(alerts.folder, second));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
  });

  test("to another disk with the same dated files goes on where it stood", async () => {
    const { alerts, ledger, pointTo, run, crash } = linkedRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1, { bytes: 400 }));
    await run();
    crash();

    const moved = new AlertsFolder();
    moved.linkTo(MAY_26);
    moved.lines(alertLine(1, { bytes: 400 }), alertLine(2));
    pointTo(moved.path);
    await run();

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("that leads nowhere is missing, and read from its start once it does", async () => {
    const { alerts, ledger, run, settle } = linkedRig();

    const source = await run();
    expect(source.status()).toMatchObject({ state: "missing" });
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await settle();

    expect(ledger.ids).toEqual(["1"]);
  });

  test("is watched where it stands and where it leads", async () => {
    const { alerts, link, run } = linkedRig();
    const watched: string[] = [];
    const files: Files = {
      ...deafFiles,
      watch(path) {
        watched.push(path);
        return () => {};
      },
    };
    alerts.linkTo(MAY_26);

    await run({ files });

    expect(watched).toContain(join(link, ".."));
    expect(watched).toContain(alerts.folder);
  });
});

test("a folder that is a symbolic link is as good as any other", async () => {
  const { alerts, ledger, run, settle, crash } = createRig();
  const elsewhere = join(new AlertsFolder().folder, "alerts");
  symlinkSync(alerts.folder, elsewhere);
  const path = join(elsewhere, "alerts.json");
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1));
  await run({ path });
  crash();

  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(2));
  alerts.pack(MAY_26);
  await run({ path });
  await settle();

  expect(ledger.ids).toEqual(["1", "2"]);
});

test("the dated files are beside the short name unless a symbolic link says otherwise", () => {
  const { folder, path } = new AlertsFolder();
  const name = { files: diskFiles, path };
  expect(folderOf(name)).toBe(folder);

  const other = new AlertsFolder();
  for (const [target, expected] of [
    [join(other.folder, "2026", "May", "ossec-alerts-26.json"), other.folder],
    [join(other.folder, "2026", "May", "other.json"), join(other.folder, "2026", "May")],
  ] as const) {
    mkdirSync(join(other.folder, "2026", "May"), { recursive: true });
    other.append("", target.slice(other.folder.length + 1));
    rmSync(path, { force: true });
    symlinkSync(target, path);
    expect(folderOf(name)).toBe(expected);
  }
});
