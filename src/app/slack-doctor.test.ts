import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../config/load.ts";
import { connectors } from "../connectors/index.ts";
import { planSlackTests, withAnswer } from "./slack-doctor.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "riposte-slack-doctor-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function planned(destinations: string, named: string | null = null) {
  const text = `wazuh: { alerts: /a }\ndestinations:\n${destinations}\npolicies: [{ name: a, when: { rule.id: 1 } }]\n`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors[0]?.says);
  return planSlackTests(loaded.config, named);
}

describe("which channel a Slack webhook posts to", () => {
  it("is asked once for each webhook, and not where its secret can't be read or where there is none", async () => {
    const path = folder();
    writeFileSync(join(path, "one"), "https://hooks.example/SECRET\n");
    writeFileSync(join(path, "same"), "https://hooks.example/SECRET");
    const slack = (name: string) => `  ${name}: { type: slack, webhook: { file: ${path}/${name} } }`;

    const reports = await planned(`${slack("one")}\n${slack("same")}\n${slack("missing")}`);

    expect(reports).toMatchObject([
      { destination: "one", others: ["same"], findings: [{ ok: true, says: expect.stringContaining("--yes") }] },
      {
        destination: "missing",
        others: [],
        findings: [{ ok: false, says: expect.stringContaining("does not exist") }],
      },
    ]);
    expect(JSON.stringify(reports)).not.toContain("SECRET");
    expect(await planned(slack("one"), "other")).toBeNull();
  });

  it.each([
    ['channel: "#soc"', "soc", true, false, "posts to soc, as expected"],
    ["channel: soc", "#general", false, false, "posts to #general, and the config says soc. Make an incoming webhook"],
    ['style: legacy, options: { channel: "#soc" }', "#general", false, false, "and the config says #soc."],
    ["style: blocks", "chat", true, false, "posts to chat, as expected"],
    ["style: blocks", "#general", true, true, 'Where that is right, say so with channel: "#general"'],
    ["style: blocks", "  ", false, false, "the message is said to be in no channel."],
  ])("with %s and the answer %j is judged", async (settings, answer, ok, doubtful, says) => {
    const [report] = (await planned(`  chat: { type: slack, webhook: { env: HOOK }, ${settings} }`)) ?? [];

    const { findings } = withAnswer({ ...report!, findings: [] }, answer);

    expect(findings).toMatchObject([{ check: "channel", ok, says: expect.stringContaining(says) }]);
    expect(findings[0]?.doubtful === true).toBe(doubtful);
  });

  it("has a name that a person would write", async () => {
    await expect(planned("  chat: { type: slack, webhook: { env: HOOK }, channel: '#a b' }")).rejects.toThrow(
      'expected a channel\'s name or id; a name with a # goes in quotes. Example: "#security-alerts", or C0123456789',
    );
  });
});
