// What people choose beside acknowledging and resolving: silences, who has it, and the playbook's steps.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mallory } from "../../../test/fakes/slack-app/person.ts";
import { aPolicy, aSnapshot } from "../../../test/fixtures/kept-alerts.ts";
import { guided, playbookFrom } from "../../../test/fixtures/playbooks.ts";
import { bruteForce } from "../../../test/fixtures/pictures.ts";
import { placeAt, SlackHookRig, textIn } from "../../../test/fixtures/slack-hook-rig.ts";
import { loadConfig } from "../../config/load.ts";
import { connectors } from "../../connectors/index.ts";
import type { Picture } from "../../core/picture.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { proposalFor } from "./proposal.ts";

const playbook = playbookFrom("---\ntitle: Guessing\n---\n\n1. Ask.\n2. Lock the account.\n", "guessing");

let desk: SlackHookRig;
beforeEach(async () => {
  desk = await SlackHookRig.open({
    ...aSnapshot([aPolicy({ playbook: "guessing" })]),
    playbooks: { guessing: playbook },
  });
});
afterEach(() => desk.rig.close());

const silences = async () => desk.rig.parts.reader.silences({ liveAt: desk.rig.clock.now(), limit: 10 });
const handling = async (id = 1) => (await desk.rig.parts.reader.incident(id))?.handling;
async function whatIsKnown(): Promise<Partial<Picture>> {
  const known = await handling();
  return {
    incident: bruteForce({ ...(await desk.rig.parts.reader.incident(1)), id: 1, ...(known && { handling: known }) })
      .incident,
  };
}

describe("a silence", () => {
  test("is chosen in the message, for this incident and so long, by whoever pressed", async () => {
    await desk.send(await desk.press("Silence for 4 hours"));
    const endsAt = desk.rig.clock.now() + 4 * HOUR_MS;
    expect(await silences()).toMatchObject([{ who: "Ana", endsAt, incident: { id: 1 }, written: '{"incident":"1"}' }]);
    expect(await desk.audit()).toEqual(["Ana add_silence #1"]);
    expect(desk.told).toEqual([]);
  });

  test("that is chosen anew takes the place of the one before, and is lifted by a button", async () => {
    await desk.send(await desk.press("Silence until resolved"));
    const known = await desk.messageOf(1, "chat", await whatIsKnown());
    await desk.send(desk.pressIn(known, "Silence for 1 hour"));
    expect(await silences()).toMatchObject([{ endsAt: desk.rig.clock.now() + HOUR_MS }]);

    const silenced = { id: 2, who: "Ana", until: null };
    const shown = await desk.messageOf(1, "chat", { ...(await whatIsKnown()), silenced });
    await desk.send(desk.pressIn(shown, "Lift the silence"));
    expect(await silences()).toEqual([]);
    expect(await desk.audit()).toEqual(["Ana lift_silence #1", "Ana add_silence #1", "Ana add_silence #1"]);
  });

  test("that was captured and is sent again after a restart does not silence again what was lifted", async () => {
    const captured = await desk.press("Silence for 24 hours");
    await desk.send(captured);
    expect(textIn(await desk.send(desk.slash("silence 1 off")))).toBe(
      "#1 may be told of again: its silence was lifted by Ana.",
    );
    await desk.rig.clock.advance(MINUTE_MS);
    await desk.send(captured, desk.hookFor([placeAt("chat")]));

    expect(await silences()).toEqual([]);
    expect((await desk.audit())[0]).toBe("Ana turned_away silence #1: somebody has silenced #1 since, or lifted that");
  });

  test("is asked for in words, and what is over or is not silenced says so", async () => {
    expect(textIn(await desk.send(desk.slash("silence 1 24H")))).toBe("#1 is silenced for 24h by Ana.");
    expect(textIn(await desk.send(desk.slash("silence 1 until-resolved")))).toBe(
      "#1 is silenced until it is resolved by Ana.",
    );
    expect(await silences()).toMatchObject([{ endsAt: null }]);
    expect(textIn(await desk.send(desk.slash("silence 2 off")))).toBe(
      "Nothing was done: incident #2 is not silenced by itself.",
    );
    await desk.send(desk.slash("resolve 2"));
    expect(textIn(await desk.send(desk.slash("silence 2 1h")))).toBe("Nothing was done: incident #2 is over.");
    expect(textIn(await desk.send(desk.slash("silence 2 forever")))).toMatch(/^Not understood: say for how long/);
  });

  test("of somebody who may not is refused, and is in the audit", async () => {
    await desk.send(await desk.press("Silence for 24 hours", 1, mallory));
    expect(await silences()).toEqual([]);
    expect(await desk.audit()).toEqual([
      "mallory (slack:U0666666666) turned_away silence #1: not among the people of chat",
    ]);
  });
});

