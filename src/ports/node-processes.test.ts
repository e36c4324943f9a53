import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { ScriptHome } from "../../test/fixtures/scripts.ts";
import type { RunEnd, RunRequest } from "./processes.ts";

const USUAL: Pick<RunRequest, "argv0" | "args" | "environment" | "deadlineMs" | "hide"> = {
  argv0: "integrations",
  args: [],
  environment: {},
  deadlineMs: 20_000,
  hide: [],
};

function run(at: ScriptHome, name: string, over: Partial<RunRequest> = {}): Promise<RunEnd> {
  return at.processes.run({ ...USUAL, folder: at.home, path: `integrations/${name}`, ...over });
}

function why(end: RunEnd): string {
  return end.kind === "not_started" ? end.why : JSON.stringify(end);
}

describe("a program", () => {
  it("gets its arguments one by one, whatever is in them, in its folder, and no shell reads them", async () => {
    const at = new ScriptHome();
    at.sh("args", 'for arg; do printf "<%s>" "$arg"; done; pwd; printf "%s" "$0"');
    const args = ["", "a b", "$(id)", "'; id; '", "> /dev/null 2>&1", "*"];

    const end = await run(at, "args", { args });

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

    expect(await run(at, "shell", { args: ["-c", 'printf "%s" "$0"'] })).toMatchObject({ output: "integrations" });
    // Without a first line that names one, the system's shell reads it.
    expect(await run(at, "plain", { args: ["x", "y"] })).toMatchObject({ kind: "exited", output: "x y" });
  });

  it("says how it ended, and what it wrote on either way out", async () => {
    const at = new ScriptHome();
    at.sh("fails", "echo out; echo err >&2; exit 3");
    at.sh("dies", "echo soon; kill -9 $$");

    const failed = await run(at, "fails");
    expect(failed).toMatchObject({ kind: "exited", code: 3 });
    expect(failed.kind === "exited" && failed.output.split("\n").toSorted()).toEqual(["err", "out"]);
    expect(await run(at, "dies")).toEqual({ kind: "killed", signal: "SIGKILL", output: "soon" });
  });

  it("has nothing to read, a session of its own and none of our open files", async () => {
    const at = new ScriptHome();
    at.sh("looks", "cat; readlink /proc/self/fd/*; ps -o sid=,pid= -p $$ | tr -s ' '");
    const ours = openSync(join(at.home, "our-database"), "w");

    const end = await run(at, "looks");
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

    const end = await run(at, "env", { environment: { RIPOSTE_MARK: "rp-1" } });

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

    expect(await run(at, "finds")).toMatchObject({ kind: "exited", output: "found" });
  });

  it("that writes a proxy's login shows none of it", async () => {
    const at = new ScriptHome({ environment: { HTTPS_PROXY: "http://me:pr0xy-pass@proxy.example:3128" } });
    at.sh("env", "env");

    expect(JSON.stringify(await run(at, "env"))).not.toContain("pr0xy-pass");
  });
});

