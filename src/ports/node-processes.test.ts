import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { DEADLINE_MS, ScriptHome, why } from "../../test/fixtures/scripts.ts";

describe("a program", () => {
  it("gets its arguments one by one, whatever is in them, in its folder, and no shell reads them", async () => {
    const at = new ScriptHome();
    at.sh("args", 'for arg; do printf "<%s>" "$arg"; done; pwd; printf "%s" "$0"');
    const args = ["", "a b", "$(id)", "'; id; '", "> /dev/null 2>&1", "*"];

    const end = await at.run("args", { args });

    expect(end).toEqual({
      kind: "exited",
      code: 0,
      output: `<><a b><$(id)><'; id; '><> /dev/null 2>&1><*>${at.home}\nintegrations/args`,
    });
  });

  it("is told the name that is asked for, where it is no #! script", async () => {
    const at = new ScriptHome();
    at.script("plain", 'printf "%s" "$*"');
    symlinkSync("/bin/sh", at.path("shell"));

    expect(await at.run("shell", { args: ["-c", 'printf "%s" "$0"'] })).toMatchObject({ output: "integrations" });
    // Without a first line that names one, the system's shell reads it.
    expect(await at.run("plain", { args: ["x", "y"] })).toMatchObject({ kind: "exited", output: "x y" });
  });

  it("says how it ended, and what it wrote on either way out", async () => {
    const at = new ScriptHome();
    at.sh("fails", "echo out; echo err >&2; exit 3");
    at.sh("dies", "echo soon; kill -9 $$");

    const failed = await at.run("fails");
    expect(failed).toMatchObject({ kind: "exited", code: 3 });
    expect(failed.kind === "exited" && failed.output.split("\n").toSorted()).toEqual(["err", "out"]);
    expect(await at.run("dies")).toEqual({ kind: "killed", signal: "SIGKILL", output: "soon" });
  });

  it("has nothing to read, a session of its own and none of our open files", async () => {
    const at = new ScriptHome();
    at.sh("looks", "cat; readlink /proc/self/fd/*; ps -o sid=,pid= -p $$ | tr -s ' '");
    const ours = openSync(join(at.home, "our-database"), "w");

    const end = await at.run("looks");
    closeSync(ours);

    const lines = end.kind === "exited" ? end.output.split("\n") : [];
    expect(lines[0]).toBe("/dev/null");
    expect(lines.join()).not.toContain("our-database");
    const [session, pid] = lines.at(-1)?.trim().split(" ") ?? [];
    expect(session).toBe(pid);
  });

  it("gets of our environment what it needs, and no secret", async () => {
    const environment = {
      PATH: process.env["PATH"],
      SLACK_TOKEN: "s3cret",
      TZ: "UTC",
      NODE_OPTIONS: "--x",
      https_proxy: "http://p:1",
    };
    const at = new ScriptHome({ environment });
    at.sh("env", "env");

    const end = await at.run("env", { environment: { RIPOSTE_MARK: "rp-1" } });

    const names = end.kind === "exited" ? end.output.split("\n").map((line) => line.split("=")[0] ?? "") : [];
    // The shell adds what it keeps for itself.
    expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name)).toSorted()).toEqual([
      "PATH",
      "RIPOSTE_MARK",
      "TZ",
      "https_proxy",
    ]);
  });

  it("finds others where ours has no PATH", async () => {
    const at = new ScriptHome({ environment: {} });
    at.sh("finds", "cat /dev/null && echo found");

    expect(await at.run("finds")).toMatchObject({ kind: "exited", output: "found" });
  });

  it("that writes a proxy's login shows none of it", async () => {
    const at = new ScriptHome({ environment: { HTTPS_PROXY: "http://me:pr0xy-pass@proxy.example:3128" } });
    at.sh("env", "env");

    expect(JSON.stringify(await at.run("env"))).not.toContain("pr0xy-pass");
  });
});

describe("a program that takes too long", () => {
  it("is ended at its deadline with all that it started", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    at.sh("hangs", "echo begun; sh -c 'echo $$ > child; touch ready; sleep 1000' & echo $$ > parent; wait");
    const running = at.run("hangs");
    await at.made("ready");

    await clock.advance(DEADLINE_MS);

    expect(await running).toEqual({ kind: "ended_by_us", why: "deadline", output: "begun" });
    for (const name of ["parent", "child"]) expect(isThere(Number(at.read(name)))).toBe(false);
  });

  it("is killed where it does not listen, and so are its children", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    const child = "echo $$ > child; touch ready; while :; do sleep 1; done";
    at.sh("deaf", `trap '' TERM; sh -c '${child}' & while :; do sleep 1; done`);
    const running = at.run("deaf");
    await at.made("ready");

    await clock.advance(DEADLINE_MS);
    expect(isThere(Number(at.read("child")))).toBe(true);
    await clock.advance(300);

    expect(await running).toMatchObject({ kind: "ended_by_us", why: "deadline" });
    expect(isThere(Number(at.read("child")))).toBe(false);
  });

  it("may tidy up, and what it said then is kept", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    at.sh("tidies", "trap 'echo tidied; exit 0' TERM; touch ready; while :; do sleep 0.05; done");
    const running = at.run("tidies");
    await at.made("ready");

    await clock.advance(DEADLINE_MS);

    expect(await running).toMatchObject({
      kind: "ended_by_us",
      why: "deadline",
      output: expect.stringMatching(/tidied$/),
    });
  });

  it("costs another nothing", async () => {
    const at = new ScriptHome();
    at.sh("hangs", "touch hanging; sleep 1000");
    at.sh("quick", "echo done");
    const hanging = at.run("hangs");
    let hasEnded = false;
    const end = (): boolean => (hasEnded = true);
    hanging.then(end, end);

    const quick = await Promise.all(Array.from({ length: 8 }, () => at.run("quick")));

    expect(quick.every((end) => end.kind === "exited" && end.output === "done")).toBe(true);
    expect(hasEnded).toBe(false);
    await at.processes.close(0);
    expect(await hanging).toMatchObject({ kind: "ended_by_us", why: "stopping" });
  });
});