describe("the playbook", () => {
  const message = async () => {
    const { incident } = { ...bruteForce(), ...(await whatIsKnown()) };
    const { guidance } = guided({ ...bruteForce(), incident }, playbook);
    return desk.messageOf(1, "chat", { incident, ...(guidance && { guidance }) });
  };

  test("has its steps ticked off one by one, and taken back", async () => {
    const first = await message();
    await desk.send(desk.pressIn(first, "Tick off 1. Ask."));
    await desk.send(desk.pressIn(first, "Tick off 2. Lock the account."));
    await desk.send(desk.pressIn(await message(), "Take back 1. Ask."));

    expect((await handling())?.ticks).toMatchObject([
      { step: 1, isDone: false, by: "Ana" },
      { step: 2, isDone: true, by: "Ana" },
    ]);
    expect(await desk.audit()).toEqual([
      "Ana untick_step #1 step 1",
      "Ana tick_step #1 step 2",
      "Ana tick_step #1 step 1",
    ]);
  });

  test("a press that comes again after a restart ticks nothing off that was taken back", async () => {
    const captured = desk.pressIn(await message(), "Tick off 1. Ask.");
    await desk.send(captured);
    await desk.send(desk.slash("untick 1 1"));
    await desk.send(captured, desk.hookFor([placeAt("chat")]));

    expect((await handling())?.ticks).toMatchObject([{ step: 1, isDone: false }]);
    expect(desk.told).toEqual(["Nothing was done: step 1 was changed since."]);
  });

  test("is ticked off in words, and what is no step says so", async () => {
    expect(textIn(await desk.send(desk.slash("tick 1 2")))).toBe("#1 step 2 is ticked off by Ana.");
    expect(textIn(await desk.send(desk.slash("tick 1 2")))).toBe(
      "Nothing was done: step 2 is ticked off already, by Ana.",
    );
    expect(textIn(await desk.send(desk.slash("tick 1 3")))).toBe(
      "Nothing was done: the playbook guessing has 2 steps.",
    );
    expect(textIn(await desk.send(desk.slash("tick 1 x")))).toMatch(/^Not understood: say which step/);
  });
});

describe("who has it", () => {
  test("whoever takes it has it and has seen it; an old press takes it from nobody", async () => {
    const captured = await desk.press("Take it");
    await desk.send(captured);
    expect(await desk.rig.parts.reader.incident(1)).toMatchObject({
      state: "acknowledged",
      handling: { assignee: "Ana" },
    });
    expect(textIn(await desk.send(desk.slash("assign 1 nobody")))).toMatch(/^#1 is given back/);
    await desk.send(captured, desk.hookFor([placeAt("chat")]));

    expect((await handling())?.assignee).toBeUndefined();
    expect(desk.told).toEqual(["Nothing was done: somebody has taken #1 since."]);
  });

  test("it is given to those whom the config names, by name or id, and to nobody else", async () => {
    const people = { U0123456789: "Ana", U0999999999: "Ben Okri" };
    desk.hook = desk.hookFor([placeAt("chat", { people })]);
    expect(textIn(await desk.send(desk.slash("assign 1 ben okri")))).toBe("#1 is given to ben okri by Ana.");
    expect((await handling())?.assignee).toBe("Ben Okri");
    expect(textIn(await desk.send(desk.slash("assign 1 me")))).toBe("#1 is taken by Ana.");
    expect(textIn(await desk.send(desk.slash("assign 1 <!here>")))).toBe(
      "Nothing was done: there is no &lt;!here&gt; among the people of chat.",
    );
    expect((await handling())?.assignee).toBe("Ana");
    expect(textIn(await desk.send(desk.slash("assign 1")))).toMatch(/^Not understood: say to whom/);
  });
});

describe("a false positive", () => {
  test("is resolved with that word, and only who said so hears what could be changed; nothing is", async () => {
    desk.hook = desk.hookFor(
      [placeAt("chat")],
      undefined,
      async (id, { name }) => `proposal for #${id} at ${name} <!here>`,
    );
    await desk.send(await desk.press("False positive"));

    expect(await desk.stateOf(1)).toBe("resolved");
    const moments = await desk.rig.parts.reader.moments(1);
    expect(moments.at(-1)).toMatchObject({ kind: "resolved", by: "Ana", text: "false positive" });
    await expect.poll(() => desk.told).toEqual(["proposal for #1 at chat &lt;!here&gt;"]);
    expect(await desk.audit()).toEqual(["Ana resolve #1"]);
    expect(textIn(await desk.send(desk.slash("false-positive 2 backup job")))).toMatch(/^proposal for #2/);
    expect((await desk.rig.parts.reader.moments(2)).at(-1)?.text).toBe("false positive: backup job");
    expect(textIn(await desk.send(desk.slash("false-positive 2")))).toBe("Nothing was done: incident #2 is resolved.");
  });

  test("is resolved also where nothing can be proposed, and when looking for it fails", async () => {
    desk.hook = desk.hookFor([placeAt("chat")], undefined, () => Promise.reject(new Error("disk")));
    expect(textIn(await desk.send(desk.slash("false-positive 1")))).toBe("#1 is resolved as a false positive by Ana.");
    expect(await desk.stateOf(1)).toBe("resolved");
  });

  test("proposes in words that can be copied, with its figures", async () => {
    const { clock, reader } = desk.rig.parts;
    const loaded = loadConfig(CONFIG, "riposte.yaml", connectors);
    if (loaded.kind === "refused") throw new Error(JSON.stringify(loaded.errors));
    const says = await proposalFor(1, placeAt("chat"), { clock, reader, config: loaded.config });
    expect(says.split("\n")).toEqual([
      "#1 is resolved as a false positive. To hear of the like no more, write in when of the policy any:",
      'not: { rule.id: "5712", agent.name: "web-01" }',
      expect.stringMatching(
        /^Of its newest 3 incidents that leaves out 3, of which \d were high or critical and 0 others/,
      ),
    ]);
  });
});

const CONFIG = `
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { chat: { type: webhook, url: "https://x.example", unsigned: true } }
policies: [{ name: any, when: { rule.groups: sshd }, tell: [chat] }]`;
