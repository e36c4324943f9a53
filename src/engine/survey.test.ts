import { describe, expect, it } from "vitest";
import { createTestClock, type TestClock } from "../../test/clock.ts";
import { aReceipt } from "../../test/conformance/store-rows.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import type { Destination, Seen } from "../connectors/connector.ts";
import type { Command, CommandInput } from "../core/input.ts";
import { later, type Later } from "../core/outcome.ts";
import { MINUTE_MS } from "../core/time.ts";
import type { Shown } from "../store/shown-at.ts";
import { Survey, SURVEY_EVERY_MS } from "./survey.ts";

const closed: Seen = {
  anchor: "10001",
  state: "closed",
  since: noon + MINUTE_MS,
  says: "SEC-1 was closed as Won't Fix",
};

describe("what people do over there", () => {
  it("who closes the ticket has resolved the incident, in the words of the other side", async () => {
    const field = new Field([shown(1)], [closed]);
    await field.survey.round();

    expect(field.commands).toEqual([{ kind: "resolve", incident: 1, note: "SEC-1 was closed as Won't Fix" }]);
    expect(field.who).toEqual(["soc"]);
  });

  it("who begins to work on it has acknowledged it, once", async () => {
    const begun: Seen = {
      anchor: "10001",
      state: "in_progress",
      since: noon + MINUTE_MS,
      says: "SEC-1 is in progress",
    };
    const field = new Field([shown(1), shown(2, { state: "acknowledged" })], [begun, { ...begun, anchor: "10002" }]);
    await field.survey.round();

    expect(field.commands).toEqual([{ kind: "acknowledge", incident: 1 }]);
  });

  it("what was closed before the incident was opened again says nothing about it", async () => {
    const field = new Field([shown(1, { openedAt: noon + 2 * MINUTE_MS })], [closed]);
    await field.survey.round();

    expect(field.commands).toEqual([]);
  });

  it("what Riposte itself did there since says nothing either", async () => {
    const field = new Field([shown(1, { movedAt: noon + MINUTE_MS })], [closed]);
    await field.survey.round();

    expect(field.commands).toEqual([]);
  });

  it("is not asked for while the destination may not be called", async () => {
    const field = new Field([shown(1)], [closed]);
    field.mayAsk = false;
    await field.survey.round();

    expect(field.asked).toEqual([]);
  });

  it("goes on at the next round where one was too long to be asked for whole", async () => {
    const field = new Field(
      Array.from({ length: 2_050 }, (_, i) => shown(i + 1)),
      [],
    );
    await field.survey.round();
    expect(new Set(field.asked.flat()).size).toBe(2_000);
    await field.survey.round();

    expect(new Set(field.asked.flat()).size).toBe(2_050);
  });

  it("is asked for a hundred at a time, each of them once", async () => {
    const field = new Field(
      Array.from({ length: 250 }, (_, i) => shown(i + 1)),
      [],
    );
    await field.survey.round();

    expect(field.asked.map((anchors) => anchors.length)).toEqual([100, 100, 50]);
    expect(new Set(field.asked.flat()).size).toBe(250);
  });

  it("trouble is told, and asked for again at the next round", async () => {
    const field = new Field([shown(1)], later("server_error", "destination", null, "Jira answered 502"));
    await field.survey.round();
    expect(field.troubles).toEqual(["soc: Jira answered 502"]);

    field.answer = [closed];
    await field.survey.round();
    expect(field.commands).toHaveLength(1);
  });

  it("a connector that throws is told by the class of its error alone", async () => {
    const field = new Field([shown(1)], []);
    field.throws = new RangeError("secret-canary");
    await field.survey.round();

    expect(field.troubles).toEqual(["soc: RangeError"]);
  });

  it("rounds follow each other until it is stopped", async () => {
    const field = new Field([shown(1)], []);
    field.survey.start();
    for (let round = 1; round <= 3; round += 1) {
      await field.clock.advance(SURVEY_EVERY_MS);
      expect(field.asked).toHaveLength(round);
    }
    await field.survey.stop();
    await field.clock.advance(2 * SURVEY_EVERY_MS);

    expect(field.asked).toHaveLength(3);
  });
});

function shown(incident: number, of: Partial<Shown> = {}): Shown {
  const receipt = aReceipt(incident, { remote: { anchor: String(10_000 + incident), url: null } });
  return { receipt, state: "open", openedAt: noon, movedAt: noon, ...of };
}

/** A destination, and everything that was asked of it and came of it. */
class Field {
  readonly clock: TestClock = createTestClock(noon);
  readonly asked: (readonly string[])[] = [];
  readonly commands: Command[] = [];
  readonly who: string[] = [];
  readonly troubles: string[] = [];
  answer: readonly Seen[] | Later;
  throws: Error | null = null;
  mayAsk = true;
  readonly survey: Survey;

  constructor(all: readonly Shown[], answer: readonly Seen[] | Later) {
    this.answer = answer;
    const destination: Destination = {
      next: () => null,
      perform: () => Promise.reject(new Error("nothing is sent")),
      probe: () => Promise.resolve({ ok: true, says: "" }),
      survey: async (anchors) => {
        this.asked.push(anchors);
        if (this.throws !== null) throw this.throws;
        return this.answer;
      },
    };
    this.survey = new Survey({
      clock: this.clock,
      destinations: () => new Map([["soc", destination]]),
      shownAt: async (_, after, limit) => all.filter(({ receipt }) => receipt.incident > after).slice(0, limit),
      mayAsk: async () => this.mayAsk,
      submit: async ({ who, command }: CommandInput) => {
        this.who.push(who);
        this.commands.push(command);
      },
      io: {
        http: { request: () => Promise.reject(new Error("nothing is sent")) },
        secrets: { read: () => Promise.reject(new Error("no secret")) },
      },
      troubled: (destination, evidence) => void this.troubles.push(`${destination}: ${evidence}`),
    });
  }
}
