import { describe, expect, it } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { block, disable, railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { offsetAt } from "../ports/zones.ts";
import { quietNow } from "./response-quiet.ts";
import { HOUR_MS, MINUTE_MS } from "./time.ts";

/** By Berlin's clocks it is one o'clock at the rig's noon. */
function quietRig(hours: { from: number; to: number; do?: "ask" | "refuse" }, mode = "enforce"): ResponseRig {
  const quiet = { zone: "Europe/Berlin", do: "refuse" as const, ...hours };
  const shape = { mode, approvers: { people: ["ana", "ben"] }, quiet_hours: quiet };
  return new ResponseRig({ rails: railsOf(shape as Parameters<typeof railsOf>[0]) });
}

const hour = (count: number): number => count * 60;
const approve = (rig: ResponseRig): string | null =>
  rig.command({ kind: "approve_response", response: 1, digest: rig.response(1).digest ?? "" });

describe("quiet hours of guardrails", () => {
  it("refuse what would be begun in them, and say until when", () => {
    const rig = quietRig({ from: hour(12), to: hour(14) });
    rig.alert(1);
    rig.pass(HOUR_MS);
    rig.alert(3_601, "bob");
    rig.pass(SOON);

    expect(rig.states).toEqual(["refused quiet_hours", "sent"]);
    expect(rig.told[0]).toBe(
      "not done, guardrails.quiet_hours last until 14:00 (Europe/Berlin): disable-account of deploy on web-01 (003)",
    );
  });

  it("are asked about once more just before sending, and when somebody says yes", () => {
    const planned = quietRig({ from: hour(13) + 5, to: hour(14) });
    planned.alert(1);
    planned.pass(6 * MINUTE_MS);
    const held = quietRig({ from: hour(13) + 5, to: hour(14) }, "approve");
    held.alert(1);
    held.pass(SOON);
    held.now += 6 * MINUTE_MS;

    expect(planned.states).toEqual(["refused quiet_hours"]);
    expect(approve(held)).toBe("guardrails.quiet_hours last until 14:00 (Europe/Berlin)");
    expect([held.states, held.orders]).toEqual([["held"], []]);
  });

  it("have somebody asked instead where they are to, who is told why", () => {
    const rig = quietRig({ from: hour(12), to: hour(14), do: "ask" });
    rig.alert(1);
    rig.pass(SOON);
    const before = [...rig.states, ...rig.verbs];

    expect(before).toEqual(["held"]);
    expect(rig.told.at(-1)).toBe(
      "waits for approval within 30 min (riposte responses approve 1): disable-account of deploy on web-01 (003), for 1 h (guardrails.quiet_hours last until 14:00 (Europe/Berlin))",
    );
    expect(approve(rig)).toBeNull();
    rig.pass(SOON);
    expect(rig.states).toEqual(["sent"]);
  });

  it("change nothing about what is in force: its end comes in its time", () => {
    const rig = quietRig({ from: hour(13) + 30, to: hour(18) });
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, {});
    rig.pass(HOUR_MS);

    expect(rig.verbs).toEqual(["add", "undo"]);
  });

  it("hold for what is only watched as well, which would not be done in them", () => {
    const rig = quietRig({ from: hour(12), to: hour(14) }, "observe");
    rig.alert(1);

    expect(rig.states).toEqual(["refused quiet_hours"]);
  });

  it("last on while clocks show them twice, and the stricter of two counts", () => {
    const berlin = { days: ["sunday"], fromMinute: hour(2), toMinute: hour(3), zone: "Europe/Berlin" } as const;
    const asking = { ...berlin, toMinute: hour(5), does: "ask" } as const;
    const quietHours = [asking, { ...berlin, does: "refuse" } as const];
    const at = (time: string): string | undefined =>
      quietNow({ quietHours }, Date.parse(`2026-10-25T${time}Z`), offsetAt)?.does;

    expect(["23:59:00", "00:30:00", "01:30:00", "02:00:00", "04:00:00"].map(at)).toEqual([
      undefined,
      "refuse",
      "refuse",
      "ask",
      undefined,
    ]);
  });

  it("are in doubt quiet where no calendar is at hand", () => {
    const hours = { days: [], fromMinute: 0, toMinute: 1, zone: "UTC", does: "refuse" } as const;

    expect(quietNow({ quietHours: [hours] }, noon, undefined)?.does).toBe("refuse");
  });

  it("are none where the config has none", () => {
    const rig = new ResponseRig({ respond: [disable, block] });
    rig.alert(1);
    rig.pass(SOON);

    expect(rig.states).toEqual(["sent", "sent"]);
  });
});
