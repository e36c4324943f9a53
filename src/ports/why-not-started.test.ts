import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ScriptHome, why } from "../../test/fixtures/scripts.ts";
import { mayChange, sayNotHanded, sayNotStarted } from "./why-not-started.ts";

const program = { folder: "/var/nowhere", path: "integrations/custom-x" };
const WHERE = "/var/nowhere/integrations/custom-x";

describe("what the operating system refuses", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["ENOENT", `${WHERE} went away, or its loader is not there: put it there again`],
    [
      "EACCES",
      `${WHERE} may not be executed (EACCES): look at their modes, and whether the file system is mounted noexec`,
    ],
    ["ENOEXEC", `${WHERE} is no program: begin it with a line such as #!/bin/sh`],
    ["ETXTBSY", `${WHERE} is being written to: it is tried again when that is over`],
    [
      "EAGAIN",
      "no more processes may be started (EAGAIN); raise the limit, TasksMax= where systemd starts Riposte or the pod's, or lower concurrency",
    ],
    [
      "EMFILE",
      "no more files or connections may be opened (EMFILE); raise the limit of open files, LimitNOFILE= where systemd starts Riposte",
    ],
    ["ENOMEM", `there is not enough memory to start ${WHERE}: make room, or lower concurrency`],
    ["EIO", `${WHERE} can't be started (EIO)`],
    ["", `${WHERE} can't be started (no reason was given)`],
  ];
  it.each(cases)("%s is one sentence with what to do", async (code, says) => {
    expect(await sayNotStarted(program, code)).toBe(says);
  });

  it("of the alert's file is one as well", () => {
    expect(sayNotHanded("/tmp", "ENOSPC")).toBe("/tmp is full, so the alert can't be handed over: make room there");
    expect(sayNotHanded("/tmp", "EROFS")).toContain("a container with a read-only root needs a volume at /tmp");
    expect(sayNotHanded("/tmp", "EIO")).toBe("the alert's file can't be written in /tmp (EIO)");
  });
});

describe("a script that may be changed by whoever runs it", () => {
  it("is one that its user may write to, and for root one that others may", () => {
    expect(mayChange(0o750, 1_000, false)).toBe(false);
    expect(mayChange(0o750, 1_000, true)).toBe(true);
    expect(mayChange(0o750, 0, true)).toBe(false);
    expect(mayChange(0o770, 0, true)).toBe(true);
    expect(mayChange(0o752, 0, true)).toBe(true);
  });
});

describe("a program that cannot be started is a reason with what to do", () => {
  it("where it is not there, is a folder, or may not be executed", async () => {
    const at = new ScriptHome();
    mkdirSync(at.path("folder"));
    at.script("idle", "#!/bin/sh\n", 0o440);
    symlinkSync(at.path("loop"), at.path("loop"));
    spawnSync("mkfifo", [at.path("pipe")]);

    expect(why(await at.run("none"))).toBe(`${at.path("none")} is not there: put the script there, root:wazuh, 0750`);
    expect(why(await at.run("folder"))).toBe(`${at.path("folder")} is a folder: put the script itself there`);
    expect(why(await at.run("idle"))).toBe(
      `${at.path("idle")} may not be executed by Riposte's user: make it root:wazuh, 0750, and put Riposte's user into the group wazuh`,
    );
    expect(why(await at.run("loop"))).toBe(`${at.path("loop")} is a link that leads to itself: put the script there`);
    expect(why(await at.run("pipe"))).toBe(`${at.path("pipe")} is no regular file: put the script there`);
    expect(why(await at.run("x", { folder: "/nowhere" }))).toBe("there is no folder /nowhere: say where Wazuh is");
  });

  it("where others could change it", async () => {
    const at = new ScriptHome();
    at.sh("open", "true");
    chmodSync(at.path("open"), 0o777);

    const says = `${at.path("open")} could be changed by whoever runs it, so neither Wazuh nor Riposte does: make it root:wazuh, 0750`;
    expect(why(await at.run("open"))).toBe(says);
    expect(await at.processes.whyNot({ folder: at.home, path: "integrations/open" })).toBe(says);
  });

  it("where the disk answered only when its time was over: it is not run behind anybody's back", async () => {
    const at = new ScriptHome();
    at.sh("runs", "touch ran");

    const end = await at.run("runs", { deadlineMs: 0 });

    expect(why(end)).toBe(
      `${at.home} or ${at.temporary} answers too slowly for the script to be run in its time: look at what they lie on`,
    );
    expect(at.has("ran")).toBe(false);
  });

  it("where its first line names what is not there", async () => {
    const at = new ScriptHome();
    at.script("headless", "#!/usr/bin/pyhton3 -u\n");
    at.script("windows", "#!/bin/sh\r\necho x\r\n");
    at.script("nested", "#!/etc/passwd\n");

    expect(why(await at.run("headless"))).toBe(
      `${at.path("headless")} can't be started: its first line names /usr/bin/pyhton3 -u, which is not there: mend that line, or install it`,
    );
    expect(why(await at.run("windows"))).toContain(
      "names /bin/sh with a line end of Windows behind it, which is not there",
    );
    expect(why(await at.run("nested"))).toBe(
      `${at.path("nested")} may not be executed, or /etc/passwd in its first line (EACCES): look at their modes, and whether the file system is mounted noexec`,
    );
  });

  it("where its arguments are too long, or hold what no system takes", async () => {
    const at = new ScriptHome();
    at.sh("runs", "true");

    expect(why(await at.run("runs", { args: ["x".repeat(3_000_000)] }))).toContain("the arguments of");
    const end = await at.run("runs", { args: ["s3cret\0"] });
    expect(why(end)).toContain("can't be started (ERR_INVALID_ARG_VALUE)");
    expect(JSON.stringify(end)).not.toContain("s3cret");
  });
});
