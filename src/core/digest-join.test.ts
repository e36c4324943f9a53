import { describe, expect, it, test } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { range } from "../../test/fixtures/lost-fleet.ts";
import { OnDuty } from "../../test/fixtures/on-duty.ts";
import type { DigestTerms } from "./digest-event.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

const halfHourly: DigestTerms = { everyMs: 30 * MINUTE_MS, severities: ["low", "medium"], above: null };
const storms: DigestTerms = { everyMs: null, severities: [], above: { max: 3, perMs: MINUTE_MS } };

describe("news of low rank", () => {
  it("is told together when the time is over, and each incident says in which digest", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1, 2);
    duty.pass(10 * MINUTE_MS, MINUTE_MS);
    duty.alerts(8, 3);
    duty.pass(60 * MINUTE_MS, MINUTE_MS);

    const [digest] = duty.digests();
    expect(duty.story("chat")).toEqual([`+30m #${digest!.id} opened`]);
    expect(digest).toMatchObject({ count: 3, severity: "medium", state: "resolved", dueAt: null });
    expect([...duty.rows.toldIn.values()]).toEqual(
      [1, 2, 3].map((agent) => ({ incident: duty.of(agent).id, destination: "chat", digest: digest!.id })),
    );
    expect(duty.work(duty.of(3).id, "chat")).toMatchObject({
      state: "listed",
      reason: "digested",
      evidence: `told in #${digest!.id}`,
    });
  });

  it("that comes after it was told is in the next one, which waits as long again", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    duty.pass(40 * MINUTE_MS, MINUTE_MS);
    duty.alerts(7, 2);
    duty.pass(40 * MINUTE_MS, MINUTE_MS);

    const [first, second] = duty.digests().map(({ id }) => id);
    expect(duty.story("chat")).toEqual([`+30m #${first} opened`, `+70m #${second} opened`]);
    expect(duty.rows.toldIn.get(`${duty.of(2).id}/chat`)?.digest).toBe(second);
  });

  it("that comes while one is on its way is in the next one", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    const [first] = duty.digests();
    duty.now += 30 * MINUTE_MS;
    const attempt = duty.begin({ incident: first!.id, destination: "chat" });
    duty.alerts(7, 2);
    duty.end({ incident: first!.id, destination: "chat" }, attempt);

    expect(duty.digests().map(({ count, state }) => [count, state])).toEqual([
      [1, "resolved"],
      [1, "open"],
    ]);
  });

  it("can be silenced for a time, and not until a digest is over, which it only is once it was told", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    const [digest] = duty.digests();
    const of = { kind: "add_silence", incident: digest!.id, condition: { kind: "always" }, written: "{}" } as const;

    duty.order({ ...of, endsAt: null, comment: "until it is over" });
    duty.order({ ...of, endsAt: duty.now + HOUR_MS, comment: "for an hour" });

    expect([...duty.rows.silences.values()].map(({ comment }) => comment)).toEqual(["for an hour"]);
  });

  it("is not told before its time because somebody takes the digest", () => {
    const duty = new OnDuty({}, { edits: true, digest: halfHourly });
    duty.alerts(7, 1);
    duty.pass(MINUTE_MS);
    duty.order({ kind: "assign", incident: 2, to: "ana" });
    duty.alerts(7, 2);
    duty.pass(HOUR_MS, MINUTE_MS);

    expect(duty.digests()).toMatchObject([{ count: 2, state: "resolved" }]);
    expect(duty.told).toMatchObject([{ at: noon + 30 * MINUTE_MS, incident: 2 }]);
  });

  it("is told to others as ever, who have no digests", () => {
    const tell = { low: [], medium: ["chat", "tickets"], high: ["chat"], critical: ["chat"] };
    const duty = new OnDuty({ tell }, { digest: halfHourly });
    duty.alerts(7, 1);
    duty.tellDue();

    expect(duty.story("tickets")).toEqual(["+0m #1 opened"]);
    expect(duty.story("chat")).toEqual([]);
  });

  it("leaves no work behind when it is over, and is told of in the digest all the same", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1, 2);
    duty.now += MINUTE_MS;
    duty.clear(1);

    expect(duty.work(duty.of(1).id, "chat")).toBeUndefined();
    expect(duty.rows.toldIn.size).toBe(2);
    expect(duty.digests()).toMatchObject([{ count: 2, state: "open" }]);
  });

  it("that comes back after its digest was told is news again, in the next one", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    duty.pass(31 * MINUTE_MS, MINUTE_MS);
    duty.clear(1);
    duty.pass(MINUTE_MS);
    duty.alerts(7, 1);

    const [, second] = duty.digests();
    expect(duty.rows.toldIn.get(`${duty.of(1).id}/chat`)?.digest).toBe(second!.id);
    expect(duty.work(duty.of(1).id, "chat")?.evidence).toBe(`told in #${second!.id}`);
  });

  test.each([
    ["high", 12],
    ["critical", 15],
  ])("that becomes %s is told by itself at once", (_, level) => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    duty.now += MINUTE_MS;
    duty.alerts(level, 1);
    duty.tellDue();

    expect(duty.story("chat")).toEqual([`+1m #${duty.of(1).id} opened escalated`]);
  });

  it("that only gets as bad as others in it stays in it", () => {
    const duty = new OnDuty({}, { digest: { ...halfHourly, severities: ["low", "medium", "high"] } });
    duty.alerts(7, 1);
    duty.alerts(12, 1);
    duty.tellDue();

    expect(duty.told).toEqual([]);
    expect(duty.work(duty.of(1).id, "chat")?.reason).toBe("digested");
  });

  it("that nobody acknowledges is told by itself to whom it escalates, digest or not", () => {
    const to = ["chat", "pager"];
    const duty = new OnDuty({ escalate: { afterMs: 5 * MINUTE_MS, to } }, { digest: halfHourly });
    duty.alerts(7, 1);
    duty.pass(6 * MINUTE_MS, MINUTE_MS);

    const { id } = duty.of(1);
    expect(duty.story("pager")).toEqual([`+5m #${id} opened unanswered`]);
    expect(duty.story("chat")).toEqual([`+5m #${id} opened unanswered`]);
  });

  it("that a person wants told by itself is", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    duty.alerts(7, 1);
    const { id } = duty.of(1);
    duty.order({ kind: "retry_work", incident: id, destination: "chat" });
    duty.alerts(7, 1);
    duty.tellDue();

    expect(duty.story("chat")).toEqual([`+0m #${id} opened`]);
  });

  it("waits in one digest for as long as its destination is away, and not in one for each half hour", () => {
    const duty = new OnDuty({}, { digest: halfHourly });
    for (const agent of range(1, 10)) {
      duty.alerts(7, agent);
      duty.now += HOUR_MS;
    }
    expect(duty.digests()).toMatchObject([{ count: 10 }]);
  });
});

