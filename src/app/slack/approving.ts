import type { Decision } from "../../connectors/slack/approval-buttons.ts";
import { nameOfPerson, type SlackPerson } from "../../connectors/slack/people.ts";
import { plainAnswer } from "../../connectors/slack/slash-answer.ts";
import type { SlashWords } from "../../connectors/slack/slash-words.ts";
import type { Command } from "../../core/input.ts";
import type { Reader } from "../../store/queries.ts";
import type { Reply, TurnedAway } from "./desk.ts";
import type { SlackPlace } from "./place.ts";
import { listResponses } from "./response-list.ts";

export interface ApprovingReader {
  readonly responding: Pick<Reader["responding"], "responses" | "stop">;
}

export interface ApprovingParts {
  readonly reader: ApprovingReader;
  /** Null once it is committed, else why it was refused. */
  readonly submit: (who: string, command: Command) => Promise<string | null>;
  readonly turnAway: (about: TurnedAway) => Promise<void>;
  /** Whether the audit takes one more refusal of this person; counts it. */
  readonly isNoted: (person: string) => boolean;
}

const LISTED = 15;

/** What approvers do in Slack about responses: by the name that the config gives them, as anywhere else. */
export class Approving {
  readonly #parts: ApprovingParts;

  constructor(parts: ApprovingParts) {
    this.#parts = parts;
  }

  /** A yes or a no to exactly what was shown; whether it holds is for the Writer to say, with what is so by then. */
  async decide(decision: Decision, person: SlackPerson, places: readonly SlackPlace[]): Promise<Reply> {
    const { kind, mark, response, digest } = decision;
    const about = { wanted: `${kind} R${response}`, incident: mark.incident, response };
    const place = places.find(({ name }) => name === mark.destination);
    if (place === undefined) {
      return this.#refuse(person, places, { ...about, why: `${mark.destination} takes no presses from this app` });
    }
    const who = approverIn([place], person);
    if (who === null) return this.#refuse(person, [place], { ...about, why: NOT_AMONG });
    const command: Command =
      kind === "approve"
        ? {
            kind: "approve_response",
            response,
            digest,
            // A yes that holds is never held up; asked before it is known which it is, since presses come at once.
            ...(!this.#parts.isNoted(person.id) && { isRefusalUnnoted: true as const }),
          }
        : { kind: "refuse_response", response, note: null, digest };
    const refused = await this.#parts.submit(who, command);
    if (refused === null) return null;
    // Why an approval did not hold the Writer has put in the audit itself.
    if (kind === "approve") return plainAnswer(`Nothing was done: ${refused}.`);
    return this.#refuse(person, [place], { ...about, why: refused });
  }

  async ask(
    words: Extract<SlashWords, { kind: "stop" | "responses" }>,
    person: SlackPerson,
    places: readonly SlackPlace[],
  ): Promise<Reply> {
    const who = approverIn(places, person);
    if (who === null) return this.#refuse(person, places, { wanted: words.kind, incident: null, why: NOT_AMONG });
    const { responding } = this.#parts.reader;
    if (words.kind === "responses") {
      const found = await responding.responses({ show: "live", limit: LISTED + 1 });
      return plainAnswer(listResponses(found, LISTED, await responding.stop(), places));
    }
    const refused = await this.#parts.submit(who, { kind: "stop_responses", why: words.why });
    if (refused !== null) return this.#refuse(person, places, { wanted: "stop", incident: null, why: refused });
    return plainAnswer(
      `Stopped by ${who}: no response is begun any more, and all that waited are refused. What is in force is still lifted. To begin again, on the machine: riposte responses stop --resume`,
    );
  }

  async #refuse(
    person: SlackPerson,
    [place]: readonly SlackPlace[],
    about: Pick<TurnedAway, "wanted" | "incident" | "response" | "why">,
  ): Promise<Reply> {
    const who = approverIn(place === undefined ? [] : [place], person) ?? nameFor(place, person);
    await this.#parts.turnAway({ ...about, who, person: person.id });
    const help =
      about.why === NOT_AMONG ? `${about.why}. Who runs Riposte can add you (guardrails.approvers.slack)` : about.why;
    return plainAnswer(`Nothing was done: ${help}.`);
  }
}

const NOT_AMONG = "you are not among those who may approve";

/** The person's name in the config; null: none of those who may approve. */
function approverIn(places: readonly SlackPlace[], { id }: SlackPerson): string | null {
  const approvers = places[0]?.approvers ?? {};
  return Object.hasOwn(approvers, id) ? (approvers[id] ?? null) : null;
}

function nameFor(place: SlackPlace | undefined, person: SlackPerson): string {
  return place === undefined ? `slack:${person.id}` : nameOfPerson(place.config, person);
}
