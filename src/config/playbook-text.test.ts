import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPlaybookText } from "./playbook-text.ts";

const FRONT = "---\ntitle: Something\n---\n";

function mistakesIn(text: string): readonly string[] {
  const read = readPlaybookText(text, "mine");
  return read.kind === "read" ? [] : read.mistakes.map(({ line, column, says }) => `${line}:${column} ${says}`);
}

describe("a playbook is read", () => {
  test("whole: title, what stands before, steps with texts and commands", () => {
    const text = `\ufeff${FRONT}
# Before
you begin

1. First
   on two lines.
2) Second:

   - one
   - two

   ~~~~sh manager
     echo "~~~"
   ~~~~

   \`\`\`json
   { "shown": "as it is" }
   \`\`\`

After all.
`.replaceAll("\n", "\r\n");
    const read = readPlaybookText(text, "mine");
    expect(read).toEqual({
      kind: "read",
      playbook: {
        kind: "playbook",
        name: "mine",
        title: "Something",
        before: [textPart("# Before you begin")],
        steps: [
          { parts: [textPart("First on two lines.")] },
          {
            parts: [
              textPart("Second:"),
              textPart("- one\n- two"),
              { kind: "command", place: "manager", pieces: ['  echo "~~~"'] },
              textPart('{ "shown": "as it is" }'),
              textPart("After all."),
            ],
          },
        ],
      },
    });
  });
});

function textPart(text: string): object {
  return { kind: "text", runs: [{ kind: "text", pieces: [text] }] };
}

describe("a mistake is told with its place and what to do", () => {
  test.each([
    [
      "",
      [
        "1:1 has no front matter. Begin the file with three lines: ---, title: Agent disconnected, ---",
        "1:1 has no steps. Begin each with its number. Example: 1. Ask the owner.",
      ],
    ],
    [
      "---\ntitel: X\n---\n1. A.\n",
      ["2:1 title: is missing. Example: Agent disconnected", "2:1 titel: unknown key. Did you mean title?"],
    ],
    ["---\ntitle: [\n---\n1. A.\n", [/^\d+:\d+ .*closed/]],
    [`${FRONT}Just text.\n`, ["4:1 has no steps. Begin each with its number. Example: 1. Ask the owner."]],
    [
      `${FRONT}1. Ask {{ agent.nmae }}.\n`,
      [
        "4:8 agent.nmae: not a field that Wazuh writes. Did you mean agent.name? If it is there all the same, write raw.agent.nmae",
      ],
    ],
    [
      `${FRONT}1. Ask {{ incident.tilte }}.\n`,
      ["4:8 incident.tilte: not a field of incidents that a playbook can have. Did you mean title?"],
    ],
    [`${FRONT}1. Ask {{ agent.name | shout }}.\n`, [/^4:8 no such filter/]],
    [`${FRONT}1. Ask {{ agent.name.\n`, [/^4:8 {{ without/]],
    [`${FRONT}1. Run \`id '{{ agent.name }}'\`.\n`, [/^4:13 Riposte quotes the value itself/]],
    [
      `${FRONT}1. Run.\n\n   \`\`\`sh\n   id\n   \`\`\`\n`,
      [/^6:4 does not say where the command runs. One of: ```sh manager/],
    ],
    [
      `${FRONT}1. Run.\n\n   \`\`\`sh managr\n   id\n   \`\`\`\n`,
      ["6:4 no such place to run a command. Did you mean manager?"],
    ],
    [`${FRONT}1. Run.\n\n   \`\`\`bash agent\n   id\n   \`\`\`\n`, [/^6:4 a command is for sh or for powershell/]],
    [`${FRONT}1. Run.\n\n   \`\`\`powershell manager\n   id\n   \`\`\`\n`, [/^6:4 no such place/]],
    [`${FRONT}1. Run.\n\n   \`\`\`sh agent\n   true\n   id "{{ data.dstuser }}"\n   \`\`\`\n`, [/^8:8 Riposte quotes/]],
    [
      `${FRONT}1. Run.\n\n   \`\`\`sh agent\n   id\n`,
      ["6:4 this block is never closed. End it with ``` on a line of its own"],
    ],
    [`${FRONT}1. Run.\n\n   \`\`\`sh agent\n\n   \`\`\`\n`, ["6:1 there is no command in this block"]],
    [`${FRONT}\`\`\`sh agent\nid\n\`\`\`\n\n1. Run.\n`, [/^4:1 a command belongs to a step/]],
    [`${FRONT}1. Run\u200b it.\n`, ["4:1 has a character that can't be seen. Take it out"]],
    [`${FRONT}1. ${"x".repeat(2_000)}\n`, ["4:4 has 2,000 characters, and 1,500 is the most"]],
    [`${FRONT}${"1. x\n".repeat(41)}`, ["4:1 has 41 steps, and 40 is the most. Make two of it"]],
  ])("%#", (text, wanted) => {
    const mistakes = mistakesIn(text);
    expect(mistakes).toHaveLength(wanted.length);
    for (const [i, each] of wanted.entries()) {
      if (typeof each === "string") expect(mistakes[i]).toBe(each);
      else expect(mistakes[i]).toMatch(each);
    }
  });
});

test("any text at all is read or refused in words", () => {
  const line = fc.constantFrom(
    "---",
    "title: X",
    "1. a",
    "   ```sh agent",
    "   id {{ agent.id }}",
    "```",
    "~~~",
    "",
    "`{{ x`",
    "{{",
    "}}",
    "\t",
    "# h",
    "10) b",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 20 }), (lines) => {
      for (const mistake of mistakesIn(lines.join("\n"))) expect(mistake).toMatch(/^\d+:\d+ ./);
    }),
  );
});
