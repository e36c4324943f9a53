import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activeResponse, bruteForce, wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import { describeWithSharedData } from "../../test/shared-data.ts";
import type { ActionSeen, Echo } from "../core/action.ts";
import type { Alert, PolicyMatch } from "../core/alert.ts";
import { groupKeyOf } from "../core/group-key.ts";
import { actionOf, echoOf } from "./action-line.ts";
import { alertFromWazuh4 } from "./wazuh4.ts";

const at = new Date("2026-11-23T09:00:15.123Z");

function read(document: object): Alert {
  const found = alertFromWazuh4(JSON.stringify(document), 0);
  if (found.kind === "malformed") throw new Error(found.why);
  return found.alert;
}

function match(document: Alert["document"]): readonly PolicyMatch[] {
  return [{ policy: "any", groupKey: groupKeyOf({ document }, ["rule.id", "agent.id"]), clears: false }];
}

function seen(document: object): ActionSeen | undefined {
  return actionOf(read(document), match);
}

interface Decoded {
  command: unknown;
  parameters: { program?: unknown; alert?: { timestamp: unknown; data: object } };
}

/** The line with its decoded part changed. */
function changed(change: (data: Decoded) => void, program = "disable-account"): object {
  const line = structuredClone(activeResponse({ order: "add", program }, bruteForce("deploy", at), at)) as {
    data: Decoded;
  };
  change(line.data);
  return line;
}

describe("the line of an active response", () => {
  it("is read with what it does, to whom, where, and what it answers", () => {
    expect(seen(activeResponse({ order: "add" }, bruteForce("deploy", at), at))).toEqual({
      agentId: "003",
      program: "disable-account",
      target: "deploy",
      targetKind: "user",
      order: "add",
      failed: false,
      cause: {
        ruleId: "5763",
        at: at.getTime(),
        matches: [{ policy: "any", groupKey: '["5763","003"]', clears: false }],
      },
    });
  });

  it.each([
    ["firewall-drop", "198.51.100.23", "address"],
    ["custom-lock", "198.51.100.23", "address"],
    ["restart-wazuh", "", "agent"],
  ])("of %s is about %j", (program, target, targetKind) => {
    const line = activeResponse({ order: "delete", program }, bruteForce("deploy", at), at);

    expect(seen(line)).toMatchObject({ program, target, targetKind, order: "delete" });
  });

  it("takes the program's name from a path of Windows, and its address before the decoded one", () => {
    const line = changed((data) => {
      data.parameters.program = "C:\\Program Files\\ossec-agent\\active-response\\bin\\netsh.exe";
      data.parameters.alert!.data = { win: { eventdata: { ipAddress: "203.0.113.9" } } };
    });

    expect(seen(line)).toMatchObject({ program: "netsh", target: "203.0.113.9" });
  });

  it("says where the script itself could do nothing", () => {
    const line = { ...activeResponse({ order: "add" }, bruteForce("x", at), at), rule: { id: "658", level: 5 } };

    expect(seen(line)).toMatchObject({ failed: true });
  });

  it.each([
    ["no order that there is", changed((data) => (data.command = "continue"))],
    ["no program", changed((data) => delete data.parameters.program)],
    ["a program without a name", changed((data) => (data.parameters.program = "active-response/bin/"))],
    ["parameters that are text", changed((data) => Object.assign(data, { parameters: "add" }))],
    ["no data", wazuhAlert({ id: "657", level: 3, description: "x" }, at)],
    [
      "another rule",
      { ...activeResponse({ order: "add" }, bruteForce("x", at), at), rule: { id: "100651", level: 12 } },
    ],
  ])("with %s is an alert like others", (_, line) => {
    expect(seen(line)).toBeUndefined();
  });

  it.each([
    ["no alert in it", changed((data) => delete data.parameters.alert), null],
    ["a list for an alert", changed((data) => Object.assign(data.parameters, { alert: ["x"] })), null],
    [
      "an alert without a time that can be read",
      changed((data) => (data.parameters.alert!.timestamp = "yesterday")),
      { ruleId: "5763", at: null },
    ],
  ])("with %s belongs to whatever can still be told", (_, line, cause) => {
    const found = seen(line);

    if (cause === null) expect(found?.cause).toBeNull();
    else expect(found?.cause).toMatchObject(cause);
  });

  it("keeps names within what a row can hold", () => {
    const found = seen(
      changed((data) => Object.assign(data.parameters.alert!.data, { dstuser: "\u0000é".repeat(5_000) })),
    );

    expect(Buffer.byteLength(found?.target ?? "")).toBeLessThanOrEqual(255);
    expect(found?.target).not.toContain("\u0000");
  });
});

function echo(document: object): Echo | undefined {
  return echoOf(read(document));
}

function shell(program: string, log: string): object {
  const line = wazuhAlert({ id: "5555", level: 3, description: "x", fullLog: `Nov 23 09:00:15 web-01 ${log}` }, at);
  return { ...line, predecoder: { program_name: program } };
}

describe("what an active response may have caused", () => {
  it.each([
    ["passwd", "passwd[4711]: password for 'deploy' changed by 'root'"],
    ["usermod", "usermod[4711]: lock user 'deploy' password"],
    ["usermod", "usermod[4711]: unlock user 'deploy' password"],
    ["chage", "chage[4711]: changed password expiry for deploy"],
  ])("is the word of %s about the account: %s", (program, log) => {
    const what = { agentId: "003", program: "disable-account", target: "deploy", kind: "account", what: program };
    expect(echo(shell(program, log))).toEqual(what);
  });

  it.each([
    ["a change by somebody else", shell("passwd", "passwd[1]: password for 'deploy' changed by 'eve'")],
    ["another change to the account", shell("usermod", "usermod[1]: add 'deploy' to group 'sudo'")],
    ["more behind it", shell("passwd", "passwd[1]: password for 'deploy' changed by 'root' and more")],
    ["a name with a quote in it", shell("passwd", "passwd[1]: password for 'a' b' changed by 'root'")],
    ["another program's word", shell("sshd", "sshd[1]: password for 'deploy' changed by 'root'")],
  ])("is not %s", (_, line) => {
    expect(echo(line)).toBeUndefined();
  });

  it.each([
    ["506", "stop"],
    ["503", "start"],
  ])("is rule %s of the agent", (id, kind) => {
    expect(echo(wazuhAlert({ id, level: 3, description: "x" }, at))).toMatchObject({
      agentId: "003",
      program: "restart-wazuh",
      kind,
    });
  });
});

describeWithSharedData("the sample alerts", (fileNamed) => {
  it("hold four lines of responses, each with the alert that it answers", () => {
    const lines = readFileSync(fileNamed("alerts-synthetic-scenarios.jsonl"), "utf8").split("\n");
    const found = lines.flatMap((line) => (line === "" ? [] : (seen(JSON.parse(line) as object) ?? [])));

    expect(found.map(({ program, target, order, cause }) => [program, target, order, cause?.ruleId])).toEqual([
      ["firewall-drop", "198.51.100.23", "add", "5712"],
      ["firewall-drop", "198.51.100.23", "delete", "5712"],
      ["disable-account", "deploy", "add", "120100"],
      ["disable-account", "deploy", "delete", "120100"],
    ]);
  });
});
