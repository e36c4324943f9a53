import { describe, expect, it } from "vitest";
import { aKeptAlert, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import type { Input } from "../core/input.ts";
import { Mailbox, type Letter } from "./mailbox.ts";

const tick: Input = { kind: "tick", now: noon, watermarks: {} };
const recover: Input = { kind: "recover", destinations: ["chat"] };
const outcome = { kind: "never", reason: "bad_request", evidence: "" } as const;
const settle: Input = { kind: "settle", destination: "chat", incident: 1, attempt: 1, outcome };
const look = { kind: "absent", evidence: "" } as const;
const looked: Input = { kind: "looked", destination: "chat", incident: 1, attempt: 1, beganAt: noon, look };
const command: Input = { kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } };

function accept(alerts: number): Input {
  return aStretch(Array.from({ length: alerts }, (_, i) => aKeptAlert(i)));
}

function letter(input: Input): Letter {
  return { input, answer: () => {}, fail: () => {} };
}

function mailboxOf(...inputs: readonly Input[]): Mailbox {
  const mailbox = new Mailbox(100);
  for (const input of inputs) mailbox.put(letter(input));
  return mailbox;
}

function kinds(letters: readonly Letter[]): readonly Input["kind"][] {
  return letters.map(({ input }) => input.kind);
}

describe("the mailbox", () => {
  it("hands out people first, then what workers wait for, then timers, then new alerts", () => {
    const mailbox = mailboxOf(accept(1), tick, looked, settle, recover, command);

    const taken = mailbox.take(1_000);

    expect(kinds(taken)).toEqual(["recover", "command", "looked", "settle", "tick", "accept"]);
    expect(mailbox.size).toBe(0);
  });

  it("keeps the order of those that are of one rank, also over several turns", () => {
    const attempts = [5, 3, 9, 1, 7];
    const mailbox = mailboxOf(...attempts.map((attempt) => ({ ...settle, attempt })));

    const turns = [mailbox.take(2), mailbox.take(2), mailbox.take(2)];

    expect(turns.map((turn) => turn.length)).toEqual([2, 2, 1]);
    expect(turns.flat().map(({ input }) => input)).toEqual(attempts.map((attempt) => ({ ...settle, attempt })));
  });

  it("counts a letter and each of its alerts as a row", () => {
    const mailbox = mailboxOf(accept(3), accept(3), settle);

    expect(kinds(mailbox.take(8))).toEqual(["settle", "accept"]);
    expect(kinds(mailbox.take(8))).toEqual(["accept"]);
  });

  it("takes at least one, however large it is, and nothing else with it", () => {
    const mailbox = mailboxOf(accept(50), accept(1));

    expect(mailbox.take(10)).toHaveLength(1);
    expect(mailbox.take(10)).toHaveLength(1);
    expect(mailbox.take(10)).toEqual([]);
  });

  it("leaves a flood for later where people and workers fill the turn", () => {
    const mailbox = mailboxOf(accept(5), settle, settle, command);

    expect(kinds(mailbox.take(3))).toEqual(["command", "settle", "settle"]);
    expect(mailbox.size).toBe(1);
  });

  it("leaves what is too large for a turn to one of its own", () => {
    const mailbox = mailboxOf(accept(20), command, tick);

    expect(kinds(mailbox.take(10))).toEqual(["command", "tick"]);
    expect(kinds(mailbox.take(10))).toEqual(["accept"]);
  });

  it("refuses what is too much, keeps what it has, and takes more once there is room", () => {
    const mailbox = new Mailbox(2);
    mailbox.put(letter(settle));
    mailbox.put(letter(tick));

    expect(() => mailbox.put(letter(command))).toThrow(/full/);
    expect(mailbox.size).toBe(2);
    mailbox.take(1);
    mailbox.put(letter(command));

    expect(kinds(mailbox.take(10))).toEqual(["command", "tick"]);
  });
});
