import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Agent, anAgent, type CompanionLine, type Order } from "./agent.ts";
import { AGENT, aNetwork, canMakeNetworks, type Network, OTHER } from "./network.ts";

const KILLS_MS = 120_000;

let tokens = 0;
const aToken = (): string => `alone-${String(++tokens).padStart(6, "0")}`;

describe.skipIf(!canMakeNetworks())("riposte-isolate-host between two machines", () => {
  let network: Network;
  let agent: Agent;

  beforeAll(async () => {
    network = await aNetwork();
    network.nft(
      "add table inet theirs; add chain inet theirs in { type filter hook input priority 0; }; add rule inet theirs in accept",
    );
  });
  beforeEach(() => {
    agent?.remove();
    agent = anAgent("riposte-isolate-host");
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

  function reaches(): readonly boolean[] {
    return [network.reaches(AGENT.v4), network.reaches(AGENT.v6)];
  }

  function managedFrom(address: string): void {
    writeFileSync(join(agent.home, "etc/ossec.conf"), `<address>${address}</address>\n`);
  }

  it.each(["nft", "iptables"])("cuts all off with %s but the manager, and lets them in again", async (fw) => {
    if (fw !== "nft") agent.edit("riposte-firewall.sh", "for with in nft iptables", "for with in iptables");
    const before = network.rules();
    managedFrom(OTHER.v4);
    const token = aToken();
    expect(reaches()).toEqual([true, true]);

    const added = await order({ verb: "add", token, seconds: 600 });

    expect(added).toMatchObject({
      effect: "yes",
      why: "done",
      action: "isolate-host",
      target: "host",
      found: { rule: "in_place", with: fw },
    });
    expect(reaches()).toEqual([true, false]);
    expect(await order({ verb: "add", token })).toMatchObject({ effect: "already", why: "seen" });
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "yes", why: "in_force" });
    const undone = await order({ verb: "undo", token });

    expect(undone).toMatchObject({ effect: "undone", why: "restored", found: { rule: "missing" } });
    expect(reaches()).toEqual([true, true]);
    if (fw === "nft") expect(network.rules()).toBe(before);
    expect(network.rules()).not.toMatch(/riposte/i);
  });

  it("holds as long as one of two orders does, and sees where somebody has flushed the rules", async () => {
    const [token, second] = [aToken(), aToken()];
    await order({ verb: "add", token });
    expect(await order({ verb: "add", token: second })).toMatchObject({ effect: "yes", why: "joined" });

    expect(await order({ verb: "undo", token })).toMatchObject({ why: "still_held" });
    expect(reaches()).toEqual([false, false]);
    network.nft("delete table inet riposte_isolation");
    expect(await order({ verb: "check", token: second })).toMatchObject({ effect: "no", why: "rule_missing" });
    expect(await order({ verb: "undo", token: second })).toMatchObject({ why: "restored" });
    expect(reaches()).toEqual([true, true]);
  });

  it("isolates nobody whose manager can't be known, or whose owner says so", async () => {
    const before = network.rules();
    managedFrom("no..host");
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });
    rmSync(join(agent.home, "etc/ossec.conf"));
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });
    managedFrom(OTHER.v4);
    agent.configure("protect host\n");
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });

    expect(network.rules()).toBe(before);
  });

  it("lets through whom systemd-resolved asks, and isolates nobody who could not look the manager's name up again", async () => {
    const before = network.rules();
    const conf = (name: string): string => join(agent.home, name);
    agent.edit("riposte-address.sh", "=/etc/resolv.conf", `=${conf("resolv.conf")}`);
    agent.edit("riposte-address.sh", "=/run/systemd/resolve/resolv.conf", `=${conf("upstream.conf")}`);
    writeFileSync(conf("resolv.conf"), "nameserver 127.0.0.53\nnameserver ::1\noptions edns0\n");
    managedFrom("localhost");

    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });
    expect(network.rules()).toBe(before);

    writeFileSync(conf("upstream.conf"), "nameserver 198.51.100.53\nnameserver fe80::53%eth0\n");
    const token = aToken();
    expect(await order({ verb: "add", token })).toMatchObject({ effect: "yes", why: "done" });
    expect(network.rules()).toContain("ip daddr 198.51.100.53 udp dport 53 accept");
    expect(network.rules()).toContain("ip6 daddr fe80::53 tcp dport 53 accept");
    await order({ verb: "undo", token });

    managedFrom(OTHER.v4);
    rmSync(conf("upstream.conf"));
    const named = aToken();
    expect(await order({ verb: "add", token: named })).toMatchObject({ effect: "yes", why: "done" });
    await order({ verb: "undo", token: named });
  });

  it("is finished or undone wherever it was killed", { timeout: KILLS_MS }, async () => {
    const before = network.rules();
    const steps = join(agent.home, "steps");
    const env = { BASH_ENV: new URL("killer.bash", import.meta.url).pathname, KILL_STEPS: steps };
    for (let at = 1; ; at++) {
      rmSync(steps, { force: true });
      const token = aToken();
      const shell = [...network.onAgent, "bash"];
      const ended = await agent.order({ verb: "add", token }, { shell, env: { ...env, KILL_AT: String(at) } });
      if (ended.lines.length === 0 && at % 2 === 0) {
        expect((await order({ verb: "add", token })).effect).toMatch(/^(yes|already)$/);
      }
      await order({ verb: "undo", token });
      expect([at, network.rules()]).toEqual([at, before]);
      if (ended.lines.length > 0) break;
    }
  });
});