describe("a file that is handed over", () => {
  it("is there for the script, for nobody else, and no longer", async () => {
    const at = new ScriptHome();
    at.sh("reads", 'printf "%s " "$@"; cat "$1" "$2"; stat -c " %a" "$1"');
    const alert = { name: "custom-x", ending: "alert", content: '{"a":"é\\u0000"}\n' } as const;
    const options = { ...alert, ending: "options", content: "{}" } as const;

    const end = await run(at, "reads", { args: [alert, options] });

    const pattern = /^(\S+\/custom-x-\d{10}-\d+\.alert) (\S+\/custom-x-\d{10}-\d+\.options) (.*)\n(.*) 600$/;
    const [, , , first, second] = pattern.exec(end.kind === "exited" ? end.output : "") ?? [];
    expect([first, second]).toEqual(['{"a":"é\\u0000"}', "{}"]);
    expect(at.handed).toEqual([]);
  });

  it("goes also when the script fails, is ended, took it away or could not be started", async () => {
    const at = new ScriptHome();
    const args = [{ name: "custom-x", ending: "alert", content: "x" }] as const;
    at.sh("fails", "exit 1");
    at.sh("takes", 'rm "$1"');
    at.sh("hangs", "touch begun; sleep 100");
    at.script("headless", "#!/nowhere/sh\n");

    for (const name of ["fails", "takes", "headless"]) await run(at, name, { args });
    const hanging = run(at, "hangs", { args });
    await at.made("begun");
    await at.processes.close(0);
    await hanging;

    expect(at.handed).toEqual([]);
  });

  it("that cannot be written is a reason, and nothing is started", async () => {
    const at = new ScriptHome();
    at.sh("runs", "touch ran");
    rmSync(at.temporary, { recursive: true });

    const end = await run(at, "runs", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });

    expect(why(end)).toBe(`there is no folder ${at.temporary} for the alert's file: make it, with mode 1777`);
    expect(at.has("ran")).toBe(false);
  });

  it("that a life which was cut off has left is swept up, and nobody else's is", async () => {
    const first = new ScriptHome();
    first.sh("keeps", 'cp "$1" "$1.copy"');
    await run(first, "keeps", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });
    const [copy = ""] = first.handed;
    const ours = copy.replace(/\.copy$/, "");
    const at = new ScriptHome();
    at.sh("runs", "true");
    const old = new Date(Date.now() - 3_600_000);
    const others = ["custom-x-1795445715-1804289383.alert", "custom-x-1795445715--1804289383.alert", "notes.alert"];
    for (const name of [ours, ...others]) {
      writeFileSync(join(at.temporary, name), "left");
      utimesSync(join(at.temporary, name), old, old);
    }
    const young = ours.replace(".alert", ".options");
    writeFileSync(join(at.temporary, young), "still in use");

    await run(at, "runs");

    expect(at.handed.toSorted()).toEqual([...others, young].toSorted());
  });
});

describe("a program that cannot be started is a reason with what to do", () => {
  it("where it is not there, is a folder, or may not be executed", async () => {
    const at = new ScriptHome();
    mkdirSync(at.path("folder"));
    at.script("idle", "#!/bin/sh\n", 0o440);
    symlinkSync(at.path("loop"), at.path("loop"));
    spawnSync("mkfifo", [at.path("pipe")]);

    expect(why(await run(at, "none"))).toBe(`${at.path("none")} is not there: put the script there, root:wazuh, 0750`);
    expect(why(await run(at, "folder"))).toBe(`${at.path("folder")} is a folder: put the script itself there`);
    expect(why(await run(at, "idle"))).toBe(
      `${at.path("idle")} may not be executed by Riposte's user: make it root:wazuh, 0750, and put Riposte's user into the group wazuh`,
    );
    expect(why(await run(at, "loop"))).toBe(`${at.path("loop")} is a link that leads to itself: put the script there`);
    expect(why(await run(at, "pipe"))).toBe(`${at.path("pipe")} is no regular file: put the script there`);
    expect(why(await run(at, "x", { folder: "/nowhere" }))).toBe("there is no folder /nowhere: say where Wazuh is");
  });

  it("where others could change it", async () => {
    const at = new ScriptHome();
    at.sh("open", "true");
    chmodSync(at.path("open"), 0o777);

    const says = `${at.path("open")} could be changed by whoever runs it, so neither Wazuh nor Riposte does: make it root:wazuh, 0750`;
    expect(why(await run(at, "open"))).toBe(says);
    expect(await at.processes.whyNot({ folder: at.home, path: "integrations/open" })).toBe(says);
  });

  it("where its first line names what is not there", async () => {
    const at = new ScriptHome();
    at.script("headless", "#!/usr/bin/pyhton3 -u\n");
    at.script("windows", "#!/bin/sh\r\necho x\r\n");
    at.script("nested", "#!/etc/passwd\n");

    expect(why(await run(at, "headless"))).toBe(
      `${at.path("headless")} can't be started: its first line names /usr/bin/pyhton3 -u, which is not there: mend that line, or install it`,
    );
    expect(why(await run(at, "windows"))).toContain(
      "names /bin/sh with a line end of Windows behind it, which is not there",
    );
    expect(why(await run(at, "nested"))).toBe(
      `${at.path("nested")} may not be executed, or /etc/passwd in its first line (EACCES): look at their modes, and whether the file system is mounted noexec`,
    );
  });

  it("where its arguments are too long, or hold what no system takes", async () => {
    const at = new ScriptHome();
    at.sh("runs", "true");

    expect(why(await run(at, "runs", { args: ["x".repeat(3_000_000)] }))).toContain("the arguments of");
    const end = await run(at, "runs", { args: ["s3cret\0"] });
    expect(why(end)).toContain("can't be started (ERR_INVALID_ARG_VALUE)");
    expect(JSON.stringify(end)).not.toContain("s3cret");
  });
});

