import { describe, expect, it } from "vitest";
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
