import fc from "fast-check";
import { expect, test } from "vitest";
import { aTeam, fieldIs, NO_HUSH } from "../../test/fixtures/hush-team.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { WEEKDAYS } from "../core/weekly-window.ts";

/** The desk's clock begins a minute behind noon. */
const HOUR = { days: WEEKDAYS, fromMinute: 12 * 60, toMinute: 13 * 60, zone: "UTC" };
const MUTE = { ...HOUR, name: "patching", policies: ["any"], destinations: null };

test("whatever hides incidents, and however it ends: nothing that is still true stays untold", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("open" as const), level: fc.constantFrom(8, 12, 15) }),
    fc.record({ do: fc.constantFrom("resolve", "acknowledge", "worse"), at: fc.nat(8) }),
    fc.record({
      do: fc.constant("silence" as const),
      of: fc.constantFrom("medium", "high", "critical"),
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
    fc.record({ do: fc.constant("silenceOne" as const), at: fc.nat(8) }),
    fc.record({ do: fc.constant("expire" as const), at: fc.nat(12) }),
    fc.record({ do: fc.constant("pass" as const), minutes: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constantFrom("restart" as const, "back" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 18 }), async (steps) => {
      const inhibit = [
        {
          when: { policies: ["any"], severities: ["critical"] as const },
          hide: { policies: ["any"], severities: ["medium"] as const },
          same: [],
        },
      ];
      const team = await aTeam({
        hush: {
          ...NO_HUSH,
          inhibit,
          muteTimes: [MUTE],
          quietHours: { ...HOUR, toMinute: 14 * 60, letThrough: "high" },
        },
        policy: { flapping: { above: 2, withinMs: HOUR_MS } },
      });
      let opened = 0;
      let alerts = 100;
      for (const each of steps) {
        const incident = "at" in each ? each.at + 1 : 0;
        switch (each.do) {
          case "open":
            await team.incidents(each.level);
            opened += 1;
            break;
          case "resolve":
            await team.command({ kind: "resolve", incident, note: null });
            break;
          case "acknowledge":
            await team.command({ kind: "acknowledge", incident });
            break;
          case "worse":
            if (incident <= opened) await team.alert((alerts += 10), incident, 15);
            break;
          case "silence":
            await team.silence({
              condition: fieldIs("severity", each.of),
              endsAt: team.desk.clock.now() + each.minutes * MINUTE_MS,
            });
            break;
          case "silenceOne":
            await team.silence({ incident, endsAt: null, condition: fieldIs("incident", `${incident}`) });
            break;
          case "expire":
            await team.command({ kind: "expire_silence", silence: each.at + 1 });
            break;
          case "pass":
            await team.pass(each.minutes * MINUTE_MS);
            break;
          case "restart":
            await team.desk.restart();
            await team.begin();
            break;
          case "back":
            team.desk.clock.set(-20 * MINUTE_MS);
            break;
        }
      }
      // All that has a time is over by then; what has none is ended by hand.
      await team.pass(5 * HOUR_MS);
      for (let silence = 1; silence <= 40; silence += 1) await team.command({ kind: "expire_silence", silence });
      await team.pass(2 * HOUR_MS);
      for (let round = 0; round < 2; round += 1) {
        for (const { incident, reason } of team.desk.works()) {
          expect([incident, reason]).toEqual([incident, "inhibited"]);
        }
        for (const [incident] of team.desk.criticals()) await team.command({ kind: "resolve", incident, note: null });
        await team.pass(MINUTE_MS);
      }

      expect(team.desk.works()).toEqual([]);
      expect(team.desk.untold()).toEqual([]);
      await team.end();
    }),
    { numRuns: 15 },
  );
}, 30_000);
