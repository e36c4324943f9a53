import { readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readActiveResponses } from "../../src/wazuh/active-response.ts";
import { type Element, readOssecXml } from "../../src/wazuh/ossec-xml.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), "utf8");
const bin = "deploy/wazuh/agent/bin";
const shell = readdirSync(at(bin))
  .map((name) => read(join(bin, name)))
  .join("\n");
const windows = "deploy/wazuh/agent/windows";
const powershell = readdirSync(at(windows))
  .filter((name) => name.endsWith(".ps1"))
  .map((name) => read(join(windows, name)))
  .join("\n");
const page = read("docs/reference/companion.md");

/** `effect why` of each answer whose reason is written out. */
function answersIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, effect, why]) => `${effect} ${why}`))].toSorted();
}

describe("what the companion answers", () => {
  const inShell = answersIn(shell, /\banswer (\w+) '?(\w+)'?/g);
  const inPowershell = answersIn(powershell, /Write-(?:Answer|Look) '(\w+)' '(\w+)'/g);
  const effects = new Map(
    [...page.matchAll(/^\| `(yes|already|no|undone|refused)` \| .*? \| (.*) \|$/gm)].map(
      ([, effect = "", whys = ""]) => [effect, new Set([...whys.matchAll(/`(\w+)`/g)].map(([, why]) => why))],
    ),
  );

  it("is in its contract, on each system", () => {
    const told = (answers: readonly string[]): readonly string[] =>
      answers.filter((answer) => effects.get(answer.split(" ")[0] ?? "")?.has(answer.split(" ")[1]) !== true);

    expect(effects.size).toBe(5);
    expect(inShell.length).toBeGreaterThan(10);
    expect([told(inShell), told(inPowershell)]).toEqual([[], []]);
  });

  it("has a reason of the contract where the reason is found by looking", () => {
    const lacks = [...new Set([...shell.matchAll(/\black=(\w+)/g)].map(([, why = ""]) => why))];
    const known = new Set([...effects.values()].flatMap((whys) => [...whys]));

    expect(lacks.filter((why) => !known.has(why))).toEqual([]);
  });

  it("has the same parts on Windows, in the same order", () => {
    const keys = (text: string): readonly string[] =>
      [
        ...text.replaceAll("\\", "").matchAll(/"(riposte|v|token|action|verb|target|effect|why|others|until|found)":/g),
      ].map(([, key = ""]) => key);

    expect(new Set(keys(powershell))).toEqual(new Set(keys(shell)));
  });
});

describe("what the manager is given", () => {
  const named = (elements: readonly Element[], name: string): readonly Element[] =>
    elements.filter((each) => each.name === name);
  const text = (of: Element, name: string): string => named(of.elements, name)[0]?.content ?? "";

  it("has a rule for each effect, below Wazuh's own for what scripts log, and each id once", () => {
    const { roots, broken } = readOssecXml(read("deploy/wazuh/manager/riposte_companion_rules.xml"));
    const rules = roots.flatMap(({ elements }) => named(elements, "rule"));

    expect(broken).toBeNull();
    expect(rules.map((rule) => text(rule, "if_sid"))).toEqual(["650", "110650", "110650", "110650", "110650"]);
    const fields = rules.map((rule) => new RegExp(text(rule, "field")));
    expect(fields[0]?.test("1")).toBe(true);
    for (const effect of ["yes", "already", "undone", "refused", "no"]) {
      expect([effect, fields.slice(1).filter((field) => field.test(effect)).length]).toEqual([effect, 1]);
    }
    for (const id of [110650, 110651, 110652, 110653, 110654]) expect(page).toContain(`| ${id} |`);
  });

  it("puts each command into ar.conf, and has no alert run it", () => {
    const { blocks, problems } = readActiveResponses(
      readFileSync(at("deploy/wazuh/manager/riposte_active_response.xml")),
    );

    expect(blocks.map(({ executable, timeoutS }) => [executable, timeoutS])).toEqual([
      ["riposte-disable-account", null],
      ["riposte-block-ip", null],
      ["riposte-isolate-host", null],
      ["riposte-disable-account.cmd", null],
      ["riposte-block-ip.cmd", null],
      ["riposte-disable-account", 86_400],
    ]);
    expect(problems).toEqual([]);
  });
});

describe("the files for an agent", () => {
  it("have a command on Windows for each script, which says the script's action", () => {
    for (const action of ["disable-account", "block-ip"]) {
      expect(read(`${windows}/riposte-${action}.cmd`)).toContain(`"%~dp0riposte-${action}.ps1"`);
      expect(read(`${windows}/riposte-${action}.ps1`)).toContain(`$Action = '${action}'`);
      expect(read(`${bin}/riposte-${action}`)).toContain(`run_companion ${action} "`);
    }
  });

  it("hold nothing that Wazuh's API could start but the scripts themselves", () => {
    const executable = readdirSync(at(bin)).filter((name) => (statSync(at(join(bin, name))).mode & 0o111) !== 0);

    expect(executable).toEqual(["riposte-block-ip", "riposte-disable-account", "riposte-isolate-host"]);
  });
});
