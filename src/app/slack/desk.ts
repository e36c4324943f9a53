import { channelsOf } from "../../connectors/slack/app-next.ts";
import type { Asked } from "../../connectors/slack/asked.ts";
import type { PressRequest, SlackRequest, SlashRequest } from "../../connectors/slack/inbound-request.ts";
import { mayAct, nameOfPerson } from "../../connectors/slack/people.ts";
import {
  doneAnswer,
  LISTED_IN_SLACK,
  listAnswer,
  plainAnswer,
  showAnswer,
} from "../../connectors/slack/slash-answer.ts";
import { HELP } from "../../connectors/slack/slash-words.ts";
import type { Incident } from "../../core/incident.ts";
import type { Command } from "../../core/input.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { WriterDoor } from "../../engine/door.ts";
import { RateLimit } from "../../http/rate.ts";
import { personActed, personTurnedAway, personUnheard } from "../../observe/slack-events.ts";
import type { Log } from "../../observe/log.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Reader } from "../../store/queries.ts";
import { Approving, type ApprovingReader } from "./approving.ts";
import { commandFor, personNamed, type CommandReader } from "./commands.ts";
import { Remembered } from "./remembered.ts";
import type { SlackPlace } from "./place.ts";
import { findTheirs, newestOfTheirs, type TheirsReader } from "./theirs.ts";

export interface DeskParts {
  readonly clock: Clock;
  readonly door: Pick<WriterDoor, "submit">;
  readonly reader: TheirsReader & CommandReader & ApprovingReader & Pick<Reader, "moments">;
  readonly log: Log;
  /** What to change so that the like of this incident is left out, as it may be shown there; null: nothing is known. */
  readonly proposal?: (incident: number, place: SlackPlace) => Promise<string | null>;
}

/** By what a request came, and when it was sent where that is known. */
export interface CameBy {
  /** Those whose app it came from. */
  readonly places: readonly SlackPlace[];
  readonly sentAt: Instant | null;
}

/** What the person is told, and nobody else; null: the message will say it. */
export type Reply = object | null;

/** Longer than Slack delivers anything again. */
const SAME_WITHIN_MS = HOUR_MS;
const MOST_REMEMBERED = 10_000;
/** Refusals of one person that the audit takes: more say nothing new. */
const AUDITED = { perSecond: 1 / 10, burst: 30, mostKnown: 1_000 };
const CLOCKS_APART_MS = 2 * SECOND_MS;
const DELIVERED_AGAIN_WITHIN_MS = 5 * MINUTE_MS;

