// A config that no longer has a destination for which something waits.
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unreachableUrl } from "../fakes/serve.ts";
import { openCliRig, type CliRig, type Running } from "../fixtures/cli-rig.ts";

let rig: CliRig;
let config: string;
let complete: string;

beforeEach(async () => {
  rig = await openCliRig();
  config = rig.writeConfig();
  complete = readFileSync(config, "utf8")
    .replace(
      "policies:",
      `  night-shift: { type: webhook, url: "${await unreachableUrl()}", unsigned: true }\npolicies:`,
    )
    .replace("tell: [receiver]", "tell: [receiver, night-shift]");
  writeFileSync(config, complete);
});
afterEach(() => rig.close());

function without(text: string): string {
  return text.replace(/^ {2}night-shift:.*\n/m, "").replace(", night-shift]", "]");
}

async function waitingServer(): Promise<Running> {
  const server = await rig.serving(config);
  rig.appendAlert(1);
  await rig.receiver.next();
  await server.said(/"destination":"night-shift".*"msg":"delivery put off"/);
  return server;
}

async function ended(server: Running): Promise<void> {
  server.child.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
}

async function expectDeadLetter(): Promise<void> {
  const listed = await rig.riposte("work", "list", "--config", config);
  expect(listed.out).toMatch(/night-shift/);
  expect(listed.out).toMatch(/not in the config any more/);
  const status = await rig.riposte("status", "--config", config);
  expect(status.out).toMatch(/night-shift[^]*put the destination back, or drop the work/);
}

describe("what waits for a destination that leaves the config", () => {
  it("becomes a dead letter that says so, costs the others nothing, and goes out when it is back", async () => {
    const server = await waitingServer();

    writeFileSync(config, without(complete));
    server.child.kill("SIGHUP");
    await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);
    await expect
      .poll(() => rig.riposte("work", "list", "--config", config).then(({ out }) => out), { timeout: 20_000 })
      .toMatch(/any more/);
    await expectDeadLetter();
    rig.appendAlert(2);
    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { id: 2 } });
    writeFileSync(config, complete.replace(/(night-shift:.*url: )"[^"]*"/, `$1"${rig.receiver.url}"`));
    server.child.kill("SIGHUP");

    expect(JSON.parse(await rig.receiver.next())).toMatchObject({
      mark: expect.stringContaining("night-shift") as unknown,
      incident: { id: 1 },
    });
    await ended(server);
  });

  it("also where it leaves and comes back while nothing runs", async () => {
    await ended(await waitingServer());

    writeFileSync(config, without(complete));
    await ended(await rig.serving(config));
    await expectDeadLetter();
    writeFileSync(config, complete.replace(/(night-shift:.*url: )"[^"]*"/, `$1"${rig.receiver.url}"`));
    const server = await rig.serving(config);

    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { id: 1 } });
    await ended(server);
  });
});