describe("a program that takes too long", () => {
  it("is ended at its deadline with all that it started", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    at.sh("hangs", "echo begun; sh -c 'echo $$ > child; touch ready; sleep 1000' & echo $$ > parent; wait");
    const running = run(at, "hangs");
    await at.made("ready");

    await clock.advance(USUAL.deadlineMs);

    expect(await running).toEqual({ kind: "ended_by_us", why: "deadline", output: "begun" });
    for (const name of ["parent", "child"]) expect(isThere(Number(at.read(name)))).toBe(false);
  });

  it("is killed where it does not listen, and so are its children", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    const child = "echo $$ > child; touch ready; while :; do sleep 1; done";
    at.sh("deaf", `trap '' TERM; sh -c '${child}' & while :; do sleep 1; done`);
    const running = run(at, "deaf");
    await at.made("ready");

    await clock.advance(USUAL.deadlineMs);
    expect(isThere(Number(at.read("child")))).toBe(true);
    await clock.advance(300);

    expect(await running).toMatchObject({ kind: "ended_by_us", why: "deadline" });
    expect(isThere(Number(at.read("child")))).toBe(false);
  });

  it("may tidy up, and what it said then is kept", async () => {
    const clock = createTestClock();
    const at = new ScriptHome({ clock });
    at.sh("tidies", "trap 'echo tidied; exit 0' TERM; touch ready; while :; do sleep 0.05; done");
    const running = run(at, "tidies");
    await at.made("ready");

    await clock.advance(USUAL.deadlineMs);

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
    const hanging = run(at, "hangs");
    let hasEnded = false;
    const end = (): boolean => (hasEnded = true);
    hanging.then(end, end);

    const quick = await Promise.all(Array.from({ length: 8 }, () => run(at, "quick")));

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

    const end = await run(at, "forks");

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
    const running = run(at, "forks");
    await at.made("ready");
    const child = Number(at.read("child"));
    // Beside the deadline: how long what is still on its way is waited for.
    while (clock.waiting() < 2) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_000);
    expect(await running).toMatchObject({ kind: "exited", code: 0 });
    expect(isThere(child)).toBe(true);

    await clock.advance(USUAL.deadlineMs);

    while (isThere(child)) await clock.advance(0);
  });

  it("and let go of the output may leave it, as with Wazuh", async () => {
    const at = new ScriptHome();
    at.sh(
      "daemon",
      "sh -c 'echo $$ > child; exec sleep 1000' > /dev/null 2>&1 & while [ ! -s child ]; do sleep 0.01; done",
    );

    await run(at, "daemon", { deadlineMs: 10_000 });
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

    const end = await run(at, "writes");

    expect(end).toMatchObject({ kind: "exited", code: 0 });
    const output = end.kind === "exited" ? end.output : "";
    expect(output).toMatch(/^first\nx+\n\[… 4000012 bytes in all …\]\nx+\nlast$/);
    expect(output.length).toBeLessThan(2_200);
  });

  it("without end is ended", async () => {
    const at = new ScriptHome();
    at.sh("floods", "yes");

    expect(await run(at, "floods")).toMatchObject({ kind: "ended_by_us", why: "flood" });
  });
});

describe("when Riposte stops", () => {
  it("what runs may end, and nothing more is started", async () => {
    const at = new ScriptHome();
    at.sh("waits", "touch begun; while [ ! -e go ]; do sleep 0.02; done; echo whole");
    const running = run(at, "waits");
    await at.made("begun");

    const closed = at.processes.close(20_000);
    const late = await run(at, "waits");
    writeFileSync(join(at.home, "go"), "");

    expect(why(late)).toBe("Riposte is stopping: the script is run at the next start");
    expect(await running).toEqual({ kind: "exited", code: 0, output: "whole" });
    await closed;
  });

  it("what goes on for too long is ended, and its file taken away", async () => {
    const at = new ScriptHome();
    at.sh("deaf", "trap '' TERM; touch begun; while :; do sleep 0.05; done");
    const running = run(at, "deaf", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });
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