/** Does what people ask for in Slack: commands like any other, each with its row in the audit, and refusals with theirs. */
export class SlackDesk {
  readonly #parts: DeskParts;
  /** By doing: what came of it, for whoever delivers it again. */
  readonly #done: Remembered<Promise<Reply>>;
  readonly #audited: RateLimit;
  readonly #approving: Approving;
  readonly #beganAt: Instant;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#done = new Remembered(parts.clock, MOST_REMEMBERED);
    this.#audited = new RateLimit(AUDITED, parts.clock);
    this.#beganAt = parts.clock.now();
    this.#approving = new Approving({
      reader: parts.reader,
      submit: (who, command) => this.#submit(who, command),
      turnAway: (about) => this.#turnAway(about),
      isNoted: (person) => this.#audited.take(person) === 0,
    });
  }

  /** Delivered twice it is done once, and answered alike. */
  take(request: SlackRequest, by: CameBy): Promise<Reply> {
    const known = this.#done.get(request.id);
    if (known !== undefined) return known;
    const reply = this.#take(request, by).catch((error: unknown) => {
      // Nothing was changed: should it be delivered again, it is new.
      this.#done.forget(request.id);
      personUnheard(this.#parts.log, error);
      return plainAnswer("Riposte's database did not take it, and nothing was changed. Try again in a moment.");
    });
    this.#done.put(request.id, reply, this.#parts.clock.now() + SAME_WITHIN_MS);
    return reply;
  }

  /** Writes down that somebody was refused before it was looked at what for; nobody waits for it. */
  noteRefusal(request: SlackRequest, places: readonly SlackPlace[], why: string): void {
    this.#refuse(request, places, why).catch((error: unknown) => personUnheard(this.#parts.log, error));
  }

  #take(request: SlackRequest, by: CameBy): Promise<Reply> {
    return request.kind === "press" ? this.#press(request, by) : this.#slash(request, by);
  }

  async #press(request: PressRequest, { places }: CameBy): Promise<Reply> {
    if (request.decision !== null) return this.#approving.decide(request.decision, request.person, places);
    const { press, person } = request;
    const place = places.find(({ name }) => name === press?.mark.destination);
    if (press === null || place === undefined) {
      const why =
        press === null ? "is no button of Riposte's" : `${press.mark.destination} takes no presses from this app`;
      await this.#refuse(request, places, why);
      return plainAnswer(`Nothing was done: that ${why}.`);
    }
    const { incident } = press.mark;
    const who = nameOfPerson(place.config, person);
    const asked = { who, person: person.id, wanted: press.kind, incident };
    if (!mayAct(place.config, person)) {
      await this.#turnAway({ ...asked, why: `not among the people of ${place.name}` });
      return plainAnswer(refusal(place.name));
    }
    const by = { who, incident, seen: press.seen, now: this.#parts.clock.now() };
    const command = await commandFor(press, by, this.#parts.reader);
    const refused = await this.#submit(who, command, press.openedAt);
    if (refused === null) return press.kind === "false_positive" ? this.#proposal(incident, place) : null;
    await this.#turnAway({ ...asked, why: refused });
    return plainAnswer(`Nothing was done: ${refused}.`);
  }

  async #slash(request: SlashRequest, { places, sentAt }: CameBy): Promise<Reply> {
    const { words, person } = request;
    if (words.kind === "stop" || words.kind === "responses") return this.#approving.ask(words, person, places);
    const own = places.filter(({ config }) => mayAct(config, person) && isAskedThere(config, request));
    if (own.length === 0) {
      const names = places.map(({ name }) => name).join(", ");
      await this.#refuse(request, places, `not among the people of ${names}`);
      return plainAnswer(refusal(names));
    }
    const { reader } = this.#parts;
    switch (words.kind) {
      case "help":
        return plainAnswer(HELP);
      case "unclear":
        return plainAnswer(`Not understood: ${words.says}.\n${HELP}`);
      case "list": {
        const state = words.onlyOpen ? "open" : "unresolved";
        const { shown, more } = await newestOfTheirs(state, LISTED_IN_SLACK, own, reader);
        return listAnswer(shown, { onlyOpen: words.onlyOpen, more });
      }
      case "show":
      case "acknowledge":
      case "resolve":
      case "silence":
      case "lift_silence":
      case "tick":
      case "take":
      case "assign":
      case "false_positive":
        break;
    }
    const found = await findTheirs(words.incident, own, reader);
    if (found.kind === "gone") return plainAnswer(`There is no incident #${words.incident}.`);
    if (found.kind === "others") {
      const why = `incident #${words.incident} is not told at ${own.map(({ name }) => name).join(", ")}`;
      await this.#refuse(request, own, why);
      return plainAnswer(`Nothing was done: ${why}, where you may act.`);
    }
    const { incident, place } = found;
    if (words.kind === "show") return showAnswer(found.shown, found.receipts);
    const who = nameOfPerson(place.config, person);
    if (words.kind === "assign" && words.to !== null && personNamed(words.to, place.config) === null)
      return plainAnswer(`Nothing was done: there is no ${words.to} among the people of ${place.name}.`);
    const refused = (await this.#wasMeantForBefore(incident, sentAt))
      ? `incident #${incident.id} was opened again since`
      : await this.#submit(who, await this.#commandOf(words, who, place), incident.openedAt);
    if (refused === null && words.kind === "false_positive")
      return (await this.#proposal(incident.id, place)) ?? doneAnswer(words, incident.id, who);
    if (refused === null) return doneAnswer(words, incident.id, who);
    await this.#turnAway({ who, person: person.id, wanted: words.kind, incident: incident.id, why: refused });
    return plainAnswer(`Nothing was done: ${refused}.`);
  }

  /** How the policy could leave out what was a false positive. It is resolved by then, whatever comes of this. */
  async #proposal(id: number, place: SlackPlace): Promise<Reply> {
    const says = await this.#parts.proposal?.(id, place).catch((error: unknown) => {
      personUnheard(this.#parts.log, error);
      return null;
    });
    return says === undefined || says === null ? null : plainAnswer(says);
  }

  #commandOf(words: Asked & { readonly incident: number }, who: string, { config }: SlackPlace): Promise<Command> {
    const by = { who, incident: words.incident, seen: null, now: this.#parts.clock.now() };
    const to = words.kind === "assign" && words.to !== null ? personNamed(words.to, config) : null;
    return commandFor(to === null ? words : { kind: "assign", to }, by, this.#parts.reader);
  }

  /** Whether it has opened again since this was said, as far as anybody knows when that was. */
  async #wasMeantForBefore({ id, openedAt }: Incident, sentAt: Instant | null): Promise<boolean> {
    const now = this.#parts.clock.now();
    // Socket Mode says of nothing when it was sent; what comes soon after a start may have come to the life before.
    const saidAt = sentAt ?? (now - this.#beganAt < DELIVERED_AGAIN_WITHIN_MS ? now - DELIVERED_AGAIN_WITHIN_MS : now);
    if (openedAt === null || openedAt <= saidAt + SECOND_MS + CLOCKS_APART_MS) return false;
    return (await this.#parts.reader.moments(id)).some(({ kind }) => kind === "reopened");
  }

  async #submit(who: string, command: Command, ifOpenedAt?: Instant | null): Promise<string | null> {
    const { refused } = await this.#parts.door.submit({
      kind: "command",
      who,
      ...(ifOpenedAt !== undefined && { ifOpenedAt }),
      command,
    });
    if (typeof refused === "string") return refused;
    personActed(this.#parts.log, { who, what: command.kind });
    return null;
  }

  async #refuse(request: SlackRequest, [place]: readonly SlackPlace[], why: string): Promise<void> {
    const of = wantedOf(request);
    const who = place === undefined ? `slack:${request.person.id}` : nameOfPerson(place.config, request.person);
    await this.#turnAway({ who, person: request.person.id, ...of, why });
  }

  async #turnAway(about: TurnedAway): Promise<void> {
    const { who, wanted, incident, response, why } = about;
    personTurnedAway(this.#parts.log, { who, wanted, incident, why });
    if (this.#audited.take(about.person) > 0) return;
    const of = { incident, ...(response !== undefined && { response }) };
    await this.#parts.door.submit({ kind: "command", who, command: { kind: "turned_away", ...of, wanted, why } });
  }
}

export interface TurnedAway {
  readonly who: string;
  readonly person: string;
  readonly wanted: string;
  readonly incident: number | null;
  readonly response?: number;
  readonly why: string;
}

function wantedOf(request: SlackRequest): Pick<TurnedAway, "wanted" | "incident" | "response"> {
  if (request.kind === "press" && request.decision !== null)
    return {
      wanted: `${request.decision.kind} R${request.decision.response}`,
      incident: request.decision.mark.incident,
      response: request.decision.response,
    };
  if (request.kind === "press")
    return { wanted: request.press?.kind ?? "press", incident: request.press?.mark.incident ?? null };
  const { words } = request;
  return { wanted: words.kind, incident: "incident" in words ? words.incident : null };
}

/** Where everyone may, that is everyone in the channel: elsewhere nobody has been let in. */
function isAskedThere(config: SlackPlace["config"], { channel }: SlashRequest): boolean {
  if (config.people !== "everyone") return true;
  const named = channelsOf(config).map((name) => name.replace(/^#/, ""));
  return [channel.id, channel.name].some((name) => name !== null && named.includes(name));
}

function refusal(places: string): string {
  return `Nothing was done: you are not among those who may act here. Who runs Riposte can add you (people of ${places}).`;
}
