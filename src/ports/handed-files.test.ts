import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ScriptHome, why } from "../../test/fixtures/scripts.ts";

describe("a file that is handed over", () => {
  it("is there for the script, for nobody else, and no longer", async () => {
    const at = new ScriptHome();
    at.sh("reads", 'printf "%s " "$@"; cat "$1" "$2"; stat -c " %a" "$1"');
    const alert = { name: "custom-x", ending: "alert", content: '{"a":"é\\u0000"}\n' } as const;
    const options = { ...alert, ending: "options", content: "{}" } as const;

    const end = await at.run("reads", { args: [alert, options] });

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

    for (const name of ["fails", "takes", "headless"]) await at.run(name, { args });
    const hanging = at.run("hangs", { args });
    await at.made("begun");
    await at.processes.close(0);
    await hanging;

    expect(at.handed).toEqual([]);
    expect(at.left).toEqual([]);
  });

  it("that can't be taken away is told of, and changes nothing about the script's end", async () => {
    const at = new ScriptHome();
    at.sh("swaps", 'rm "$1" && mkdir "$1"');

    const end = await at.run("swaps", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });

    expect(end).toMatchObject({ kind: "exited", code: 0 });
    const [name = ""] = at.handed;
    expect(at.left).toEqual([{ path: join(at.temporary, name), code: expect.stringMatching(/^(?:EISDIR|EPERM)$/) }]);
  });

  it("that cannot be written is a reason, and nothing is started", async () => {
    const at = new ScriptHome();
    at.sh("runs", "touch ran");
    rmSync(at.temporary, { recursive: true });

    const end = await at.run("runs", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });

    expect(why(end)).toBe(`there is no folder ${at.temporary} for the alert's file: make it, with mode 1777`);
    expect(at.has("ran")).toBe(false);
  });

  it("that a life which was cut off has left is swept up, and nobody else's is", async () => {
    const first = new ScriptHome();
    first.sh("keeps", 'cp "$1" "$1.copy"');
    await first.run("keeps", { args: [{ name: "custom-x", ending: "alert", content: "x" }] });
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

    await at.run("runs");

    expect(at.handed.toSorted()).toEqual([...others, young].toSorted());
  });
});
