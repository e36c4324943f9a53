// A machine that gives too little: descriptors, a place for the log, patience. The real process each time.
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { alertLine, openCliRig, type CliRig } from "../fixtures/cli-rig.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

let rig: CliRig;
let config: string;

beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
});
afterEach(() => rig.close());

/** Started by a shell, since only that can bend what a process is given. */
function shell(script: string, stdio: "ignore" | "pipe" = "pipe"): ChildProcess {
  const env = { PATH: process.env["PATH"], HOME: rig.directory, NODE: process.execPath, MAIN: main, CONFIG: config };
  const child = spawn("sh", ["-c", script], { cwd: rig.directory, env, stdio: ["ignore", stdio, stdio] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

async function textOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly err: string }> {
  let err = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, err };
}

interface Shown {
  readonly sources: readonly { readonly row: { readonly read: number; readonly kept: number } }[];
}

async function countersOf(): Promise<Shown["sources"][number]["row"] | undefined> {
  const { out } = await rig.riposte("status", "--config", config, "--json");
  return (JSON.parse(out) as Shown).sources[0]?.row;
}

describe("at the limit of open files", () => {
  it("it does not start with too few, and says what to raise", async () => {
    const { code, err } = await textOf(shell('ulimit -n 40; exec "$NODE" "$MAIN" serve --config "$CONFIG"'));

    const said = err.split("\n").filter((line) => line.startsWith("riposte: "));
    expect({ code, said }).toEqual({ code: 73, said: [expect.stringContaining("LimitNOFILE=4096")] });
    expect(said[0]).toContain("Only 40 files");
    expect(existsSync(join(rig.directory, "riposte.sock"))).toBe(false);
  });

  it.skipIf(spawnSync("prlimit", ["--version"]).status !== 0)(
    "a running one loses nothing, says what to raise, and goes on as soon as there are more",
    async () => {
      const server = await rig.serving(config);
      const allow = (most: number): void =>
        void execFileSync("prlimit", ["--pid", String(server.child.pid), `--nofile=${most}:4096`]);

      // Those below stay open as long as the process lives, so that nothing gets free meanwhile.
      allow(8);
      rig.appendAlert(1);
      await server.said(/"evidence":"[^"]*\(EMFILE\); raise the limit of open files, LimitNOFILE=/);
      const alerts = join(rig.directory, "alerts", "alerts.json");
      renameSync(alerts, `${alerts}.1`);
      writeFileSync(alerts, alertLine(2));
      await server.said(/"msg":"a source can't be read"/);
      await server.said(/riposte\.yaml: can't be read: no more files or connections may be opened/);
      allow(4_096);

      const told = [JSON.parse(await rig.receiver.next()), JSON.parse(await rig.receiver.next())] as unknown[];
      expect(told).toEqual(
        expect.arrayContaining([1, 2].map((id) => expect.objectContaining({ incident: objectWith(id) }) as unknown)),
      );
      expect(await countersOf()).toMatchObject({ read: 2, kept: 2 });
      server.child.kill("SIGTERM");
      expect(await server.ended).toMatchObject({ code: 0 });
    },
    // What failed meanwhile is tried again ever more seldom: a slow machine waits longer for its turn.
    240_000,
  );

  function objectWith(id: number): unknown {
    return expect.objectContaining({ id });
  }
});

describe("with nowhere to write to", () => {
  it.each([
    ["on a full disk", ">/dev/full 2>/dev/full"],
    ["with nothing open at all", "<&- >&- 2>&-"],
  ])("a log %s stops nothing", async (_, redirected) => {
    const child = shell(`exec "$NODE" "$MAIN" serve --config "$CONFIG" ${redirected}`, "ignore");
    rig.appendAlert(1);
    await rig.receiver.next();
    rig.appendAlert(2);
    await rig.receiver.next();

    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("a log whose reader has gone stops nothing", async () => {
    const child = shell('exec "$NODE" "$MAIN" serve --config "$CONFIG"');
    await once(child.stderr ?? child, "data");
    child.stdout?.destroy();
    child.stderr?.destroy();

    rig.appendAlert(1);
    await rig.receiver.next();

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("an answer that can't be written is an error of its own, with what to do", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [main, "check", config], {
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);

    expect({ status, said: String(stderr) }).toEqual({
      status: 73,
      said: "riposte: the output can't be written (ENOSPC): make room there, or send it elsewhere\n",
    });
  });
});

describe("with hardly any surroundings", () => {
  it("it runs without HOME, TZ and PATH, whatever the language", async () => {
    const child = shell('exec env -i LANG=C TZ=Nowhere/Bad "$NODE" "$MAIN" serve --config "$CONFIG"', "ignore");
    rig.appendAlert(1);

    expect(JSON.parse(await rig.receiver.next())).toMatchObject({
      incident: { first_at: "2026-11-23T07:00:01.000Z" },
    });
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("it ignores the proxy in the environment, which nobody named in its config", async () => {
    const elsewhere = "http://127.0.0.1:9";
    const env = { HTTP_PROXY: elsewhere, HTTPS_PROXY: elsewhere, ALL_PROXY: elsewhere, NODE_USE_ENV_PROXY: "1" };
    const server = rig.start(["serve", "--config", config, "--log-format", "json"], "", env);
    rig.appendAlert(1);

    await rig.receiver.next();
    server.child.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 0 });
  });
});

describe("signals", () => {
  it("a storm of SIGHUP, from before it has started, ends and stops nothing", async () => {
    const server = rig.start(["serve", "--config", config, "--log-format", "json"]);
    await server.said(/"msg":"starting"/);
    for (let n = 0; n < 50; n += 1) server.child.kill("SIGHUP");
    await server.said(/"msg":"started"/);
    for (let n = 0; n < 50; n += 1) server.child.kill("SIGHUP");
    rig.appendAlert(1);
    await rig.receiver.next();
    await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
    rig.appendAlert(2);
    await rig.receiver.next();

    expect(await countersOf()).toMatchObject({ read: 2, kept: 2 });
    server.child.kill("SIGTERM");
    expect(await server.ended).toMatchObject({ code: 0 });
  });
});
