import { describe, expect, test } from "vitest";
import { aTeam, fieldIs } from "../../test/fixtures/hush-team.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../core/time.ts";

describe("a silence", () => {
  test("hides what it matches and nothing else, and what is still true is told when it expires", async () => {
    const team = await aTeam();
    expect(await team.silence({ condition: fieldIs("severity", "medium") })).toMatchObject({
      refused: null,
      silence: 1,
    });

    await team.incidents(10, 12);

    expect(team.called).toEqual([2]);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "silenced" });
    await team.pass(HOUR_MS);
    expect(team.called).toEqual([2, 1]);
    await team.end();
  });

  test("matches the fields of the first alert", async () => {
    const team = await aTeam();
    await team.silence({
      condition: { kind: "all", of: [fieldIs("agent.name", "web-01"), fieldIs("rule.id", "5712")] },
    });

    await team.incidents(10);

    expect(team.called).toEqual([]);
    await team.end();
  });

  test("with a regular expression is obeyed by the turn behind it, and after a restart", async () => {
    const team = await aTeam();
    const condition = { kind: "field", path: "agent.name", test: { kind: "regex", pattern: "^web-" } } as const;
    await team.silence({ condition, endsAt: noon + DAY_MS });

    await team.incidents(10);
    await team.desk.restart();
    await team.begin();
    await team.incidents(10);

    expect(team.called).toEqual([]);
    await team.end();
  });

  test("that a person ends lets be told at once what it hid", async () => {
    const team = await aTeam();
    const { silence = 0 } = await team.silence();
    await team.incidents(10, 10, 10);
    await team.command({ kind: "resolve", incident: 2, note: null });

    expect(await team.command({ kind: "expire_silence", silence })).toMatchObject({ refused: null });

    expect(team.heard).toEqual([1, 3]);
    expect(await team.command({ kind: "expire_silence", silence })).toMatchObject({
      refused: `silence ${silence} is over already`,
    });
    await team.end();
  });

  test("that ends lets nothing be told that another one hides", async () => {
    const team = await aTeam();
    const { silence = 0 } = await team.silence();
    await team.silence({ endsAt: noon + 3 * HOUR_MS });
    await team.incidents(10);

    await team.command({ kind: "expire_silence", silence });
    expect(team.called).toEqual([]);
    await team.pass(3 * HOUR_MS);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("stops news of what was told, and not that it is over", async () => {
    const team = await aTeam();
    await team.incidents(10);
    await team.silence({ endsAt: noon + DAY_MS });

    await team.alert(50, 1, 15);
    await team.command({ kind: "acknowledge", incident: 1 });
    expect(team.called).toEqual([1]);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed" });
    await team.command({ kind: "resolve", incident: 1, note: null });

    expect(team.called).toEqual([1, 1]);
    expect(team.desk.receipt(1)?.momentsTold).toBe(4);
    await team.end();
  });

  test("of one incident ends with it, and what comes back is heard of", async () => {
    const team = await aTeam();
    await team.incidents(10, 10);
    const { silence } = await team.silence({ incident: 1, endsAt: null, condition: fieldIs("incident", "1") });
    await team.alert(50, 1, 15);
    expect(team.heard).toEqual([1, 2]);

    await team.command({ kind: "resolve", incident: 1, note: null });
    await team.pass(SECOND_MS);
    await team.alert(60, 1, 15);

    expect(team.heard).toEqual([1, 1, 1, 2]);
    await team.desk.writer.submit({ kind: "tick", now: team.desk.clock.now(), watermarks: {} });
    await team.settle();
    expect(await team.command({ kind: "expire_silence", silence: silence ?? 0 })).toMatchObject({
      refused: `there is no silence ${silence}`,
    });
    await team.end();
  });

  test.each([
    ["of an incident that is over", { incident: 1 }, "incident #1 is over"],
    ["of one that is not there", { incident: 9 }, "there is no incident #9"],
    ["without an end", { endsAt: null }, "only the silence of one incident can last until that is over"],
    ["with an end that is past", { endsAt: noon }, "it would be over already"],
  ])("%s is refused", async (_, of, refused) => {
    const team = await aTeam();
    await team.incidents(10);
    await team.command({ kind: "resolve", incident: 1, note: null });

    expect(await team.silence(of)).toMatchObject({ refused });
    await team.end();
  });
});
