import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Agent, anAgent, orderLine } from "./agent.ts";

/** All of these are refused before anything is looked at, so whoever runs the tests need not be root. */
describe.skipIf(process.platform === "win32")("an order that can't be meant", () => {
  let agent: Agent;

  beforeAll(() => {
    agent = anAgent("riposte-disable-account");
  });
  afterAll(() => agent.remove());

  it.each([
    ["a command", "a; rm -rf ~"],
    ["a command in its place", "$(id)"],
    ["a leading dash", "-rf"],
    ["an option", "--help"],
    ["a path", "../../etc/passwd"],
    ["a dot", "."],
    ["two dots", ".."],
    ["a glob", "*"],
    ["a line end", "deploy\nroot"],
    ["a carriage return", "deploy\r"],
    ["a null", "deploy\0"],
    ["an escape", "deploy\u001b[2J"],
    ["300 bytes", "a".repeat(300)],
    ["33 bytes", "a".repeat(33)],
    ["letters that look alike", "r\u043e\u043et"],
    ["an emoji", "\u{1f600}"],
    ["half an emoji", "\ud83d"],
    ["a domain", "deploy@example.org"],
    ["a Windows domain", "CORP\\deploy"],
    ["a field of passwd", "deploy:x:0"],
    ["a space", "de ploy"],
    ["nothing", ""],
    ["a number first", "0"],
  ])("is refused where the name has %s, and the name is not repeated", async (_, user) => {
    const { lines, said } = await agent.order({ verb: "add", token: "token-1234", user });

    expect(lines).toEqual([
      {
        v: "1",
        token: "token-1234",
        action: "disable-account",
        verb: "add",
        target: "",
        effect: "refused",
        why: "bad_target",
        others: "0",
        until: "0",
        found: {},
      },
    ]);
    expect(said).toEqual([]);
    expect(existsSync(agent.state)).toBe(false);
  });

  const good = { v: 1, token: "token-1234", verb: "add" };
  const order = (riposte: unknown, beside: object = {}): string =>
    JSON.stringify({
      version: 1,
      command: "add",
      parameters: { alert: { ...beside, data: { dstuser: "deploy", riposte } } },
    });

  it.each([
    ["nothing", ""],
    ["no JSON", "add deploy"],
    ["half of one", orderLine({ verb: "add", token: "token-1234", user: "deploy" }).slice(0, -3)],
    ["more than one", `${order(good)}{}`],
    ["a comma too many", '{"command":"add",}'],
    ["an order of a rule of Wazuh's, which nobody has asked any guardrail about", order(undefined)],
    ["another version", order({ ...good, v: 2 })],
    ["another verb", order({ ...good, verb: "delete" })],
    ["a verb of two lines", order({ ...good, verb: "add\nundo" })],
    ["no time", order({ ...good, seconds: 0 })],
    ["a time before", order({ ...good, seconds: -1 })],
    ["half a second", order({ ...good, seconds: 0.5 })],
    ["more than a year", order({ ...good, seconds: 31_536_001 })],
    ["a time to be computed", order({ ...good, seconds: "1+1" })],
    ["a token twice", order(good).replace('"token":"token-1234"', '"token":"token-1234","token":"token-5678"')],
    ["a user twice", order(good).replace('"dstuser":"deploy"', '"dstuser":"deploy","dstuser":"root"')],
    ["too much of it", order(good, { full_log: "x".repeat(17_000) })],
    ["too deep a nest", order(good, { a: JSON.parse("[".repeat(40) + "]".repeat(40)) as unknown })],
    [
      "a key that pretends to be a path",
      order(undefined).replace(
        '"dstuser"',
        '"riposte.v":1,"riposte.token":"token-1234","riposte.verb":"add","dstuser"',
      ),
    ],
  ])("is refused where there is %s", async (_, line) => {
    const { lines, said } = await agent.raw(line);

    expect(lines).toMatchObject([{ effect: "refused", why: "bad_order", target: "", found: {} }]);
    expect(said).toEqual([]);
    expect(existsSync(agent.state)).toBe(false);
  });

  it.each(["short", "a".repeat(65), "../../../etc", "token 1234", "tok\u00e9n-1234", 'token"1234'])(
    "is refused where the token is %j, and the token is not repeated",
    async (token) => {
      const { lines } = await agent.order({ verb: "add", token, user: "deploy" });

      expect(lines).toMatchObject([{ effect: "refused", why: "bad_token", token: "" }]);
    },
  );

  it("is not found anywhere but in its place, whatever stands beside it", async () => {
    const beside = {
      full_log: 'x","data":{"dstuser":"root","riposte":{"v":1,"token":"token-0000","verb":"add"}}',
      data2: { dstuser: "root", riposte: good },
      rule: { id: "5712", description: 'é \u2028 \\ " / \t' },
      previous_output: ["a", { dstuser: "root" }, [], {}, null, true, -1.5e3],
    };

    const { lines } = await agent.order({ verb: "add", token: "token-1234", user: "-rf", beside });

    expect(lines).toMatchObject([{ token: "token-1234", why: "bad_target" }]);
  });

  it("is answered nowhere else, where somebody has put a link in place of the log", async () => {
    const other = anAgent("riposte-disable-account");
    const elsewhere = join(other.home, "elsewhere");
    symlinkSync(elsewhere, join(other.home, "logs/active-responses.log"));

    await other.raw("nothing");

    expect(existsSync(elsewhere)).toBe(false);
    other.remove();
  });
});
