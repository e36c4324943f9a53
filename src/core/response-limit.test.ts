import { describe, expect, it } from "vitest";
import { block, factsOf, railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { HOUR_MS } from "./time.ts";

describe("limits", () => {
  it("hold for an action, and for one target", () => {
    const rig = new ResponseRig({ rails: railsOf({ limits: [{ any: true, share_of_agents: "100%", per: HOUR_MS }] }) });
    for (let n = 1; n <= 5; n += 1) {
      rig.alert(n, `user${n}`);
      rig.pass(SOON);
    }

    expect(rig.states).toEqual(["sent", "sent", "sent", "refused limit", "refused limit"]);
  });

  it("hold for what was planned in one breath", () => {
    const rig = new ResponseRig();
    for (let n = 1; n <= 5; n += 1) rig.alert(n, `user${n}`);

    expect(rig.states).toEqual(["planned", "planned", "planned", "refused limit", "refused limit"]);
  });

  it("hold for a share of the agents, of which one at least", () => {
    const rig = new ResponseRig({ respond: [block] });
    for (const [i, id] of ["003", "004"].entries()) {
      rig.alert(i + 1, "deploy", { agentId: id });
      rig.pass(SOON, { facts: factsOf({ fleetSize: 399 }, { id }) });
    }
    expect(rig.states).toEqual(["sent", "refused limit"]);

    const large = new ResponseRig({ respond: [block] });
    for (const [i, id] of ["003", "004"].entries()) {
      large.alert(i + 1, "deploy", { agentId: id });
      large.pass(SOON, { facts: factsOf({ fleetSize: 400 }, { id }) });
    }
    expect(large.states).toEqual(["sent", "sent"]);

    const unknown = new ResponseRig({ respond: [block] });
    unknown.alert(1);
    unknown.pass(SOON, { facts: factsOf({ fleetSize: null }) });
    expect(unknown.states).toEqual(["refused unknown_fleet"]);
  });

  it("of a share hold for two that wait for the same agent, which is one more", () => {
    const rig = new ResponseRig({ respond: [block] });
    rig.alert(1, "deploy", { address: "198.51.100.7", agentId: "004" });
    rig.pass(SOON, { facts: factsOf({ fleetSize: 200 }, { id: "004" }) });
    rig.alert(2, "deploy", { address: "198.51.100.8" });
    rig.alert(3, "deploy", { address: "198.51.100.9" });
    rig.pass(SOON, { facts: factsOf({ fleetSize: 200 }) });

    expect(rig.states).toEqual(["sent", "refused limit", "refused limit"]);
  });
});
