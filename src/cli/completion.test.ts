import { execFile } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import { completionScript, SHELLS } from "./completion-script.ts";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folders = (process.env["PATH"] ?? "").split(delimiter);

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
  const program = join(rig.directory, "riposte");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(program, 0o755);
});
afterEach(() => rig.close());

test.each<[string, readonly string[]]>([
  ["riposte inc", ["incidents"]],
  ["riposte incidents ", ["list", "show", "ack", "resolve", "tick", "assign"]],
  ["riposte incidents list --st", ["--state"]],
  ["riposte incidents list --severity ", ["low", "medium", "high", "critical"]],
  ["riposte status ", ["--config", "--socket", "--json"]],
  ["riposte work show 12 ", ["receiver"]],
  ["riposte work show 12 s", []],
  ["riposte test-alert --policy ", ["ssh"]],
  ["riposte quarantine show ", ["alerts"]],
  // As bash hands over `--config=other.yaml` and `--log=d`.
  ["riposte preview --config = other.yaml --destination ", ["receiver"]],
  ["riposte serve --log = d", ["debug"]],
  ["riposte completion z", ["zsh"]],
  ["riposte preview --config nowhere.yaml --destination ", []],
  ["riposte preview ", []],
  ["riposte nonsense ", []],
])("bash completes `%s`", async (typed, offered) => {
  rig.writeConfig();
  rig.writeConfig("other.yaml");

  expect(await bashOffers(typed)).toEqual(offered);
});

test("where there is nothing to offer bash goes on with the names of files", async () => {
  const { stdout } = await bash(`${completionScript("bash")}\ncomplete -p riposte`);

  expect(stdout).toBe("complete -o default -F _riposte riposte\n");
});

test.each(["zsh", "fish"] as const)("%s takes its script, where it is on this machine", async (shell) => {
  const text = completionScript(shell);

  expect(text).toContain("__complete --");
  if (!folders.some((folder) => existsSync(join(folder, shell)))) return;
  const file = join(rig.directory, `completion.${shell}`);
  writeFileSync(file, text);
  await run(shell, ["-n", file]);
});

test.each(SHELLS)("riposte completion %s prints the script alone", async (shell) => {
  const { code, out, err } = await rig.riposte("completion", shell);

  expect([code, out, err]).toEqual([0, completionScript(shell), ""]);
});

test("another shell is refused with the names of those there are", async () => {
  const { code, err } = await rig.riposte("completion", "tcsh");

  expect(code).toBe(2);
  expect(err).toMatch(/bash.*zsh.*fish/);
});

/** What a real bash would show for the line, with the cursor at its end. */
async function bashOffers(typed: string): Promise<readonly string[]> {
  const words = typed.split(" ").map((word) => `'${word}'`);
  const { stdout } = await bash(`${completionScript("bash")}
COMP_WORDS=(${words.join(" ")})
COMP_CWORD=${words.length - 1}
_riposte riposte "\${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "\${COMPREPLY[@]}"`);
  return stdout.split("\n").filter((line) => line !== "");
}

function bash(commands: string) {
  const env = { PATH: `${rig.directory}${delimiter}${process.env["PATH"]}` };
  return run("bash", ["--norc", "-c", commands], { cwd: rig.directory, env });
}
