import { describe, expect, test } from "vitest";
import { Desk } from "../../test/fixtures/desk.ts";
import { aKeptAlert, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { playbookFrom } from "../../test/fixtures/playbooks.ts";
import { printOf } from "./handling.ts";
import type { HandlingCommand, Result } from "./input.ts";

const text = (second: string): string => `---\ntitle: Guessing\n---\n\n1. Ask.\n2. ${second}\n3. Say so.\n`;
const playbook = playbookFrom(text("Lock the account."), "guessing");

function aDesk(): Desk {
  return new Desk({ edits: true }, { playbook: "guessing" }, { playbooks: { guessing: playbook } });
}

function ask(desk: Desk, command: HandlingCommand, who = "Ana"): Result {
  return desk.decide({ kind: "command", who, command });
}

function tick(desk: Desk, step: number, of: Partial<Extract<HandlingCommand, { kind: "tick_step" }>> = {}): Result {
  return ask(desk, { kind: "tick_step", incident: 1, step, print: null, isDone: true, ...of });
}

const handlingIn = (desk: Desk) => desk.rows.incidents.get(1)?.handling;

describe("a step of the playbook", () => {
  test("is ticked off with who and when, is in the audit, and whoever was told hears of it", () => {
    const desk = aDesk();
    expect(tick(desk, 2)).toEqual({ woken: [], refused: null });
    expect(handlingIn(desk)?.ticks).toMatchObject([{ step: 2, isDone: true, changes: 1, by: "Ana", at: noon }]);
    desk.settle(desk.begin(), { kind: "done", remote: { anchor: "K-1", url: null }, evidence: "ok" });
    expect(desk.work).toBeUndefined();

    expect(tick(desk, 1)).toEqual({ woken: ["chat"], refused: null });
    expect(desk.rows.audit).toMatchObject([
      { who: "Ana", what: "tick_step", about: "#1 step 2" },
      { who: "Ana", what: "tick_step", about: "#1 step 1" },
    ]);
    // It is no moment: forty steps are no forty messages.
    expect(desk.rows.incidents.get(1)?.momentCount).toBe(1);
  });

  test("that is done already says so, and by whom; what was ticked off by mistake is taken back", () => {
    const desk = aDesk();
    tick(desk, 2);
    expect(tick(desk, 2).refused).toBe("step 2 is ticked off already, by Ana");
    expect(tick(desk, 2, { isDone: false }).refused).toBeNull();
    expect(tick(desk, 2, { isDone: false }).refused).toBe("step 2 is not ticked off");
    expect(handlingIn(desk)?.ticks).toMatchObject([{ step: 2, isDone: false, changes: 2 }]);
  });

  test("is not done again by an old press that comes again after it was taken back", () => {
    const desk = aDesk();
    const press = {
      print: printOf((playbook as Extract<typeof playbook, { kind: "playbook" }>).steps[1]!),
      ifChanges: 0,
    };
    tick(desk, 2, press);
    tick(desk, 2, { isDone: false });
    expect(tick(desk, 2, press).refused).toBe("step 2 was changed since");
  });

  test("that two people press at once beside another one is no trouble", () => {
    const desk = aDesk();
    tick(desk, 1, { ifChanges: 0 });
    expect(tick(desk, 3, { ifChanges: 0 }).refused).toBeNull();
  });

  test("that says something else since is not the one that was pressed, and is not done", () => {
    const desk = aDesk();
    tick(desk, 2);
    const changed = playbookFrom(text("Unlock the account."), "guessing");
    const print = handlingIn(desk)?.ticks?.[0]?.print ?? "";
    desk.follow({ playbooks: { guessing: changed } });

    expect(tick(desk, 2, { print, isDone: false }).refused).toBe("step 2 of the playbook says something else now");
    expect(tick(desk, 2).refused).toBeNull();
    expect(handlingIn(desk)?.ticks).toHaveLength(1);
  });

  test.each([
    ["there is none", { step: 4 }, "the playbook guessing has 3 steps"],
    ["there is no incident", { incident: 9 }, "there is no incident #9"],
  ])("%s: it is refused with the reason, and nothing is written", (_, of, refused) => {
    const desk = aDesk();
    expect(tick(desk, 1, of).refused).toBe(refused);
    expect(desk.rows.audit).toEqual([]);
  });

  test("of an incident that is over, that opened again since, or whose policy has none, is refused", () => {
    const desk = aDesk();
    const command = { kind: "tick_step", incident: 1, step: 1, print: null, isDone: true } as const;
    expect(desk.decide({ kind: "command", who: "Ana", ifOpenedAt: 7, command }).refused).toBe(
      "incident #1 was opened again since",
    );
    desk.follow({ playbooks: {} });
    expect(tick(desk, 1).refused).toBe("the policy of incident #1 names no playbook");
    desk.follow({ playbooks: { guessing: { kind: "unreadable", name: "guessing", says: "line 3" } } });
    expect(tick(desk, 1).refused).toBe("the playbook guessing can't be read");
    desk.decide({ kind: "command", who: "Ana", command: { kind: "resolve", incident: 1, note: null } });
    expect(tick(desk, 1).refused).toBe("incident #1 is resolved");
  });
});

describe("who has it", () => {
  const to = (name: string | null, ifChanges?: number): HandlingCommand => {
    return { kind: "assign", incident: 1, to: name, ...(ifChanges !== undefined && { ifChanges }) };
  };

  test("whoever takes it has seen it, and whoever is given it has not", () => {
    const given = aDesk();
    ask(given, to("Ben"));
    expect(given.rows.incidents.get(1)).toMatchObject({ state: "open", handling: { assignee: "Ben" } });

    const taken = aDesk();
    expect(ask(taken, to("Ana")).refused).toBeNull();
    expect(taken.rows.incidents.get(1)).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: "Ana",
      handling: { assignee: "Ana" },
    });
    expect(taken.rows.audit.map(({ what, about }) => `${what} ${about}`)).toEqual([
      "assign #1 to Ana",
      "acknowledge #1",
    ]);
  });

  test("it is given on and given back, each with its row, and what changes nothing says so", () => {
    const desk = aDesk();
    expect(ask(desk, to(null)).refused).toBe("nobody has incident #1");
    ask(desk, to("Ben"));
    expect(ask(desk, to("Ben")).refused).toBe("Ben has incident #1 already");
    ask(desk, to("Zoë"));
    ask(desk, to(null));
    expect(handlingIn(desk)).toEqual({ assigneeChanges: 3 });
    expect(desk.rows.audit.at(-1)).toMatchObject({ who: "Ana", what: "assign", about: "#1 to nobody" });
  });

  test("who was given it takes it, and has acknowledged it then; once", () => {
    const desk = aDesk();
    ask(desk, to("Ben"));
    expect(ask(desk, to("Ben", 0), "Ben").refused).toBe("Ben has incident #1 already");
    expect(ask(desk, to("Ben", 1), "Ben").refused).toBeNull();
    expect(desk.rows.incidents.get(1)).toMatchObject({ state: "acknowledged", acknowledgedBy: "Ben" });
    expect(ask(desk, to("Ben", 1), "Ben").refused).toBe("Ben has incident #1 already");
    expect(desk.rows.audit.map(({ who, what }) => `${who} ${what}`)).toEqual(["Ana assign", "Ben acknowledge"]);
  });

  test("once it is back nobody has it and no step is done, and a press of before does nothing", () => {
    const desk = aDesk();
    tick(desk, 2, { ifChanges: 0 });
    ask(desk, to("Ana", 0));
    desk.decide(aStretch([aKeptAlert(2, { match: { clears: true } })]));
    desk.decide(aStretch([aKeptAlert(3)]));
    expect(desk.rows.incidents.get(1)).toMatchObject({ state: "open", acknowledgedBy: null });
    expect(handlingIn(desk)).toMatchObject({ assigneeChanges: 1, ticks: [{ step: 2, isDone: false, changes: 1 }] });
    expect(handlingIn(desk)).not.toHaveProperty("assignee");

    expect(tick(desk, 2, { ifChanges: 0 }).refused).toBe("step 2 was changed since");
    expect(ask(desk, to("Ana", 0)).refused).toBe("somebody has taken #1 since");
    expect(ask(desk, to("Ana", 1)).refused).toBeNull();
    expect(desk.rows.incidents.get(1)).toMatchObject({ state: "acknowledged", acknowledgedBy: "Ana" });
  });

  test("a press that comes again takes it from nobody", () => {
    const desk = aDesk();
    ask(desk, to("Ana", 0));
    ask(desk, to("Ben"), "Ben");
    expect(ask(desk, to("Ana", 0)).refused).toBe("somebody has taken #1 since");
    expect(handlingIn(desk)?.assignee).toBe("Ben");
  });

  test("a name is one line, however it came", () => {
    const desk = aDesk();
    ask(desk, to(`a\nb${"c".repeat(500)}`));
    expect(handlingIn(desk)?.assignee).toMatch(/^a bc{50}/);
    expect(handlingIn(desk)?.assignee?.length).toBeLessThanOrEqual(120);
    expect(ask(desk, to("\u0000")).refused).toBe("say to whom");
  });
});
