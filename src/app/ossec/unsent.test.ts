import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ConfFolder, SPOOL } from "../../../test/fixtures/ossec/conf-folder.ts";
import { filledConf } from "../../../test/fixtures/ossec/original.ts";
import { withNamedFiles } from "../named-files.ts";
import { readConfig } from "../read-config.ts";
import { prepareTakeover, prepareUndo } from "./takeover.ts";

const FILLED = filledConf({ slack: "https://hooks.example/SECRET-1", jira: "https://jira.example/SECRET-2" });
const EMPTY = "<ossec_config>\n</ossec_config>\n";
const COPY = "etc/ossec.conf.before-riposte-20261123T120000000Z";

let folder: ConfFolder;
beforeEach(() => {
  folder = new ConfFolder();
});

function lose(name: string): void {
  rmSync(join(folder.path, name));
}

describe("a block that was taken over", () => {
  beforeEach(() => {
    folder.write(COPY, FILLED);
    folder.write("etc/ossec.conf", EMPTY);
    folder.write("integrations.ossec.conf", FILLED);
  });

  it("and stands in neither file any more is complained of, each with its line in the copy", () => {
    expect(folder.seen().says).toEqual([]);

    lose("integrations.ossec.conf");

    const nowhere =
      "was taken over and stands neither in /integrations.ossec.conf nor in /etc/ossec.conf: nobody sends it. Put /integrations.ossec.conf back, or the block from this copy into it; where that is meant, delete the copy";
    expect(folder.seen()).toMatchObject({
      blocks: [],
      says: [`/${COPY}:2:1 slack ${nowhere}`, `/${COPY}:11:1 custom-jira ${nowhere}`],
    });
    expect(JSON.stringify(folder.read().ossec)).not.toContain("SECRET");
  });

  it("is looked for by its name, so that one that was changed in its new place is there", () => {
    folder.write("integrations.ossec.conf", FILLED.replace("SECRET-1", "new").replace("<level>3", "<level>4"));

    expect(folder.seen().says).toEqual([]);
  });

  it("is found in the file that integratord reads as well, and only the last copy counts", () => {
    folder.write("etc/ossec.conf.before-riposte-20261122T120000000Z", FILLED.replace(">slack<", ">custom-old<"));
    lose("integrations.ossec.conf");
    folder.write("etc/ossec.conf", FILLED);

    expect(folder.seen().says).toEqual([]);
  });

  it("is not complained of while ossec.conf can't be read, unless the other file is missing", () => {
    folder.write("integrations.ossec.conf", EMPTY);
    lose("etc/ossec.conf");
    expect(folder.seen().says).toHaveLength(1);

    lose("integrations.ossec.conf");
    expect(folder.seen().says).toHaveLength(3);
  });
});

it("an undone takeover leaves no copy that would speak of it", () => {
  folder.write("etc/ossec.conf", FILLED);
  const options = () => ({ ...folder.read(), configPath: join(folder.path, "riposte.yaml"), named: null, now: 0 });
  for (const prepare of [prepareTakeover, prepareUndo]) {
    const prepared = prepare(options());
    if (prepared.kind === "refused") throw new Error(prepared.why);
    expect(prepared.carryOut()).toBeNull();
  }

  folder.write("etc/ossec.conf", EMPTY);

  expect(folder.seen()).toMatchObject({ blocks: [], says: [] });
});

describe("an ossec.conf whose custom-jira is handed over", () => {
  const start = () => withNamedFiles(readConfig(join(folder.path, "riposte.yaml")));

  it.each([
    ["gone", () => {}, "does not exist. Correct the path in the config"],
    ["broken", () => folder.write("etc/ossec.conf", FILLED.slice(0, 300)), "is broken as it stands. Mend it"],
  ])("and that is %s at a start is a mistake of the config, since its alerts would be lost", async (_, spoil, why) => {
    folder.config("", SPOOL);
    spoil();

    const found = await start();

    if (found.kind !== "refused") throw new Error(found.kind);
    const [{ line, path, says } = { line: 0, path: "", says: "" }] = found.errors;
    expect([line, path, says]).toEqual([
      3,
      "ossec_conf",
      `${folder.path}/etc/ossec.conf ${why}. Alerts that custom-jira hands over would be told to nobody; while Riposte does not run, that script tells of them itself`,
    ]);
  });

  it("goes on with its last reading while Riposte runs, and without a spool nothing is lost either", async () => {
    folder.config("", SPOOL);
    folder.write("etc/ossec.conf", FILLED);
    const { reading } = folder.seen();
    lose("etc/ossec.conf");
    const now = await withNamedFiles(readConfig(join(folder.path, "riposte.yaml"), null, reading));
    expect(now.kind).toBe("loaded");

    folder.config("");
    expect((await start()).kind).toBe("loaded");
  });
});
