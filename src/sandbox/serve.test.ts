import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSandbox } from "./serve.ts";
import type { Sandbox, SandboxOptions } from "./serve.ts";

let directory: string;
const running: Sandbox[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sandbox-"));
});

afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop();
  rmSync(directory, { recursive: true });
});

async function started(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ directory, port: 0, ...options });
  running.push(sandbox);
  return sandbox;
}

describe("the sandbox", () => {
  test("is ready when it says so: page, webhooks and alerts file", async () => {
    const sandbox = await started();

    expect(sandbox.pageUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(statSync(sandbox.alertsPath).nlink).toBe(2);
    expect(await (await fetch(sandbox.pageUrl)).text()).toContain("Riposte");
    const message = await fetch(sandbox.slackWebhookUrl, { method: "POST", body: '{"text":"hello"}' });
    expect(await message.text()).toBe("ok");
    const ticket = await fetch(sandbox.jiraUrl, {
      method: "POST",
      headers: { "X-Automation-Webhook-Token": sandbox.jiraToken },
      body: JSON.stringify({ data: { summary: "s", description: "d", issuetype: { name: "Task" } } }),
    });
    expect(ticket.status).toBe(200);
  });

  test("takes the next free port when its own is taken", async () => {
    const first = await started();
    const port = Number(new URL(first.pageUrl).port);

    const second = await started({ port, directory: join(directory, "second") });

    expect(Number(new URL(second.pageUrl).port)).toBeGreaterThan(port);
  });

  test("stops while a page is still following, and twice does no harm", async () => {
    const sandbox = await started();
    const events = await fetch(new URL("/events", sandbox.pageUrl));
    const reader = events.body!.getReader();
    await reader.read();

    await sandbox.stop();
    await sandbox.stop();

    await expect(fetch(sandbox.pageUrl)).rejects.toThrow();
    await reader.cancel().catch(() => {});
  });
});
