import { describe, expect, test } from "vitest";
import { agentLost, bruteForce } from "../../test/fixtures/pictures.ts";
import { playbookFrom, shippedPlaybook } from "../../test/fixtures/playbooks.ts";
import { guidanceOf, type Guidance, type GuidancePart } from "./guidance.ts";

function filled(steps: string, document: Readonly<Record<string, unknown>>): Extract<Guidance, { kind: "guidance" }> {
  const guidance = guidanceOf(playbookFrom(`---\ntitle: T\n---\n\n${steps}`), bruteForce().incident, { document });
  if (guidance.kind === "unreadable") throw new Error(guidance.says);
  return guidance;
}

function partsOf(guidance: Guidance): readonly GuidancePart[] {
  return guidance.kind === "unreadable" ? [] : guidance.steps.flatMap(({ parts }) => parts);
}

function saying(part: GuidancePart | undefined): string {
  return part?.kind === "text" ? part.runs.map(({ text }) => text).join("") : "";
}

const LOCK = "1. Lock it.\n\n   ```sh agent\n   passwd -l {{ data.dstuser }}\n   ```\n";

describe("a command", () => {
  test("has the alert's value as one quoted argument", () => {
    const [, command] = partsOf(filled(LOCK, { data: { dstuser: "x'; rm -rf / #" } }));
    expect(command).toEqual({ kind: "command", place: "agent", command: String.raw`passwd -l 'x'\''; rm -rf / #'` });
  });

  test("for Windows is quoted as PowerShell reads it", () => {
    const steps = "1. Lock it.\n\n   ```powershell agent\n   Disable-LocalUser -Name {{ data.dstuser }}\n   ```\n";
    expect(partsOf(filled(steps, { data: { dstuser: "o'neil" } }))[1]).toEqual({
      kind: "command",
      place: "windows",
      command: "Disable-LocalUser -Name 'o''neil'",
    });
  });

  test.each([
    [{}, "data.dstuser: not in this alert"],
    [{ data: { dstuser: "" } }, "data.dstuser: not in this alert"],
    [{ data: { dstuser: { name: "x" } } }, "data.dstuser: not in this alert"],
    [{ data: { dstuser: "--delete" } }, "data.dstuser begins with a hyphen, so it would be read as an option"],
    [{ data: { dstuser: "a\nreboot\n" } }, "data.dstuser has characters that can't be seen"],
  ])("is not made of %j", (document, why) => {
    expect(partsOf(filled(LOCK, document))[1]).toEqual({
      kind: "withheld",
      place: "agent",
      why,
      wouldBe: "passwd -l ‹data.dstuser›",
    });
  });

  test("takes the playbook's own word where the alert has none", () => {
    const steps = LOCK.replace("dstuser }}", "dstuser | default: nobody }}");
    expect(partsOf(filled(steps, {}))[1]).toMatchObject({ command: "passwd -l 'nobody'" });
  });
});

describe("a text", () => {
  test("has the value as it is, on one line, and says what the alert lacks", () => {
    const steps = "1. Ask {{ data.dstuser }} about {{ data.srcip }} on `{{ agent.name }}` in #{{ incident.id }}.\n";
    const [text] = partsOf(filled(steps, { data: { dstuser: "a\nb\u202e" }, agent: { name: "web-01" } }));
    expect(text).toEqual({
      kind: "text",
      runs: [
        { kind: "text", text: "Ask a b[U+202E] about [data.srcip: not in this alert] on " },
        { kind: "code", text: "web-01" },
        { kind: "text", text: " in #12." },
      ],
    });
  });

  test("with a command in backticks is quoted like one, and is code only where it can be copied", () => {
    const steps = "1. Run `passwd -l {{ data.dstuser }}` now.\n";
    expect(saying(partsOf(filled(steps, { data: { dstuser: "a b" } }))[0])).toBe("Run passwd -l 'a b' now.");
    const [lacking] = partsOf(filled(steps, {}));
    expect(lacking).toMatchObject({ runs: [{}, { kind: "text" }, {}] });
    expect(saying(lacking)).toBe("Run passwd -l ‹data.dstuser› (data.dstuser: not in this alert) now.");
    expect(partsOf(filled(steps, { data: { dstuser: "a  b" } }))[0]).toMatchObject({
      runs: [{}, { kind: "text" }, {}],
    });
  });
});

describe("what comes with Riposte", () => {
  test("the four steps of a disconnected agent are in their order, each with where its command runs", () => {
    const { incident, first } = agentLost();
    const guidance = guidanceOf(shippedPlaybook("agent-disconnection"), incident, first);
    if (guidance.kind === "unreadable") throw new Error(guidance.says);
    expect(guidance.steps.map(({ parts }) => saying(parts[0]))).toEqual([
      "Check Wazuh logs (/var/ossec/logs/ossec.log).",
      "Verify agent connectivity (/var/ossec/bin/agent_control -l).",
      "Restart the agent (/var/ossec/bin/wazuh-control restart).",
      "If unresolved, reinstall the agent following the documentation.",
    ]);
    const where = guidance.steps.map(({ parts }) =>
      parts.flatMap((part) => (part.kind === "text" ? [] : [part.place])),
    );
    expect(where).toEqual([
      ["agent", "windows", "manager", "kubernetes"],
      ["manager", "kubernetes", "workstation"],
      ["agent", "windows"],
      [],
    ]);
    expect(partsOf(guidance).some((part) => part.kind === "withheld")).toBe(false);
  });

  test.each(["ssh-brute-force", "account-lock-out"])("%s has what an alert of its kind brings", (name) => {
    const { incident, first } = bruteForce();
    const commands = partsOf(guidanceOf(shippedPlaybook(name), incident, first)).filter(
      ({ kind }) => kind === "command",
    );
    expect(JSON.stringify(commands)).toContain("'deploy'");
  });
});
