// A message that says that its incident is silenced, and says so no more once that is over.
import { describe, expect, test } from "vitest";
import { aTeam, type Team } from "../../test/fixtures/hush-team.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import type { Step, StepWords } from "../connectors/connector.ts";
import type { Picture } from "../core/picture.ts";
import type { Receipt } from "../core/receipt.ts";
import { conditionOfOne } from "../core/silence.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";

interface Showing {
  readonly team: Team;
  /** What the message said, edit after edit. */
  readonly heads: string[];
  readonly silence: (endsAt: number | null, more?: object) => ReturnType<Team["silence"]>;
}

async function showing(showsSilence = true): Promise<Showing> {
  const heads: string[] = [];
  const next = (picture: Picture, receipt: Receipt | null, { mark }: StepWords): Step | null => {
    const { silenced, incident } = picture;
    const by = silenced === undefined ? "" : `, silenced by ${silenced.who} until ${silenced.until ?? "resolved"}`;
    const headDigest = `${incident.state}, ${incident.severity}, ${incident.count}${by}`;
    const momentsTold = picture.moments.length;
    if (receipt !== null && receipt.momentsTold >= momentsTold && receipt.headDigest === headDigest) return null;
    if (heads.at(-1) !== headDigest) heads.push(headDigest);
    const action = receipt === null ? "post" : "edit";
    return {
      action,
      safeToRepeat: true,
      plan: { momentsTold, headDigest },
      anchor: null,
      mark,
      body: `${incident.id}`,
    };
  };
  const terms = { edits: true, ...(showsSilence && { showsSilence: true as const }) };
  const team = await aTeam({ destination: { next }, terms });
  await team.incidents(10);
  const silence: Showing["silence"] = (endsAt, more = {}) =>
    team.silence({ incident: 1, ...conditionOfOne(1), endsAt, ...more });
  return { team, heads, silence };
}

const UNTIL = noon + HOUR_MS;
const SILENCED = `open, medium, 1, silenced by ana until ${UNTIL}`;

describe("the silence of one incident", () => {
  test("is shown with until when and by whom, and shown no more when it is over, also after a restart", async () => {
    const { team, heads, silence } = await showing();
    await silence(UNTIL);
    expect(heads).toEqual(["open, medium, 1", SILENCED]);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "silenced", dueAt: UNTIL });

    await team.desk.restart();
    await team.begin();
    expect(heads.at(-1)).toBe(SILENCED);
    await team.pass(HOUR_MS);

    expect(heads).toEqual(["open, medium, 1", SILENCED, "open, medium, 1"]);
    expect(team.desk.works()).toEqual([]);
    await team.end();
  });

  test("does not keep the message from counting on, while news waits", async () => {
    const { team, heads, silence } = await showing();
    await silence(UNTIL);
    await team.alert(50, 1);
    expect(heads.at(-1)).toBe(`open, medium, 2, silenced by ana until ${UNTIL}`);

    await team.alert(51, 1, 15);
    await team.alert(52, 1, 15);
    expect(heads.at(-1)).toBe(`open, critical, 4, silenced by ana until ${UNTIL}`);
    expect(team.desk.receipt(1)?.momentsTold).toBe(1);
    await team.pass(HOUR_MS);

    expect(heads.at(-1)).toBe("open, critical, 4");
    expect(team.desk.receipt(1)?.momentsTold).toBe(2);
    await team.end();
  });

  test("is shown no more at once when somebody lifts it, and lifting it twice is refused", async () => {
    const { team, heads, silence } = await showing();
    const { silence: id = 0 } = await silence(null);
    expect(heads.at(-1)).toBe("open, medium, 1, silenced by ana until resolved");

    expect(await team.command({ kind: "lift_silence", incident: 1, silences: [id] })).toMatchObject({ refused: null });
    expect(heads.at(-1)).toBe("open, medium, 1");
    expect(team.desk.works()).toEqual([]);
    expect(await team.command({ kind: "lift_silence", incident: 1, silences: [id] })).toMatchObject({
      refused: "incident #1 is not silenced by itself",
    });
    await team.end();
  });

  test("takes the place of the one before, so that a shorter one is shorter", async () => {
    const { team, heads, silence } = await showing();
    const { silence: first = 0 } = await silence(UNTIL);
    await silence(noon + 10 * MINUTE_MS, { replaces: [first] });

    expect(heads.at(-1)).toBe(`open, medium, 1, silenced by ana until ${noon + 10 * MINUTE_MS}`);
    await team.pass(10 * MINUTE_MS);
    expect(heads.at(-1)).toBe("open, medium, 1");
    await team.end();
  });

  test("ends and replaces none of another incident", async () => {
    const { team, silence } = await showing();
    await team.incidents(10);
    const { silence: other = 0 } = await team.silence({ incident: 2, ...conditionOfOne(2), endsAt: UNTIL });
    await silence(UNTIL, { replaces: [other] });

    expect(await team.command({ kind: "lift_silence", incident: 1, silences: [other] })).toMatchObject({
      refused: "incident #1 is not silenced by itself",
    });
    await team.alert(50, 2, 15);
    expect(team.desk.receipt(2)?.momentsTold).toBe(1);
    await team.end();
  });

  test("is shown no more when the incident is over, and not when it opens again", async () => {
    const { team, heads, silence } = await showing();
    await silence(null);
    await team.command({ kind: "resolve", incident: 1, note: null });
    expect(heads.at(-1)).toBe("resolved, medium, 1");
    await team.pass(MINUTE_MS);
    await team.alert(50, 1);

    expect(heads.at(-1)).toBe("open, medium, 2");
    expect(team.desk.works()).toEqual([]);
    await team.end();
  });

  test("that another one outlasts is shown no more at its own end", async () => {
    const { team, heads, silence } = await showing();
    await silence(UNTIL);
    await team.silence({ endsAt: noon + 3 * HOUR_MS });
    await team.alert(50, 1, 15);
    await team.pass(HOUR_MS);

    expect(heads.at(-1)).toBe("open, critical, 2");
    expect(team.desk.receipt(1)?.momentsTold).toBe(1);
    await team.pass(2 * HOUR_MS);
    expect(team.desk.receipt(1)?.momentsTold).toBe(2);
    await team.end();
  });

  test("leaves no row where it is not shown", async () => {
    const { team, heads, silence } = await showing(false);
    await silence(UNTIL);

    expect(heads).toEqual(["open, medium, 1"]);
    expect(team.desk.works()).toEqual([]);
    await team.end();
  });

  test("pressed in a message of an earlier opening is refused", async () => {
    const { team } = await showing();
    const command = { kind: "add_silence", incident: 1, ...conditionOfOne(1), endsAt: UNTIL, comment: null } as const;
    const asked = { kind: "command", who: "ana", ifOpenedAt: noon - 1, command } as const;
    expect(await team.desk.writer.submit(asked)).toMatchObject({ refused: "incident #1 was opened again since" });
    await team.end();
  });
});
