import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import type { Config } from "../config/schema.ts";
import type { Playbook } from "../core/playbook.ts";
import { ConfigKeeper } from "./config-keeper.ts";
import { readConfig } from "./read-config.ts";

class Desk {
  readonly clock = createTestClock();
  readonly path: string;
  /** Levels that the policy of each applied config asks for. */
  readonly applied: string[] = [];
  readonly refused: (readonly string[])[] = [];
  readonly failures: unknown[] = [];
  readonly waits: (readonly string[])[] = [];
  readonly playbooks: (readonly string[])[] = [];
  readonly #guides: Extract<Playbook, { kind: "playbook" }>[] = [];
  readonly ossec: (readonly string[])[] = [];
  applyFails = false;
  readonly keeper: ConfigKeeper;

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "riposte-keeper-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    this.path = join(directory, "riposte.yaml");
    this.write("5");
    const read = readConfig(this.path);
    if (read.kind !== "loaded") throw new Error("the first config must be right");
    this.keeper = new ConfigKeeper({
      path: this.path,
      clock: this.clock,
      config: read.config,
      text: read.text,
      apply: (config) => this.#apply(config),
      tell: {
        applied: () => {},
        refused: (lines) => this.refused.push(lines),
        failed: (error) => this.failures.push(error),
        waitsForRestart: (keys) => this.waits.push(keys),
        playbooks: (lines) => this.playbooks.push(lines),
        ossecProblems: (lines) => this.ossec.push(lines),
      },
    });
    this.keeper.start();
  }

  write(level: string, more = ""): void {
    writeFileSync(this.path, configText(level, more));
  }

  playbook(text: string): void {
    mkdirSync(join(this.path, "../playbooks"), { recursive: true });
    writeFileSync(join(this.path, "../playbooks/mine.md"), text);
  }

  /** Of the first step, by config that was applied with a playbook. */
  texts(): readonly unknown[] {
    return this.#guides.map(
      ({ steps }) => steps[0]?.parts.flatMap((part) => (part.kind === "text" ? part.runs : []))[0]?.pieces[0],
    );
  }

  #apply(config: Config): Promise<void> {
    for (const playbook of Object.values(config.playbooks ?? {})) {
      if (playbook.kind === "playbook") this.#guides.push(playbook);
    }
    if (this.applyFails) return Promise.reject(new Error("disk full"));
    this.applied.push(JSON.stringify(config.policies[0]?.when));
    return Promise.resolve();
  }
}

function configText(level: string, more: string): string {
  return `wazuh: { alerts: /a/alerts.json }
destinations: { hook: { type: webhook, url: "https://siem.example/h", unsigned: true } }
policies: [{ name: each, when: { rule.level: ${level} }, tell: [hook] }]
${more}`;
}

describe("a config's file that changes", () => {
  it("is applied once two looks in a row found it the same, and only once", async () => {
    const desk = new Desk();
    await desk.clock.advance(10_000);
    expect(desk.applied).toEqual([]);

    desk.write("6");
    await desk.clock.advance(2_000);
    expect(desk.applied).toEqual([]);
    await desk.clock.advance(20_000);

    expect(desk.applied).toHaveLength(1);
    expect(desk.keeper.report).toMatchObject({ refused: [], waitsForRestart: [] });
  });

  it("is not applied while it is wrong, is told once with its place, and is taken when it is right again", async () => {
    const desk = new Desk();
    desk.write("[[");
    await desk.clock.advance(60_000);

    expect(desk.applied).toEqual([]);
    expect(desk.refused).toHaveLength(1);
    expect(desk.refused[0]?.[0]).toMatch(/riposte\.yaml:\d+:\d+ /);
    expect(desk.keeper.report.refused).toEqual(desk.refused[0]);

    desk.write("5");
    await desk.clock.advance(10_000);
    expect(desk.keeper.report.refused).toEqual([]);
  });

  it("that is gone changes nothing and is told", async () => {
    const desk = new Desk();
    rmSync(desk.path);
    await desk.clock.advance(10_000);

    expect(desk.applied).toEqual([]);
    expect(desk.refused).toEqual([[expect.stringContaining("no such file")]]);
  });

  it("is tried again and again while it can't be put in force", async () => {
    const desk = new Desk();
    desk.applyFails = true;
    desk.write("6");
    await desk.clock.advance(10_000);
    expect(desk.failures.length).toBeGreaterThan(1);

    desk.applyFails = false;
    await desk.clock.advance(4_000);
    expect(desk.applied).toHaveLength(1);
  });

  it("says which of its keys wait for the next start", async () => {
    const desk = new Desk();
    desk.write("6", 'socket: "/run/other.sock"');
    await desk.clock.advance(10_000);

    expect(desk.waits).toEqual([["socket"]]);
    expect(desk.keeper.report.waitsForRestart).toEqual(["socket"]);
  });
});