describe("more news than anybody reads one by one", () => {
  it("is told one by one up to the measure, and what is beyond it in a digest at the end of the time", () => {
    const duty = new OnDuty({}, { digest: storms });
    duty.alerts(12, ...range(1, 50));
    duty.pass(2 * MINUTE_MS, SECOND_MS);

    const [digest] = duty.digests();
    expect(duty.digests()).toHaveLength(1);
    expect(digest).toMatchObject({ count: 47, severity: "high" });
    expect(duty.told).toHaveLength(4);
    expect(duty.told.at(-1)).toMatchObject({ at: noon + MINUTE_MS, incident: digest!.id });
  });

  it("is counted anew each minute, so that a storm of an hour is a digest a minute", () => {
    const duty = new OnDuty({}, { digest: storms });
    for (const agent of range(1, 3_600)) {
      duty.alerts(12, agent);
      duty.now += SECOND_MS;
      if (agent % 5 === 0) duty.tellDue();
    }
    duty.pass(MINUTE_MS);

    expect(duty.told.length).toBeLessThanOrEqual(60 * 4 + 1);
    expect(duty.digests().reduce((sum, { count }) => sum + count, 0)).toBe(3_600 - 60 * 3);
  });

  it("keeps nothing that is critical from being told at once", () => {
    const duty = new OnDuty({}, { digest: storms });
    duty.alerts(12, ...range(1, 50));
    duty.alerts(15, 51, 7);
    duty.tellDue("chat");

    expect(duty.told.map(({ incident }) => incident)).toEqual(expect.arrayContaining([duty.of(51).id, duty.of(7).id]));
    expect(duty.work(duty.of(8).id, "chat")?.reason).toBe("digested");
  });

  it("brings a digest that waits for its half hour forward", () => {
    const duty = new OnDuty({}, { digest: { ...halfHourly, above: storms.above } });
    duty.alerts(7, 1);
    duty.now += MINUTE_MS;
    duty.alerts(12, ...range(2, 9));
    const [digest] = duty.digests();

    expect(duty.digests()).toHaveLength(1);
    expect(duty.work(digest!.id, "chat")?.dueAt).toBe(duty.now + MINUTE_MS);
  });

  it("is none after a clock was set back", () => {
    const duty = new OnDuty({}, { digest: storms });
    duty.alerts(12, 1, 2, 3);
    duty.now -= 9 * HOUR_MS;
    duty.alerts(12, 4);

    expect(duty.digests()).toEqual([]);
  });
});

