import { describe, expect, it } from "vitest";
import { disable, factsOf, railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import type { AgentFacts } from "./guardrail.ts";

function onAgent(
  protect: string,
  of: Parameters<ResponseRig["alert"]>[2] = {},
  facts: AgentFacts = factsOf(),
): string | undefined {
  const rig = new ResponseRig({ rails: railsOf({ protect: { agents: [protect] } }) });
  rig.alert(1, "deploy", of);
  rig.pass(SOON, { facts });
  return rig.states[0];
}

describe("guardrails about agents", () => {
  it.each([
    ["003"],
    ["3"],
    ["web-*"],
    ["WEB-01"],
    ["group:domain-controllers"],
    ["group:domain-*"],
    ["label:tier=0"],
    ["label:tier"],
  ])("protect by %s", (pattern) => {
    const suspect = { labels: { tier: "0" } };
    expect(onAgent(pattern, { suspect }, factsOf({ groups: ["Domain-Controllers"] }))).toBe("refused protected_agent");
  });

  it("protect by what is known of the agent, whichever road it came by", () => {
    const labelled = factsOf({ labels: { kind: "known", labels: { tier: "0" } } });
    expect(onAgent("label:tier=0", {}, labelled)).toBe("refused protected_agent");
    expect(onAgent("label:tier=1", {}, labelled)).toBe("sent");
    expect(onAgent("group:dcs", { suspect: { groups: ["DCs"] } }, factsOf())).toBe("refused protected_agent");
  });

  it("refuse where an agent's labels can't be found out", () => {
    const labels = { kind: "unknown", says: "it is too old" } as const;
    expect(onAgent("x", {}, factsOf({ labels }))).toBe("refused unresolvable");
  });

  it("let an agent that is not connected wait, whose labels nobody can ask for", () => {
    const labels = { kind: "unknown", says: "it is not connected" } as const;
    expect(onAgent("x", {}, factsOf({ labels, isActive: false }))).toBe("planned");
  });

  it("protect who has the label riposte=never, and every node of Wazuh's", () => {
    expect(onAgent("x", { suspect: { labels: { riposte: "never" } } })).toBe("refused protected_agent");
    expect(onAgent("x", {}, factsOf({ isNode: true }))).toBe("refused protected_agent");
    expect(onAgent("x", { agentId: "000" })).toBe("refused protected_agent");
    expect(onAgent("x", { agentId: null })).toBe("refused no_target");
  });

  it("refuse where the id is another agent's now", () => {
    const rig = (facts: AgentFacts): readonly string[] => {
      const of = new ResponseRig();
      of.alert(1);
      of.pass(SOON, { facts });
      return of.states;
    };

    expect(rig(factsOf({}, { name: "db-01" }))).toEqual(["refused drifted"]);
    expect(rig(factsOf({}, { registeredAt: Date.UTC(2026, 10, 23, 13) }))).toEqual(["refused drifted"]);
  });

  it("let the companion isolate machines with Linux only", () => {
    const terms = {
      ...disable,
      do: "isolate-host",
      target: null,
      onlyIf: null,
    } as const;
    const on = (platform: "linux" | "windows"): ResponseRig => {
      const rig = new ResponseRig({ respond: [terms], rails: railsOf({ approvers: { four_eyes: [] } }) });
      rig.alert(1);
      rig.pass(SOON, { facts: factsOf({}, { platform }) });
      return rig;
    };

    expect(on("windows").states).toEqual(["refused unsupported"]);
    expect(on("linux").states).toEqual(["sent"]);
    expect(on("linux").orders[0]?.what).toEqual({
      kind: "command",
      command: "riposte-isolate-host0",
      alert: { data: { riposte: { v: 1, token: "token-1-of-the-rig", verb: "add", seconds: 3_600 } } },
    });
  });

  it("refuse what Wazuh's own scripts can't do there", () => {
    const wazuh = new ResponseRig({ respond: [{ ...disable, by: "wazuh" }] });
    wazuh.alert(1);
    wazuh.pass(SOON, { facts: factsOf({}, { platform: "windows" }) });

    expect(wazuh.states).toEqual(["refused unsupported"]);
  });
});
