import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mallory, signed } from "../../../test/fakes/slack-app/person.ts";
import { aKeptAlert, aStretch } from "../../../test/fixtures/kept-alerts.ts";
import { placeAt, SlackHookRig, textIn } from "../../../test/fixtures/slack-hook-rig.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { SlackPlace } from "./place.ts";

let desk: SlackHookRig;
beforeEach(async () => {
  desk = await SlackHookRig.open();
});
afterEach(() => desk.rig.close());

describe("/riposte", () => {
  test("lists what is not resolved, shows one, and says what it can do", async () => {
    const list = textIn(await desk.send(desk.slash("list")));
    expect(list.split("\n")).toHaveLength(3);
    expect(list).toMatch(/^\*#3\* Critical · open · evil/);
    expect(textIn(await desk.send(desk.slash("show 2")))).toMatch(/^\*#2\* .*\nFirst alert <!date\^[^]*\nPolicy /);
    expect(textIn(await desk.send(desk.slash("")))).toContain("/riposte ack 12: acknowledge it");
    expect(textIn(await desk.send(desk.slash("drop 1")))).toMatch(/^Not understood: there is no such word\.\n/);
    expect(textIn(await desk.send(desk.slash("show 77")))).toBe("There is no incident #77.");
    expect(await desk.audit()).toEqual([]);
  });

  test("acknowledges and resolves, with its row in the audit", async () => {
    expect(textIn(await desk.send(desk.slash("ack #1")))).toBe("#1 is acknowledged by Ana.");
    expect(textIn(await desk.send(desk.slash("open")))).not.toContain("*#1*");
    expect(textIn(await desk.send(desk.slash("resolve 1 key <replaced>")))).toBe("#1 is resolved by Ana.");
    expect(textIn(await desk.send(desk.slash("ack 1")))).toBe("Nothing was done: incident #1 is resolved.");
    expect(await desk.audit()).toEqual([
      "Ana turned_away acknowledge #1: incident #1 is resolved",
      "Ana resolve #1",
      "Ana acknowledge #1",
    ]);
    expect((await desk.rig.parts.reader.moments(1)).at(-1)).toMatchObject({ by: "Ana", text: "key <replaced>" });
  });

  test("shows nothing to those who may not act, and says so to the audit", async () => {
    const answer = textIn(await desk.send(desk.slash("list", mallory)));
    expect(answer).toMatch(/^Nothing was done: you are not among/);
    expect(await desk.audit()).toEqual(["mallory (slack:U0666666666) turned_away list: not among the people of chat"]);
  });

  test("is for what is told where the person may act: of other destinations it shows and changes nothing", async () => {
    const tickets = placeAt("tickets");
    desk.hook = desk.hookFor([placeAt("chat", { people: { [mallory.id]: "Mal" } }), tickets]);
    const list = textIn(await desk.send(desk.slash("list")));
    expect(list).toMatch(/^\*#3\*[^\n]*$/);
    for (const words of ["show 1", "resolve 1"])
      expect(textIn(await desk.send(desk.slash(words)))).toBe(
        "Nothing was done: incident #1 is not told at tickets, where you may act.",
      );
    expect(textIn(await desk.send(desk.slash("ack 3")))).toBe("#3 is acknowledged by Ana.");
    expect(textIn(await desk.send(desk.slash("ack 2", mallory)))).toBe("#2 is acknowledged by Mal.");

    expect(await desk.stateOf(1)).toBe("open");
    expect(await desk.audit()).toEqual([
      "Mal acknowledge #2",
      "Ana acknowledge #3",
      "Ana turned_away resolve #1: incident #1 is not told at tickets",
      "Ana turned_away show #1: incident #1 is not told at tickets",
    ]);
  });

  test("shows no more of an alert than the destination's messages do", async () => {
    const raw = JSON.stringify({ rule: { id: "5712" }, agent: { name: "web-09" }, data: { pin: "47110815" } });
    const title = "login PGPASSWORD=hunter2hunter2 of 47110815";
    const alert = aKeptAlert(9, { title, raw, agentName: "web-09", match: { groupKey: '["5712","009"]' } });
    await desk.rig.parts.door.submit(aStretch([alert]));
    const asked = async (redact: SlackPlace["redact"]) => {
      desk.hook = desk.hookFor([{ ...placeAt("chat"), ...(redact !== undefined && { redact }) }]);
      const [list, shown] = [await desk.send(desk.slash("list")), await desk.send(desk.slash("show 4"))].map(textIn);
      const line = (list ?? "").split("\n")[0];
      expect((shown ?? "").split("\n")[0]).toBe(line);
      return line;
    };

    expect(await asked(undefined)).toContain("login PGPASSWORD=[redacted] of 47110815 · web-09");
    expect(await asked({ secrets: true, names: [], fields: ["data.pin", "agent.name"] })).toContain(
      "login PGPASSWORD=[redacted] of [redacted] · [redacted]",
    );
    expect(await asked("off")).toContain(title);
  });

  test("of an incident that has just opened is not held for one of an earlier opening, however Slack's clock is", async () => {
    await desk.rig.parts.door.submit(aStretch([aKeptAlert(9, { match: { groupKey: '["5712","009"]' } })]));
    const { body } = desk.slash("ack 4");
    expect(textIn(await desk.send(signed(body, desk.rig.clock.now() - MINUTE_MS)))).toBe("#4 is acknowledged by Ana.");
  });

  test("where everyone may act it is for the destination's channels alone", async () => {
    desk.hook = desk.hookFor([placeAt("chat", { people: "everyone" })]);
    expect(textIn(await desk.send(desk.slash("list", mallory)))).toContain("*#3*");
    const elsewhere = { channel_id: "C0999999999", channel_name: "random" };
    expect(textIn(await desk.send(desk.slash("list", mallory, elsewhere)))).toMatch(/^Nothing was done/);
  });

  test("captured, and sent again after a restart and a new opening, does nothing", async () => {
    const captured = desk.slash("resolve 1");
    await desk.send(captured);
    await desk.rig.clock.advance(MINUTE_MS);
    await desk.rig.parts.door.submit(
      aStretch([aKeptAlert(9, { match: { groupKey: JSON.stringify(["5712", "001"]) } })]),
    );
    expect(textIn(await desk.send(captured, desk.hookFor([placeAt("chat")])))).toBe(
      "Nothing was done: incident #1 was opened again since.",
    );
    expect(await desk.stateOf(1)).toBe("open");
  });
});
