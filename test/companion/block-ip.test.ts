import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Agent, anAgent, type CompanionLine, MANAGER, type Order } from "./agent.ts";
import { AGENT, aNetwork, canMakeNetworks, GATEWAY, type Network, OTHER } from "./network.ts";

/** Dozens of orders one after the other, each a few dozen processes. */
const KILLS_MS = 120_000;

let tokens = 0;
const aToken = (): string => `token-${String(++tokens).padStart(6, "0")}`;

describe.skipIf(!canMakeNetworks())("riposte-block-ip between two machines", () => {
  let network: Network;
  let agent: Agent;

  beforeAll(async () => {
    network = await aNetwork();
    // Somebody else's rules, which let everybody in.
    network.nft(
      "add table inet theirs; add chain inet theirs in { type filter hook input priority 0; }; add rule inet theirs in accept",
    );
  });
  beforeEach(() => {
    agent?.remove();
    agent = anAgent("riposte-block-ip");
  });
  afterAll(() => {
    agent?.remove();
    network?.stop();
  });

  async function order(of: Order): Promise<CompanionLine> {
    const { lines } = await agent.order(of, { shell: network.onAgent });
    expect(lines).toHaveLength(1);
    return lines[0] as CompanionLine;
  }

  it.each(["nft", "iptables"])(
    "cuts an address off with %s and lets it in again, beside rules that are not ours",
    async (fw) => {
      if (fw !== "nft") agent.edit("riposte-firewall.sh", "for with in nft iptables", "for with in iptables");
      const before = network.rules();
      const [token, second] = [aToken(), aToken()];
      expect(network.reaches(AGENT.v4)).toBe(true);

      const added = await order({ verb: "add", token, address: OTHER.v4, seconds: 600 });

      expect(added).toMatchObject({
        effect: "yes",
        why: "done",
        target: OTHER.v4,
        found: { rule: "in_place", with: fw },
      });
      expect([network.reaches(AGENT.v4), network.reaches(AGENT.v6)]).toEqual([false, true]);
      const held = network.rules();
      expect(await order({ verb: "add", token, address: OTHER.v4 })).toMatchObject({ effect: "already", why: "seen" });
      expect(await order({ verb: "add", token: second, address: OTHER.v6 })).toMatchObject({
        effect: "yes",
        why: "done",
      });
      expect(network.reaches(AGENT.v6)).toBe(false);
      expect(await order({ verb: "undo", token: second, address: OTHER.v6 })).toMatchObject({ why: "restored" });
      if (fw === "nft") expect(network.rules()).toBe(held);
      expect(await order({ verb: "check", token, address: OTHER.v4 })).toMatchObject({
        effect: "yes",
        why: "in_force",
      });

      const undone = await order({ verb: "undo", token, address: OTHER.v4 });

      expect(undone).toMatchObject({ effect: "undone", why: "restored", found: { rule: "missing" } });
      expect([network.reaches(AGENT.v4), network.reaches(AGENT.v6)]).toEqual([true, true]);
      // iptables leaves its own empty tables; nothing of ours is in them.
      if (fw === "nft") expect(network.rules()).toBe(before);
      expect(network.rules()).not.toMatch(/riposte/i);
    },
  );

  it("sees that somebody has flushed the rules, and lifts what is no longer there", async () => {
    const token = aToken();
    await order({ verb: "add", token, address: OTHER.v4 });

    network.nft("flush", "ruleset");

    expect(await order({ verb: "check", token, address: OTHER.v4 })).toMatchObject({
      effect: "no",
      why: "rule_missing",
    });
    expect(await order({ verb: "undo", token, address: OTHER.v4 })).toMatchObject({
      effect: "undone",
      why: "restored",
    });
  });

  it.each([
    ["itself", AGENT.v4],
    ["itself, written otherwise", "2001:0DB8::1"],
    ["its loopback", "127.0.0.1"],
    ["its other loopback", "::1"],
    ["its loopback in disguise", "::ffff:7f00:1"],
    ["nobody", "0.0.0.0"],
    ["everybody", "255.255.255.255"],
    ["a group", "ff02::1"],
    ["a neighbour of the link", "fe80::1"],
    ["its gateway", GATEWAY],
    ["its manager", MANAGER],
    ["what its owner named", "198.51.100.9"],
  ])("refuses %s", async (_, address) => {
    agent.configure("protect 198.51.100.*\n");
    const before = network.rules();

    expect(await order({ verb: "add", token: aToken(), address })).toMatchObject({
      effect: "refused",
      why: "protected",
    });
    expect(network.rules()).toBe(before);
  });

  it("refuses whom systemd-resolved asks", async () => {
    const upstream = join(agent.home, "upstream.conf");
    agent.edit("riposte-address.sh", "=/run/systemd/resolve/resolv.conf", `=${upstream}`);
    writeFileSync(upstream, "nameserver 198.51.100.53\n");

    expect(await order({ verb: "add", token: aToken(), address: "198.51.100.53" })).toMatchObject({ why: "protected" });
  });

  it("blocks nobody where it can't be known who the manager is", async () => {
    writeFileSync(join(agent.home, "etc/ossec.conf"), "<address>no..host</address>\n");
    expect(await order({ verb: "add", token: aToken(), address: OTHER.v4 })).toMatchObject({ why: "protected" });

    rmSync(join(agent.home, "etc/ossec.conf"));
    expect(await order({ verb: "add", token: aToken(), address: OTHER.v4 })).toMatchObject({ why: "protected" });
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/8",
    "1.2.3.4;id",
    "::1::",
    "1::2::3",
    "::ffff:1.2.3.4",
    "fe80::1%lo",
    "g::1",
    "-1.2.3.4",
    "a".repeat(300),
  ])("refuses %j, which is no address", async (address) => {
    expect(await order({ verb: "add", token: aToken(), address })).toMatchObject({ why: "bad_target", target: "" });
  });

  it("is finished or undone wherever it was killed", { timeout: KILLS_MS }, async () => {
    const before = network.rules();
    const steps = join(agent.home, "steps");
    const env = { BASH_ENV: new URL("killer.bash", import.meta.url).pathname, KILL_STEPS: steps };
    for (let at = 1; ; at++) {
      rmSync(steps, { force: true });
      const [token, address] = [aToken(), OTHER.v4];
      const shell = [...network.onAgent, "bash"];
      const ended = await agent.order({ verb: "add", token, address }, { shell, env: { ...env, KILL_AT: String(at) } });
      if (ended.lines.length === 0 && at % 2 === 0) {
        const again = await order({ verb: "add", token, address });
        expect(again.effect).toMatch(/^(yes|already)$/);
      }
      await order({ verb: "undo", token, address });
      expect([at, network.rules()]).toEqual([at, before]);
      if (ended.lines.length > 0) break;
    }
  });
});
