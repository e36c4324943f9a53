import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { filledConf } from "../../../test/fixtures/ossec/original.ts";
import { readConfig } from "../read-config.ts";
import { prepareTakeover, prepareUndo } from "./takeover.ts";

const ORIGINAL = filledConf({ slack: "https://hooks.example/1", jira: "https://jira.example/2" });
const EMPTY = "<ossec_config>\n\n</ossec_config>\n";
const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "riposte-takeover-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  write(
    "riposte.yaml",
    `store: sqlite:${folder}/riposte.db\nwazuh: { alerts: /a/alerts.json }\nossec_conf: ${folder}/ossec.conf\n`,
  );
  write("ossec.conf", ORIGINAL);
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function prepare(undo = false) {
  const configPath = join(folder, "riposte.yaml");
  const found = readConfig(configPath);
  if (found.kind !== "loaded") throw new Error(JSON.stringify(found));
  const { config, ossec } = found;
  const prepared = (undo ? prepareUndo : prepareTakeover)({ config, configPath, ossec, named: null, now: Date.now() });
  if (prepared.kind === "refused") throw new Error(prepared.why);
  return prepared;
}

describe("a takeover", () => {
  it("that finds ossec.conf changed at the last moment touches nothing, and leaves no trace", () => {
    const { carryOut } = prepare();
    write("ossec.conf", `${ORIGINAL}<!-- new -->\n`);

    expect(carryOut()).toMatchObject({ code: "changed", why: expect.stringContaining("at this very moment") });

    expect(read("ossec.conf")).toBe(`${ORIGINAL}<!-- new -->\n`);
    expect(read("integrations.ossec.conf")).toBe("");
    expect(readdirSync(folder).toSorted()).toEqual(["integrations.ossec.conf", "ossec.conf", "riposte.yaml"]);
    expect(prepare().carryOut()).toBeNull();
  });

  it("that finds its own file changed at the last moment leaves ossec.conf alone", () => {
    const { carryOut } = prepare();
    write("integrations.ossec.conf", "<ossec_config></ossec_config>\n");

    expect(carryOut()).toMatchObject({ code: "changed" });

    expect(read("ossec.conf")).toBe(ORIGINAL);
    expect(read("integrations.ossec.conf")).toBe("<ossec_config></ossec_config>\n");
  });

  it("goes behind what stands in its file already, and undoing it leaves just that", () => {
    const before = "<!-- mine --><ossec_config></ossec_config>\n";
    write("integrations.ossec.conf", before);

    expect(prepare().carryOut()).toBeNull();
    expect(read("integrations.ossec.conf").startsWith(before)).toBe(true);
    expect(prepare(true).carryOut()).toBeNull();

    expect([read("ossec.conf"), read("integrations.ossec.conf")]).toEqual([ORIGINAL, before]);
  });

  it("follows a link to ossec.conf, and leaves the link", () => {
    write("real.conf", ORIGINAL);
    rmSync(join(folder, "ossec.conf"));
    symlinkSync("real.conf", join(folder, "ossec.conf"));

    expect(prepare().carryOut()).toBeNull();

    expect(read("real.conf")).toBe(EMPTY);
    expect(readdirSync(folder)).toContain("ossec.conf");
  });

  it("clears away what one that died has left", () => {
    write("ossec.conf.riposte-new", "half");
    write("integrations.ossec.conf.riposte-new", "half");

    expect(prepare().carryOut()).toBeNull();

    expect(readdirSync(folder).filter((name) => name.endsWith("-new"))).toEqual([]);
  });

  it.skipIf(!isRoot)("keeps owner and mode, and gives its own file to whoever runs Riposte", () => {
    chownSync(join(folder, "ossec.conf"), 0, 999);
    chmodSync(join(folder, "ossec.conf"), 0o640);
    write("riposte.db", "");
    chownSync(join(folder, "riposte.db"), 65_534, 65_534);

    expect(prepare().carryOut()).toBeNull();

    const ownerOf = (name: string) => {
      const { uid, gid, mode } = statSync(join(folder, name));
      return [uid, gid, mode & 0o7777];
    };
    expect(ownerOf("ossec.conf")).toEqual([0, 999, 0o640]);
    expect(ownerOf("integrations.ossec.conf")).toEqual([65_534, 65_534, 0o600]);
    const [copy] = readdirSync(folder).filter((name) => name.includes("before"));
    expect(ownerOf(copy!)).toEqual([0, 999, 0o640]);
  });

  it.skipIf(!isRoot)("by a user who may not write there is refused, with what to do, and nothing is touched", () => {
    chmodSync(folder, 0o755);
    const { carryOut } = prepare();

    process.seteuid!(65_534);
    const refused = carryOut();
    process.seteuid!(0);

    expect(refused).toMatchObject({ code: "not_permitted", why: expect.stringContaining("Run this as root (sudo)") });
    expect(readdirSync(folder).toSorted()).toEqual(["ossec.conf", "riposte.yaml"]);
    expect(read("ossec.conf")).toBe(ORIGINAL);
  });
});