describe("a program that leaves something behind", () => {
  it("has ended when it ends, though the rest holds its output open, and that goes when Riposte stops", async () => {
    const at = new ScriptHome();
    at.sh("forks", "sh -c 'echo $$ > child; exec sleep 1000' & while [ ! -s child ]; do sleep 0.01; done; echo mine");

    const end = await at.run("forks");

    expect(end).toEqual({ kind: "exited", code: 0, output: "mine" });
    const child = Number(at.read("child"));
    expect(isThere(child)).toBe(true);
    await at.processes.close(0);
    expect(isThere(child)).toBe(false);
  });

  it("has that ended at its deadline", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    at.sh("forks", "sh -c 'echo $$ > child; touch ready; exec sleep 1000' & while [ ! -e ready ]; do :; done");
    const running = at.run("forks");
    await at.made("ready");
    const child = Number(at.read("child"));
    // Beside the deadline: how long what is still on its way is waited for.
    while (clock.waiting() < 2) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_000);
    expect(await running).toMatchObject({ kind: "exited", code: 0 });
    expect(isThere(child)).toBe(true);

    await clock.advance(DEADLINE_MS);

    while (isThere(child)) await clock.advance(0);
  });

  it("very often has the oldest of that ended early", async () => {
    const at = new ScriptHome();
    at.sh("forks", 'sh -c \'echo $$ > $0; exec sleep 1000\' "$1" & while [ ! -s "$1" ]; do sleep 0.01; done');
    const others = Array.from({ length: 64 }, (_, n) => `child-${n}`);

    await at.run("forks", { args: ["oldest"] });
    await Promise.all(others.map((name) => at.run("forks", { args: [name] })));

    const oldest = Number(at.read("oldest"));
    while (isThere(oldest)) await new Promise((resolve) => setImmediate(resolve));
    expect(others.every((name) => isThere(Number(at.read(name))))).toBe(true);
  });

  it("and let go of the output may leave it, as with Wazuh", async () => {
    const at = new ScriptHome();
    at.sh(
      "daemon",
      "sh -c 'echo $$ > child; exec sleep 1000' > /dev/null 2>&1 & while [ ! -s child ]; do sleep 0.01; done",
    );

    await at.run("daemon", { deadlineMs: 10_000 });
    await at.processes.close(0);

    const child = Number(at.read("child"));
    expect(isThere(child)).toBe(true);
    process.kill(child, "SIGKILL");
  });
});

describe("a program that writes very much", () => {
  it("is read to its end, and its beginning and end are kept", async () => {
    const at = new ScriptHome();
    at.sh("writes", "echo first; head -c 4000000 /dev/zero | tr '\\0' x; echo; echo last");

    const end = await at.run("writes");

    expect(end).toMatchObject({ kind: "exited", code: 0 });
    const output = end.kind === "exited" ? end.output : "";
    expect(output).toMatch(/^first\nx+\n\[… 4000012 bytes in all …\]\nx+\nlast$/);
    expect(output.length).toBeLessThan(2_200);
  });

  it("without end is ended", async () => {
    const at = new ScriptHome();
    at.sh("floods", "yes");

    expect(await at.run("floods")).toMatchObject({ kind: "ended_by_us", why: "flood" });
  });
});

describe("when Riposte stops", () => {
  it("what runs may end, and nothing more is started", async () => {
    const at = new ScriptHome();
    at.sh("waits", "touch begun; while [ ! -e go ]; do sleep 0.02; done; echo whole");
    const running = at.run("waits");
    await at.made("begun");

    const closed = at.processes.close(20_000);
    const late = await at.run("waits");
    writeFileSync(join(at.home, "go"), "");

    expect(why(late)).toBe("Riposte is stopping: the script is run at the next start");
    expect(await running).toEqual({ kind: "exited", code: 0, output: "whole" });
    await closed;
  });

  it("what goes on for too long is ended, and its file taken away", async () => {
    const at = new ScriptHome();
    at.sh("deaf", "trap '' TERM; touch begun; while :; do sleep 0.05; done");
    const running = at.run("deaf", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });
    await at.made("begun");

    await at.processes.close(10);

    expect(await running).toMatchObject({ kind: "ended_by_us", why: "stopping" });
    expect(readdirSync(at.temporary)).toEqual([]);
  });
});

/** What has ended and was not waited for by its new parent is gone as well. */
function isThere(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