test.each<readonly [string, Partial<PolicyTerms>]>([
  ["a block of ossec.conf, which is told as integratord told it", { asIntegratord: true }],
  ["a test alert", { name: "riposte:test:any" }],
])("in no digest is %s", (_, policy) => {
  const duty = new OnDuty(policy, { digest: halfHourly });
  const name = policy.name ?? "any";
  duty.decide({
    kind: "accept",
    source: "alerts",
    cursor: "{}",
    read: 1,
    ignored: 0,
    malformed: 0,
    quarantine: [],
    alerts: [duty.alert(1, { matches: [{ policy: name, groupKey: '["1"]', clears: false }] })],
    watermarkAt: null,
  });

  expect(duty.digests()).toEqual([]);
  expect(duty.work(1, "chat")?.state).toBe("ready");
});

/** A small generator of its own, so that a failure can be looked at again. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test.each(range(1, 15))(
  "whatever comes in whatever order, seed %i: what is told in a digest is in one, and no critical waits",
  (seed) => {
    const random = chances(seed);
    const duty = new OnDuty({ resolveAfterMs: 200 * HOUR_MS }, { digest: { ...halfHourly, above: storms.above } });
    for (let n = 0; n < 120; n += 1) {
      const agent = 1 + Math.floor(random() * 12);
      const what = random();
      if (what < 0.6) duty.alerts([7, 9, 12, 15][Math.floor(random() * 4)]!, agent);
      else if (what < 0.8) duty.clear(agent);
      else duty.pass(Math.ceil(random() * 20) * MINUTE_MS, MINUTE_MS);
      if (random() < 0.3) duty.tellDue();

      for (const work of duty.rows.works.values()) {
        const about = duty.rows.incidents.get(work.incident)!;
        if (about.severity === "critical" && work.destination === "chat") {
          expect([work.state, work.dueAt <= duty.now]).toEqual(["ready", true]);
        }
        if (work.reason !== "digested" || work.state !== "listed") continue;
        const { digest } = duty.rows.toldIn.get(`${work.incident}/chat`)!;
        expect(work.evidence).toBe(`told in #${digest}`);
        expect(duty.rows.incidents.get(digest)?.policy).toBe("riposte:digest:chat");
      }
    }
    duty.pass(31 * MINUTE_MS, MINUTE_MS);

    for (const { id, state, count } of duty.digests()) {
      expect(state).toBe("resolved");
      expect(duty.told.filter(({ incident }) => incident === id)).toHaveLength(1);
      const members = [...duty.rows.toldIn.values()].filter(({ digest }) => digest === id);
      expect(members.length).toBeLessThanOrEqual(count);
    }
    // Nobody who is not over is left untold.
    for (const { id, policy, state } of duty.rows.incidents.values()) {
      if (policy !== "any" || state !== "open") continue;
      expect(duty.rows.receipts.has(`${id}/chat`) || duty.rows.toldIn.has(`${id}/chat`)).toBe(true);
    }
  },
);