describe("an ossec.conf that the config names", () => {
  const block = (level: number): string =>
    `<ossec_config><integration><name>slack</name><hook_url>https://hooks.example/1</hook_url><level>${level}</level></integration></ossec_config>`;

  it("is followed, and while it is broken what was read of it last stays in force, which is told once", async () => {
    const desk = new Desk();
    const conf = desk.path.replace("riposte.yaml", "ossec.conf");
    const levels = () => desk.applied.map((when) => /"number":(\d+)/.exec(when)?.[1]);
    writeFileSync(conf, block(3));
    desk.write("5", `ossec_conf: ${conf}`);
    await desk.clock.advance(10_000);
    writeFileSync(conf, block(4));
    await desk.clock.advance(10_000);
    expect(levels()).toEqual(["3", "4"]);

    writeFileSync(conf, block(5).slice(0, -5));
    await desk.clock.advance(60_000);
    expect(levels()).toEqual(["3", "4", "4"]);
    expect(desk.ossec.at(-1)?.[0]).toBe(`${conf}:1:1 is broken as it stands; what was read of it last stays in force`);
    expect(desk.keeper.report.ossec).toEqual(desk.ossec.at(-1));
    const told = desk.ossec.length;
    // Another change of the config itself is taken with what is in force of the other file.
    desk.write("6", `ossec_conf: ${conf}`);
    await desk.clock.advance(10_000);
    expect(levels()).toEqual(["3", "4", "4", "4"]);
    expect(desk.ossec).toHaveLength(told);

    writeFileSync(conf, block(6));
    await desk.clock.advance(10_000);
    expect(levels().at(-1)).toBe("6");
  });
});

describe("whoever asks for it to be read again", () => {
  it("is heard at once, changed or not, and told of mistakes each time", async () => {
    const desk = new Desk();

    await desk.keeper.reload();
    expect(desk.applied).toHaveLength(1);
    desk.write("[[");
    await desk.keeper.reload();
    await desk.keeper.reload();

    expect(desk.refused).toHaveLength(2);
  });

  it("finds nobody once it is stopped", async () => {
    const desk = new Desk();
    await desk.keeper.stop();

    await desk.keeper.reload();
    await desk.clock.advance(60_000);

    expect(desk.applied).toEqual([]);
    expect(desk.clock.waiting()).toBe(0);
  });
});

describe("a playbook that a policy names", () => {
  it("is followed like the file, taken when two looks found it the same, and kept as it was while it is broken", async () => {
    const desk = new Desk();
    const steps = (text: string): string => `---\ntitle: Mine\n---\n\n${text}\n`;
    desk.playbook(steps("1. Ask."));
    writeFileSync(desk.path, configText("5", "").replace("tell: [hook]", "tell: [hook], playbook: mine"));
    await desk.clock.advance(10_000);
    expect(desk.texts()).toEqual(["Ask."]);

    desk.playbook(steps("1. Ask ag"));
    await desk.clock.advance(2_000);
    desk.playbook(steps("1. Ask again."));
    await desk.clock.advance(10_000);
    expect(desk.texts()).toEqual(["Ask.", "Ask again."]);

    desk.playbook(steps("Nothing."));
    await desk.clock.advance(20_000);
    expect(desk.texts().at(-1)).toBe("Ask again.");
    expect(desk.playbooks).toEqual([[expect.stringMatching(/mine\.md:4:1 has no steps/)]]);
    expect(desk.keeper.report).toMatchObject({ refused: [], playbooks: [expect.stringMatching(/has no steps/)] });

    desk.playbook(steps("1. Ask anew."));
    await desk.clock.advance(10_000);
    expect(desk.texts().at(-1)).toBe("Ask anew.");
    expect(desk.playbooks).toHaveLength(2);
    expect(desk.keeper.report.playbooks).toBeUndefined();
  });
});
