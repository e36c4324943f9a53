import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { connectors } from "../connectors/index.ts";
import { loadConfig, type Loaded } from "./load.ts";
import { withPlaybooks } from "./playbooks.ts";
import { formatConfigError } from "./problem.ts";

let directory: string;
let configPath: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "riposte-playbooks-"));
  configPath = join(directory, "riposte.yaml");
  onTestFinished(() => rmSync(directory, { recursive: true }));
});

function load(playbook: string, more = "", isRescue = false): Loaded {
  const text = `wazuh: { alerts: /a/alerts.json }
destinations: { hook: { type: webhook, url: "https://siem.example/h", unsigned: true } }
policies: [{ name: each, when: { rule.level: 5 }, tell: [hook], playbook: ${playbook} }]
${more}`;
  return withPlaybooks(loadConfig(text, "riposte.yaml", connectors), { configPath, isRescue });
}

function write(name: string, text: string, folder = "playbooks"): void {
  mkdirSync(join(directory, folder), { recursive: true });
  writeFileSync(join(directory, folder, `${name}.md`), text);
}

const MINE = "---\ntitle: Mine\n---\n\n1. Ask.\n";

function found(loaded: Loaded): { readonly titles: readonly unknown[]; readonly errors: readonly string[] } {
  if (loaded.kind === "refused") return { titles: [], errors: loaded.errors.map(formatConfigError) };
  return {
    titles: Object.values(loaded.config.playbooks ?? {}).map((each) =>
      each.kind === "playbook" ? each.title : each.says,
    ),
    errors: (loaded.playbookErrors ?? []).map(formatConfigError),
  };
}

describe("the playbook that a policy names", () => {
  test("is a file of the folder beside the config", () => {
    write("mine", MINE);
    expect(found(load("mine"))).toEqual({ titles: ["Mine"], errors: [] });
  });

  test("is one that comes with Riposte, unless a file of the same name stands in the folder", () => {
    expect(found(load("agent-disconnection"))).toEqual({ titles: ["Agent disconnected"], errors: [] });
    write("agent-disconnection", MINE);
    expect(found(load("agent-disconnection"))).toEqual({ titles: ["Mine"], errors: [] });
  });

  test("is looked for in the folder that the config names", () => {
    write("mine", MINE, "other");
    expect(found(load("mine", `playbooks: ${directory}/other`))).toEqual({ titles: ["Mine"], errors: [] });
  });

  test("that is nowhere is a mistake of the config, with the nearest name", () => {
    write("mine", MINE);
    expect(load("agent-disconection")).toMatchObject({ kind: "refused" });
    expect(found(load("agent-disconection")).errors).toEqual([
      "riposte.yaml:3:75 policies.each.playbook: no playbook of this name. Did you mean agent-disconnection?",
    ]);
    expect(found(load("something-else")).errors[0]).toContain(
      "There are: account-lock-out, agent-disconnection, mine, ssh-brute-force",
    );
  });

  test("that is gone does not keep the config that worked last from working", () => {
    const rescued = load("gone", "", true);
    expect(rescued).toMatchObject({ kind: "loaded" });
    expect(found(rescued).titles).toEqual(["there is no such file"]);
  });

  test("has a name, and not a path", () => {
    expect(found(load('"../mine"')).errors[0]).toMatch(
      /^riposte\.yaml:3:75 policies\.each\.playbook: a name has letters/,
    );
  });
});

describe("a playbook that can't be read", () => {
  test("is told with file and line, and everything else goes on", () => {
    write("mine", "---\ntitle: Mine\n---\n\nNo steps.\n");
    const loaded = load("mine");
    expect(loaded).toMatchObject({ kind: "loaded" });
    expect(found(loaded)).toEqual({
      titles: ["line 4: has no steps. Begin each with its number. Example: 1. Ask the owner."],
      errors: [
        `${directory}/playbooks/mine.md:4:1 has no steps. Begin each with its number. Example: 1. Ask the owner.`,
      ],
    });
  });

  test("does not become the one that comes with Riposte", () => {
    write("agent-disconnection", "nonsense");
    expect(found(load("agent-disconnection")).titles).toEqual([expect.stringMatching(/no front matter/)]);
  });

  test.each([
    ["too large", "x".repeat(65_537), /is larger than 64 KiB/],
    ["not UTF-8", Buffer.from([0x2d, 0xff, 0xfe]), /is not UTF-8 text/],
  ])("because it is %s says so", (_, bytes, says) => {
    mkdirSync(join(directory, "playbooks"));
    writeFileSync(join(directory, "playbooks", "mine.md"), bytes);
    expect(found(load("mine")).errors[0]).toMatch(says);
  });

  test("because it is a folder, or because of its rights, says so", () => {
    mkdirSync(join(directory, "playbooks", "mine.md"), { recursive: true });
    expect(found(load("mine")).errors[0]).toMatch(/mine\.md:1:1 is a directory/);
    write("other", MINE);
    chmodSync(join(directory, "playbooks", "other.md"), 0);
    // Root may read everything.
    if (process.getuid?.() !== 0) expect(found(load("other")).errors[0]).toMatch(/may not be read by the user/);
  });
});

describe("a folder that is not there", () => {
  test("is told where the config names it, and those that come with Riposte are used", () => {
    expect(found(load("agent-disconnection", `playbooks: ${directory}/none`))).toEqual({
      titles: ["Agent disconnected"],
      errors: ["riposte.yaml:4:12 playbooks: there is no such folder"],
    });
    expect(found(load("mine", `playbooks: ${directory}/none`)).titles).toEqual(["there is no such folder"]);
  });

  test("has to be an absolute path", () => {
    expect(found(load("mine", "playbooks: playbooks")).errors).toEqual([
      "riposte.yaml:4:12 playbooks: expected an absolute path. Example: /etc/riposte/playbooks",
    ]);
  });
});
