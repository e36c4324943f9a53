import { describe, expect, it } from "vitest";
import { newLane } from "./lane.ts";
import { ownPolicies, policyOfProblem, problemsOf, type HealthFacts } from "./own-health.ts";
import { HOUR_MS, MINUTE_MS } from "./time.ts";

const now = Date.UTC(2026, 10, 23, 12);
const well: HealthFacts = {
  now,
  deadLetters: [{ destination: "chat", count: 0 }],
  lanes: [newLane("chat")],
  waitingSince: new Map(),
  sources: [{ name: "alerts", trouble: null, troubledSince: null, lineAt: now - MINUTE_MS }],
  disk: { folder: "/var/lib/riposte", freeBytes: 1e9, sizeBytes: 1e11 },
  secrets: [],
  storms: [],
  unsent: [],
};
const terms = { quietSourceMs: 2 * HOUR_MS, destinations: new Set(["chat"]) };

function kinds(facts: Partial<HealthFacts>): readonly string[] {
  return problemsOf({ ...well, ...facts }, terms).map(({ kind, about }) => `${kind} ${about}`);
}

describe("what is told of Riposte itself", () => {
  it("is nothing while it is well", () => {
    expect(kinds({})).toEqual([]);
  });

  it("is a block that was taken over and that nobody sends any more, told to everybody", () => {
    const [problem] = problemsOf({ ...well, unsent: [{ block: "slack", says: "slack was taken over" }] }, terms);

    expect(problem).toMatchObject({ kind: "unsent", about: "slack", destination: null, says: "slack was taken over" });
  });

  it("is a destination that fails and for which something has been waiting, and not one that stumbles", () => {
    const broken = { ...newLane("chat"), failures: 3, reason: "timeout" as const, evidence: "no answer in 10 s" };
    const since = (ms: number) => new Map([["chat", now - ms]]);

    expect(kinds({ lanes: [broken], waitingSince: since(10 * MINUTE_MS) })).toEqual(["failing chat"]);
    expect(kinds({ lanes: [broken], waitingSince: since(MINUTE_MS) })).toEqual([]);
    expect(kinds({ lanes: [broken] })).toEqual([]);
    // The clock was set back since.
    expect(kinds({ lanes: [broken], waitingSince: since(-HOUR_MS) })).toEqual(["failing chat"]);
    expect(kinds({ lanes: [{ ...broken, failures: 2 }], waitingSince: since(HOUR_MS) })).toEqual([]);
  });

  it("is a source that can't be read for minutes, or that nothing came from for hours", () => {
    const source = well.sources[0]!;
    const troubled = { ...source, trouble: "alerts.json is not there" };

    expect(kinds({ sources: [{ ...troubled, troubledSince: now - HOUR_MS }] })).toEqual(["source_trouble alerts"]);
    expect(kinds({ sources: [{ ...troubled, troubledSince: now - MINUTE_MS }] })).toEqual([]);
    expect(kinds({ sources: [{ ...source, lineAt: now - 3 * HOUR_MS }] })).toEqual(["source_quiet alerts"]);
    expect(kinds({ sources: [{ ...source, lineAt: null }] })).toEqual([]);
    expect(
      problemsOf({ ...well, sources: [{ ...source, lineAt: now - 99 * HOUR_MS }] }, { ...terms, quietSourceMs: null }),
    ).toEqual([]);
  });

  it("is whatever keeps those out who should get in", () => {
    const door = [{ about: "http.tokens master", title: "Nobody gets in with the token master", says: "why." }];

    expect(kinds({ door })).toEqual(["door http.tokens master"]);
  });

  it("is a sender that falls silent: soon where it says that it is there, else once a source may not be quiet any longer", () => {
    const sender = (ms: number, beats: boolean) => ({
      sources: [{ ...well.sources[0]!, name: "forwarders/w1", lineAt: now - ms, sender: { beats } }],
    });

    expect(kinds(sender(6 * MINUTE_MS, true))).toEqual(["source_quiet forwarders/w1"]);
    expect(kinds(sender(4 * MINUTE_MS, true))).toEqual([]);
    expect(kinds(sender(HOUR_MS, false))).toEqual([]);
    expect(kinds(sender(3 * HOUR_MS, false))).toEqual(["source_quiet forwarders/w1"]);
    expect(problemsOf({ ...well, ...sender(99 * HOUR_MS, false) }, { ...terms, quietSourceMs: null })).toEqual([]);
  });

  it("is a node of the cluster from which nobody brings anything, with what to do", () => {
    const silentNodes = [{ name: "worker-2\n<!channel>", wasHeard: false }];

    expect(kinds({ silentNodes })).toEqual(["node_silent worker-2\n<!channel>"]);
    const [problem] = problemsOf({ ...well, silentNodes }, terms);
    expect(problem).toMatchObject({ title: "No alerts come from the Wazuh node worker-2 <!channel>", level: 12 });
    expect(problem?.says).toContain("riposte forward");
  });

  it("is a disk that is nearly full, measured by what a large and by what a small one can spare", () => {
    const disk = (freeBytes: number, sizeBytes: number) => ({ disk: { folder: "/d", freeBytes, sizeBytes } });

    expect(kinds(disk(2e8, 1e12))).toEqual(["disk /d"]);
    expect(kinds(disk(4e8, 1e12))).toEqual([]);
    expect(kinds(disk(4e7, 1e9))).toEqual([]);
    expect(kinds(disk(1e7, 1e9))).toEqual(["disk /d"]);
  });

  it("is what a destination has no budget for, with whatever comes first of it, where it would have been told", () => {
    const incidents = [{ id: 31, severity: "high" as const, title: "sshd: brute force\nand a second line" }];
    const [storm] = problemsOf({ ...well, storms: [{ destination: "soc", count: 41, incidents }] }, terms);

    expect(storm).toMatchObject({ kind: "storm", about: "soc", destination: null, version: "41 #31" });
    expect(storm?.says.split("\n").slice(1)).toEqual(["#31 high: sshd: brute force and a second line", "and 40 more"]);
    const policy = ownPolicies(["soc", "chat"], ["chat"]).find(({ name }) => name === policyOfProblem(storm!));
    expect(policy?.tell.high).toEqual(["soc"]);
  });

  it("is a storm again when others are listed, though as many", () => {
    const stormOf = (id: number) =>
      problemsOf(
        { ...well, storms: [{ destination: "soc", count: 1, incidents: [{ id, severity: "high", title: "a" }] }] },
        terms,
      )[0];

    expect(stormOf(7)?.version).toBe(stormOf(7)?.version);
    expect(stormOf(7)?.version).not.toBe(stormOf(8)?.version);
  });

  it("is a window that had to refuse keys lately, and not one that did so once", () => {
    const book = { policy: "spray", n: 9, live: 10_000, refused: 3, refusedAt: now - MINUTE_MS, sinceAt: now };

    expect(kinds({ windows: [book] })).toEqual(["window_keys spray"]);
    expect(problemsOf({ ...well, windows: [book] }, terms)[0]?.says).toContain("10000 keys at once");
    expect(kinds({ windows: [{ ...book, refusedAt: now - HOUR_MS }] })).toEqual([]);
    expect(kinds({ windows: [{ ...book, refusedAt: null }] })).toEqual([]);
  });

  it("is a dead letter and a secret that can't be read", () => {
    const secrets = [{ destination: "chat", why: "/etc/riposte/slack: there is no such file" }];

    expect(kinds({ deadLetters: [{ destination: "chat", count: 2 }], secrets })).toEqual([
      "dead_letters chat",
      "secret chat",
    ]);
  });
});

describe("who is told of it", () => {
  it("is everybody but the destination that it is about, unless there is no other", () => {
    const told = (destinations: readonly string[]) =>
      Object.fromEntries(
        ownPolicies(destinations, destinations)
          .filter(({ name }) => name.startsWith("riposte:health"))
          .map(({ name, tell }) => [name, tell.high]),
      );

    expect(told(["chat", "tickets"])).toEqual({
      "riposte:health": ["chat", "tickets"],
      "riposte:health:chat": ["tickets"],
      "riposte:health:tickets": ["chat"],
    });
    expect(told(["chat"])).toEqual({ "riposte:health": ["chat"], "riposte:health:chat": ["chat"] });
  });
});
