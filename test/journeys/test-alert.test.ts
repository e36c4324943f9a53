// Does the message go out at all? Asked of a running server, over its socket, by the program itself.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TestReport } from "../../src/cli/test-alert.ts";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const CONFIG = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
policies:
  - { name: ssh, when: { rule.id: 5763 }, severity: critical }
  - { name: rest, when: { rule.level: ">= 7" } }`;

describe("riposte test-alert", () => {
  let desk: RiposteDesk;
  let rig: CliRig;
  beforeEach(async () => {
    rig = await openCliRig();
    desk = await RiposteDesk.open();
  });
  afterEach(async () => {
    await desk.close();
    await rig.close();
  });

  it("reaches every destination of the policy, marked as a test, and says who has it", async () => {
    await desk.start(CONFIG);

    const { code, out, err } = await rig.riposte("test-alert", "--socket", desk.socketPath, "--policy", "ssh");

    expect([code, err]).toEqual([0, "riposte: sent as incident #1 by policy ssh\n"]);
    expect(out).toMatch(/^ {2}yes {2}security-alerts: /m);
    expect(out).toMatch(/^ {2}yes {2}soc-webhook: /m);
    expect(desk.slack.posted[0]?.text).toContain("[TEST]");
    desk.jira.settle(Date.now());
    expect(desk.jira.issues[0]?.summary).toContain("[TEST]");
    const list = await rig.riposte("incidents", "list", "--socket", desk.socketPath);
    expect(list.out).toMatch(/#1 .*riposte:test:ssh.*\[TEST\]/);
  });

  it("makes a new incident each time", async () => {
    await desk.start(CONFIG);
    const send = () => rig.riposte("test-alert", "--socket", desk.socketPath, "--json", "--rule", "5763");

    const reports = [await send(), await send()].map(({ out }) => JSON.parse(out) as TestReport);

    expect(reports.map(({ isDelivered, incidents }) => [isDelivered, incidents[0]?.id])).toEqual([
      [true, 1],
      [true, 2],
    ]);
    expect(desk.slack.posted).toHaveLength(2);
  });

  it("says why a destination has not got it, and ends with 69", async () => {
    await desk.start(CONFIG);
    await desk.slackServed.close();

    const args = ["test-alert", "--socket", desk.socketPath, "--policy", "ssh", "--wait", "2s"];
    const { code, out, err } = await rig.riposte(...args);

    expect(code).toBe(69);
    // The look at the end may fall into a call that is being tried once more.
    expect(out).toMatch(/^ {2}not yet {2}security-alerts: (?:waiting .*nothing listens there|a call is under way)/m);
    expect(out).toMatch(/^ {2}yes {2}soc-webhook: /m);
    expect(err).toContain("1 destination did not get it within 2 s: riposte incidents show 1 goes on telling");
  });

  it("names the policies that there are when none is meant, and sends nothing", async () => {
    await desk.start(CONFIG);

    const { code, err } = await rig.riposte("test-alert", "--socket", desk.socketPath);

    expect(code).toBe(1);
    expect(err).toMatch(/say what to try: --policy NAME.* Policies: ssh, rest/);
    await desk.stop();
    expect(desk.slack.posted).toEqual([]);
  });

  it("needs a server that runs", async () => {
    const { code, err } = await rig.riposte("test-alert", "--config", rig.writeConfig(), "--policy", "ssh");

    expect(code).toBe(69);
    expect(err).toMatch(/no server is running there\. Start it with riposte serve/);
  });
});
