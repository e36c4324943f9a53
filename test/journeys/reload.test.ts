// Another config while it runs, and a wrong one at the start.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";

let rig: CliRig;

beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

function change(path: string, from: string | RegExp, to: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

describe("a running server", () => {
  it("applies another config on SIGHUP: what is read from then on is judged by it", async () => {
    const path = rig.writeConfig();
    const server = await rig.serving(path);
    rig.appendAlert(1);
    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { policy: "ssh" } });

    change(path, "name: ssh", "name: shell");
    server.child.kill("SIGHUP");
    await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
    rig.appendAlert(2);

    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { policy: "shell" } });
  });

  it("applies a file that changed without being asked, from the very line on", async () => {
    const path = rig.writeConfig();
    const server = await rig.serving(path);

    change(path, "rule.id: 5763", "rule.id: 1");
    await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
    rig.appendAlert(1);
    change(path, "rule.id: 1,", "rule.id: 5763,");
    await server.said(/(?:"msg":"config applied"[^]*){3}/);
    rig.appendAlert(2);

    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { count: 1 } });
    const status = JSON.parse((await rig.riposte("status", "--config", path, "--json")).out);
    expect(status).toMatchObject({ sources: [{ row: { read: 2, ignored: 1, kept: 1 } }] });
  });

  it("goes on with what it has when the file is broken, and says so in its status", async () => {
    const path = rig.writeConfig();
    const server = await rig.serving(path);

    change(path, "tell: [receiver]", "tell: [recevier]");
    server.child.kill("SIGHUP");
    await server.said(/was not applied; the last good one is in force/);
    rig.appendAlert(1);
    await rig.receiver.next();

    const { out } = await rig.riposte("status", "--socket", join(rig.directory, "riposte.sock"));
    expect(out).toMatch(/wrong and was not applied/);
    expect(out).toMatch(/receiver/);
  });
});

describe("a start with a broken config", () => {
  it("ends with 78 and names the way back, which goes until the file is right again", async () => {
    const path = rig.writeConfig();
    const first = await rig.serving(path);
    first.child.kill("SIGTERM");
    await first.ended;
    change(path, "policies:", "polices:");

    const refused = await rig.riposte("serve", "--config", path);
    expect(refused.code).toBe(78);
    expect(refused.err).toMatch(/polices/);
    expect(refused.err).toMatch(/--last-good/);

    const server = rig.start(["serve", "--config", path, "--last-good", "--log-format", "json"]);
    await server.said(/"msg":"started"/);
    rig.appendAlert(1);
    await rig.receiver.next();
    change(path, "polices:", "policies:");
    await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
  });

  it("and nothing to fall back to says both", async () => {
    const path = rig.writeConfig();
    change(path, "policies:", "polices:");

    const refused = await rig.riposte("serve", "--config", path, "--last-good");

    expect(refused.code).toBe(78);
    expect(refused.err).toMatch(/nothing to fall back to/);
  });

  it("falls back although the file is gone altogether only where the copy can be found", async () => {
    const path = rig.writeConfig();
    rmSync(path);

    expect((await rig.riposte("serve", "--config", path, "--last-good")).code).toBe(78);
  });
});
