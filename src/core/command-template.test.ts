import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "./command-template.ts";
import { shellWord, type Shell } from "./shell-word.ts";

describe("a command is taken", () => {
  test.each([
    "/var/ossec/bin/agent_control -i {{ agent.id }}",
    "grep -F -e {{ agent.name }} '/var/log/a b.log'",
    "iptables -I INPUT -s {{ data.srcip }} -j DROP",
    "last -a | grep -F -e {{ data.srcip | default: none }}",
    "kubectl exec -n wazuh pod-0 -c wazuh-manager -- grep -e {{ agent.name }} /x",
    "rm /home/{{ data.dstuser }}/x --user={{ data.dstuser }}",
    "true # {{ agent.name }} isn't quoted here\nid {{ data.dstuser }}",
    String.raw`echo \' {{ agent.name }} \"`,
    "kubectl get pod -o jsonpath='{.status.phase}'",
    'x="$(id "a")"; cat <<EOF\nno value in it\nEOF',
  ])("%s", (text) => {
    expect(parseCommand(text, "sh").kind).toBe("template");
  });

  test.each([
    "Get-Content -Tail 200 'C:\\Program Files (x86)\\ossec-agent\\ossec.log' | Select-String {{ agent.name }}",
    "Unlock-ADAccount -Identity {{ data.dstuser }}",
    "Get-ADUser ({{ data.dstuser }})",
    "Get-WinEvent -FilterHashtable @{ LogName = 'Security' }",
  ])("%s", (text) => {
    expect(parseCommand(text, "powershell").kind).toBe("template");
  });
});

describe("a command in which a quoted value could be more than one argument is refused, with the place", () => {
  test.each<[Shell, string, number, RegExp]>([
    ["sh", "echo '{{ agent.name }}'", 6, /out of your quotes/],
    ["sh", 'echo "a {{ agent.name }}"', 8, /out of your quotes/],
    ["sh", String.raw`echo \{{ agent.name }}`, 6, /out of your quotes/],
    ["sh", "echo ${{ agent.name }}", 6, /sign before/],
    ["sh", "echo ${x:-{{ agent.name }}}", 5, /quotes of its own/],
    ["sh", "echo $'it\\'s' {{ agent.name }}", 5, /quotes of their own/],
    ["sh", "echo `id {{ agent.name }}`", 5, /within the command/],
    ["sh", "rm $(basename {{ data.x }})", 14, /split into words/],
    ["sh", "cat <<E\n{{ agent.name }}\nE", 4, /quotes mean nothing/],
    ["sh", 'echo "$(echo "x {{ agent.name }} y")"', 5, /quotes of its own/],
    ["sh", "[[ {{ data.x }} -eq 1 ]]", 0, /expression/],
    ["sh", "echo $((1 + {{ data.x }}))", 6, /expression/],
    ["sh", "ssh host id {{ data.dstuser }}", 0, /once more/],
    ["sh", "sudo sh -c {{ data.x }}", 5, /once more/],
    ["sh", "eval echo {{ data.x }}", 0, /once more/],
    ["sh", "echo {{ data.x }} | sh", 18, /behind a pipe/],
    ["sh", "{{ data.x }} --help", 0, /can't be the command/],
    ["sh", "true && {{ data.x }}", 8, /can't be the command/],
    ["sh", "echo {{ }}", 5, /name of a field/],
    ["sh", "echo {{ agent.name", 5, /without/],
    ["sh", "echo {{ agent.name | shout }}", 5, /no such filter/],
    ["powershell", "Get-Item '{{ data.x }}'", 10, /out of your quotes/],
    ["powershell", "Get-Item “{{ data.x }}”", 10, /out of your quotes/],
    ["powershell", "Get-Item `{{ data.x }}", 10, /out of your quotes/],
    ["powershell", "Get-Item {{ data.x }}a", 9, /word of its own/],
    ["powershell", "Get-Item -Path:{{ data.x }}", 15, /word of its own/],
    ["powershell", "& {{ data.x }}", 2, /can't be the command/],
    ["powershell", "iex {{ data.x }}", 0, /once more/],
    ["powershell", "net --% user {{ data.x }}", 4, /quotes mean nothing/],
  ])("%s: %s", (shell, text, offset, says) => {
    const parsed = parseCommand(text, shell);
    expect(parsed).toMatchObject({ kind: "trouble", trouble: { offset, says: expect.stringMatching(says) as string } });
  });
});

const shells = ["/bin/sh", "/bin/bash"].filter((path) => existsSync(path));
const TOKENS = ["a", " ", "'", '"', "\\", "$", "(", ")", "{", "}", ";", "|", "&&", "#", "\n", "`", "<", "=", "$("];
const token = fc.constantFrom(...TOKENS, "show ", "[", "]", "!");
const value = fc.string({
  unit: fc.constantFrom("'", '"', "\\", "$", "(", ")", ";", "|", "&", "#", "`", " ", "<", ">", "!", "*", "x", "show"),
  minLength: 1,
  maxLength: 12,
});

test.each(shells)("in whatever command was taken, a value stays what a harmless one is to %s", (shell) => {
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 8 }),
      fc.array(token, { maxLength: 8 }),
      value,
      (before, after, hostile) => {
        const parsed = parseCommand(`show ${before.join("")}{{ data.x }}${after.join("")}`, "sh");
        // Two `$` are the number of the process, which differs.
        if (parsed.kind === "trouble" || before.join("").includes("$$") || after.join("").includes("$$")) return;
        if (shellWord(hostile, "sh", false).kind === "unfit") return;
        taken += 1;
        const run = (text: string) => {
          const word = shellWord(text, "sh", false);
          const filled = parsed.pieces
            .map((piece) => (typeof piece === "string" ? piece : word.kind === "word" ? word.text : ""))
            .join("");
          const script = `show() { for shown; do printf '[%s]' "$shown"; done; }\n${filled}`;
          const { stdout, status } = spawnSync(shell, ["-fc", script], {
            env: { PATH: "" },
            stdio: ["ignore", "pipe", "ignore"],
          });
          return { shown: stdout.toString(), isWell: status === 0 };
        };

        const harmless = run("HARMLESS");
        const spiteful = run(hostile);

        // What the shell itself can't read it can't read with any value, and then it shows nothing of either.
        expect(spiteful).toEqual({ ...harmless, shown: harmless.shown.replaceAll("HARMLESS", () => hostile) });
      },
    ),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(30);
});
