import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ConfigReport, Status } from "../http/status.ts";
import type { CliContext } from "./context.ts";
import { askRunning, whatIsLeft } from "./takeover-live.ts";

function status(isShadow: boolean | null, configFile: Partial<ConfigReport> | null = {}): Status {
  const file = configFile === null ? null : { path: "/r.yaml", appliedAt: 0, refused: [], waitsForRestart: [] };
  const slack = { name: "ossec-slack", type: isShadow === null ? null : "slack", isShadow: isShadow === true };
  return { configFile: file === null ? null : { ...file, ...configFile }, sent: { destinations: [slack] } } as never;
}

describe("whether a running Riposte has taken the blocks", () => {
  it("is asked until it has, with what it says to show for it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "riposte-live-"));
    const answers = [status(true), status(null), status(false)];
    const server = createServer((_, response) => response.end(JSON.stringify(answers.shift())));
    const socket = join(folder, "s");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });
    const shown: string[] = [];
    const stderr = { isTTY: true, write: (text: string) => shown.push(text) };
    const context = { process: { env: {}, stderr } } as unknown as CliContext;

    const running = await askRunning(context, { socket, names: ["ossec-slack"], undo: false });

    expect(running).toEqual({ state: "taken", says: "live now: the running Riposte sends ossec-slack" });
    expect(answers).toEqual([]);
    expect(shown.join("")).toContain("waiting for the running Riposte to notice, 0 s");
  });

  it.each<[string, string | null, Status, boolean]>([
    ["it sends them", null, status(false), false],
    ["it has left them alone after an undo", null, status(true), true],
    ["it has not noticed", "does not send ossec-slack yet", status(true), false],
    ["it does not know them", "does not send ossec-slack yet", status(null), false],
    ["it has not noticed an undo", "still sends ossec-slack", status(false), true],
    ["it does not follow its config", "does not follow its config: start it again", status(true, null), false],
    [
      "its config is wrong",
      "does not take its config as it is: /r.yaml:3:1 no such key",
      status(true, { refused: ["/r.yaml:3:1 no such key"] }),
      false,
    ],
    [
      "something is wrong with its files",
      "does not send ossec-slack yet. It says: /i.conf:1:1 may not be read",
      status(null, { ossec: ["/i.conf:1:1 may not be read"] }),
      false,
    ],
  ])("is told by its status where %s", (_, says, of, undo) => {
    expect(whatIsLeft(of, ["ossec-slack"], undo)).toBe(says);
  });
});
