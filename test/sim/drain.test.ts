// `node test/sim/drain.ts` is the same with ten thousand incidents.
import { beforeAll, describe, expect, test } from "vitest";
import { jira } from "../../src/connectors/jira/jira.ts";
import { createsIn, drain, incidentOf, SLOW_CREATES, type Drained } from "./drain.ts";

const INCIDENTS = 1_000;

describe("a thousand incidents behind two hours without Jira", () => {
  let drained: Drained;
  beforeAll(async () => {
    drained = await drain({ incidents: INCIDENTS });
  });

  test("end as one live ticket each, and nothing is left to do", () => {
    const { fake, failures, workLeft } = drained;
    const told = fake
      .liveIssues()
      .map(({ properties }) => (properties.get("riposte") as { incident: number }).incident);

    expect(failures).toEqual([]);
    expect(workLeft).toBe(0);
    expect(told).toHaveLength(INCIDENTS);
    expect(new Set(told).size).toBe(INCIDENTS);
  });

  test("meet the limit, and no ticket is asked for before Jira said it may be", () => {
    const calls = createsIn(drained);
    const limited = calls.flatMap(({ answer }) => (answer?.status === 429 ? [answer] : []));
    const early = limited.filter(({ at, retryAfterMs }) =>
      calls.some((call) => call.at > at && call.at < at + (retryAfterMs ?? 0)),
    );

    expect(limited.length).toBeGreaterThan(2);
    expect(early).toEqual([]);
  });

  test("go no faster than Jira lets them once it has said so", () => {
    const creates = createsIn(drained);
    const first = creates.findIndex(({ answer }) => answer?.status === 429);
    const since = creates[first]!.at;
    const rates = creates.slice(first + 1).map(({ at }, n) => {
      const allowed = (SLOW_CREATES.perSecond * (at - since)) / 1_000;
      return (n + 1) / (allowed + FEW);
    });

    expect(Math.max(...rates)).toBeLessThan(1 + REFUSED_SHARE);
  });

  test("are told the critical first", () => {
    const { backAt, critical } = drained;
    const tried = new Set<number>();
    const fresh: number[] = [];
    for (const create of createsIn(drained)) {
      const incident = incidentOf(create);
      if (create.at >= backAt && !tried.has(incident)) fresh.push(incident);
      tried.add(incident);
    }
    const lastCritical = fresh.findLastIndex((incident) => critical.has(incident));
    const before = fresh.slice(0, lastCritical).filter((incident) => !critical.has(incident));

    expect(lastCritical).toBeGreaterThan(10);
    // What was on its way already stays so.
    expect(before.length).toBeLessThan(jira.capabilities(jira.schema.parse(anyJira)).concurrency);
  });
});

/** Each wait ends with a call that finds out whether it was long enough. */
const REFUSED_SHARE = 0.2;
const FEW = 5;
const anyJira = { url: "https://jira.sim", token: { env: "TOKEN" }, project: "SEC" };
