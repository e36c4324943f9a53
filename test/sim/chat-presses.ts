import { SlackDesk } from "../../src/app/slack/desk.ts";
import type { SlackPlace } from "../../src/app/slack/place.ts";
import { readInteraction, type PressRequest } from "../../src/connectors/slack/inbound-request.ts";
import { isApp } from "../../src/connectors/slack/kind.ts";
import { slack } from "../../src/connectors/slack/slack.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../src/core/time.ts";
import type { WriterDoor } from "../../src/engine/door.ts";
import { createLog } from "../../src/observe/log.ts";
import { choicesOf, labelsOf, pressPayload } from "../fakes/slack-app/person.ts";
import type { SlackMessage } from "../fakes/slack-app/channel.ts";
import { between, pick, type Chance } from "./chance.ts";
import { clockOf } from "./sim-time.ts";
import { CHAT } from "./plan.ts";
import type { World } from "./world.ts";

export const PRESSES = ["acknowledge", "resolve", "silence", "lift_silence", "tick", "take"] as const;

/** A life of the engine, as those who press meet it. */
interface Heard {
  readonly door: WriterDoor;
  readonly alive: boolean;
}

/**
 * Those who press, each once and under a name of his own: in the message as it is, in one of long ago, and some who may
 * not. Slack delivers again, also to the next life of the engine, which remembers nothing.
 */
export function startChatPresses(world: World, endAt: Instant, life: () => Heard | null): void {
  const { time } = world;
  const chance = world.chance("chat presses");
  const desks = new WeakMap<WriterDoor, SlackDesk>();
  const deliver = (request: PressRequest): void => {
    const heard = life();
    if (heard === null || !heard.alive) return;
    const desk = desks.get(heard.door) ?? deskOf(world, heard);
    desks.set(heard.door, desk);
    // Whatever fails is answered; a life that has ended answers nothing.
    desk.take(request, { places: PLACES, sentAt: null }).catch(() => {});
  };
  const next = (): void => {
    if (time.now >= endAt) return;
    const request = somePress(world, chance);
    if (request !== null) {
      world.reach(`pressed ${request.press?.kind}`);
      deliver(request);
      for (let again = between(chance, 0, 2); again > 0; again -= 1)
        time.after(between(chance, SECOND_MS, 4 * MINUTE_MS), () => deliver(request));
    }
    time.after(between(chance, 15 * SECOND_MS, 3 * MINUTE_MS), next);
  };
  time.after(between(chance, 15 * SECOND_MS, 3 * MINUTE_MS), next);
}

function somePress({ vendors, pressed }: World, chance: Chance): PressRequest | null {
  const ours = vendors.chat.live.filter(({ by, threadTs }) => by === "app" && threadTs === null);
  if (ours.length === 0) return null;
  // Few have a playbook, and those who are told what to do do it.
  const guided = ours.filter((one) => choicesOf(one).some(isStep));
  const isWorking = guided.length > 0 && chance() < 0.4;
  const message = asSeen(pick(chance, isWorking ? guided : ours), chance);
  const all = [...labelsOf(message), ...choicesOf(message)];
  const labels = isWorking ? all.filter(isStep) : all;
  if (labels.length === 0) return null;
  const n = pressed.length + 1;
  const person = { id: `U${String(n).padStart(8, "0")}`, name: `p${n}`, ...(chance() < 0.2 && { team: "T99999999" }) };
  const request = readInteraction(pressPayload(message, pick(chance, labels), { person, trigger: `t${n}` }));
  pressed.push({ who: `p${n} (slack:${person.id})`, may: !("team" in person) });
  return request;
}

function isStep(label: string): boolean {
  return /^(?:Tick off|Take back) /.test(label);
}

/** Whoever has not looked for a while presses what was there. */
function asSeen(message: SlackMessage, chance: Chance): SlackMessage {
  const { former } = message;
  return former.length === 0 || chance() < 0.7 ? message : { ...message, payload: pick(chance, former) };
}

function deskOf({ time, database }: World, { door, ...life }: Heard): SlackDesk {
  const { reader } = database;
  const unused = (): Promise<never> => Promise.reject(new Error("nobody uses words here"));
  const responding = { responses: unused, stop: unused };
  const words = { responding, incidents: unused, receipts: unused, works: unused, toldIn: unused, firstLine: unused };
  return new SlackDesk({
    clock: clockOf(time, life),
    door,
    reader: { ...words, moments: unused, incident: reader.incident, silences: reader.silences },
    log: createLog({ level: "silent", write: () => {} }),
  });
}

const config = slack.schema.parse(CHAT);
const PLACES: readonly SlackPlace[] = isApp(config) ? [{ name: "chat", config }] : [];
