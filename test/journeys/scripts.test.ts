// A script of the user's as a destination: the whole program, real scripts, and what becomes of alerts when they fail.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { DatabaseSync } from "node:sqlite";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { ScriptHome } from "../fixtures/scripts.ts";
import { StartDesk } from "../fixtures/start-desk.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const KEY = "canary-siren-key-4471";

function config(at: ScriptHome, more = ""): string {
  return `
destinations:
  siren: { type: integration-script, script: custom-siren, wazuh_home: "${at.home}", api_key: { file: SECRETS/siren-key }, time_limit: 30s${more} }
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
policies:
  - { name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [siren, security-alerts] }`;
}

async function open(hurry: number): Promise<RiposteDesk> {
  const desk = await RiposteDesk.open({ hurry });
  onTestFinished(() => desk.close());
  desk.secret("siren-key", `${KEY}\n`);
  return desk;
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setImmediate(resolve));
}

function attempts(database: string): readonly Readonly<Record<string, unknown>>[] {
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    return db
      .prepare("SELECT outcome, reason, evidence, repeat FROM attempt WHERE destination = 'siren' ORDER BY id")
      .all();
  } finally {
    db.close();
  }
}

describe("a script that is told of an incident", () => {
  it("gets the alert as Wazuh wrote it, once, and what it wrote is kept without the key", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'cp "$1" alert; echo "key: $2"');
    const desk = await open(1);
    await desk.start(config(at));
    const alert = passwordGuess("ana");

    desk.append(alert);
    await until(() => attempts(join(desk.directory, "riposte.db")).some(({ outcome }) => outcome !== null));

    expect(at.read("alert")).toBe(`${JSON.stringify(alert)}\n`);
    expect(attempts(join(desk.directory, "riposte.db"))).toMatchObject([
      {
        outcome: "done",
        evidence: "custom-siren received the alert (exit code 0)\nkey: [secret]",
        repeat: 0,
      },
    ]);
    await desk.stop();
    for (const file of readdirSync(desk.directory).filter((name) => name.startsWith("riposte.db")))
      expect(readFileSync(join(desk.directory, file), "latin1")).not.toContain(KEY);
  });

  it("and fails is run again as a possible repeat, as often as it is said, and then a person must look", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'echo "$RIPOSTE_POSSIBLE_REPEAT $RIPOSTE_MARK" >> runs; echo "no: $2"; exit 4');
    const desk = await open(20);
    await desk.start(config(at, ", retries: 2"));

    desk.append(passwordGuess("ana"));
    await until(() => desk.workLeft()["dead"] === 1);
    await desk.stop();

    const runs = at
      .read("runs")
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    expect(runs.map(([isRepeat]) => isRepeat)).toEqual(["false", "true", "true"]);
    expect(new Set(runs.map(([, mark]) => mark)).size).toBe(1);
    const log = desk.logLines.join("");
    expect(log).toContain("custom-siren ended with exit code 4");
    // What a script wrote is for whoever asks for it.
    expect(log).not.toMatch(/no: |canary-siren/);
    expect(attempts(join(desk.directory, "riposte.db"))[0]).toMatchObject({
      evidence: "custom-siren ended with exit code 4\nno: [secret]",
    });
  });

  it("and hangs costs the others nothing, and when Riposte stops it is ended and run again later", async () => {
    const at = new ScriptHome();
    at.sh(
      "custom-siren",
      'if [ -e pid ]; then echo "$RIPOSTE_POSSIBLE_REPEAT" > again; else echo $$ > pid; exec sleep 1000; fi',
    );
    const desk = await open(20);
    await desk.start(config(at, "").replace("30s", "1m"));

    desk.append(passwordGuess("ana"));
    await desk.slackServed.arrived(1);
    await until(() => at.has("pid") && at.read("pid") !== "");
    await desk.stop();

    expect(isThere(Number(at.read("pid")))).toBe(false);
    expect(attempts(join(desk.directory, "riposte.db"))).toMatchObject([
      { outcome: "unknown", reason: "engine_died", evidence: "custom-siren was ended because Riposte was stopping" },
    ]);
    await desk.start(config(at));
    await until(() => at.has("again") && at.read("again") !== "");
    expect(at.read("again")).toBe("true\n");
  });

  it("and is not there yet is waited for, and run when it is", async () => {
    const at = new ScriptHome();
    const desk = await open(20);
    await desk.start(config(at));

    desk.append(passwordGuess("ana"));
    await until(() => attempts(join(desk.directory, "riposte.db")).some(({ reason }) => reason === "script_unusable"));
    at.sh("custom-siren", 'echo "$RIPOSTE_POSSIBLE_REPEAT" > ran');
    await until(() => at.has("ran") && at.read("ran") !== "");

    expect(at.read("ran")).toBe("false\n");
  });
});

describe("a Riposte that is killed while a script runs", () => {
  it("leaves the script to itself, and runs it again as a possible repeat", { timeout: 60_000 }, async () => {
    const at = new ScriptHome();
    at.sh("custom-killed", 'echo "$$ $RIPOSTE_POSSIBLE_REPEAT $1" >> runs; while [ ! -e go ]; do sleep 0.05; done');
    const desk = new StartDesk();
    writeFileSync(
      desk.at("riposte.yaml"),
      `store: "sqlite:${desk.at("riposte.db")}"
wazuh: { alerts: "${desk.alerts}", start: beginning }
destinations: { siren: { type: integration-script, script: custom-killed, wazuh_home: "${at.home}", time_limit: 5s } }
policies: [{ name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [siren] }]
`,
    );
    appendFileSync(desk.alerts, `${JSON.stringify(passwordGuess("ana"))}\n`);
    const args = [main, "serve", "--config", desk.at("riposte.yaml")];
    const start = () => {
      const child = spawn(process.execPath, args, { stdio: "ignore" });
      onTestFinished(() => void child.kill("SIGKILL"));
      return child;
    };
    const runs = (): readonly (readonly string[])[] =>
      at.has("runs")
        ? at
            .read("runs")
            .split("\n")
            .slice(0, -1)
            .map((line) => line.split(" "))
        : [];

    const first = start();
    await until(() => runs().length === 1);
    first.kill("SIGKILL");
    await once(first, "close");
    const [pid, isRepeat, file = ""] = runs()[0] ?? [];
    expect(isRepeat).toBe("false");
    expect(isThere(Number(pid))).toBe(true);
    expect(existsSync(file)).toBe(true);
    writeFileSync(join(at.home, "go"), "");
    start();
    await until(() => runs().length === 2);

    expect(runs()[1]?.[1]).toBe("true");
    await until(() => !existsSync(runs()[1]?.[2] ?? ""));
    // Left behind by the life that was killed, and swept up by one that comes half an hour later.
    expect(existsSync(file)).toBe(true);
    rmSync(file);
  });
});

function isThere(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
