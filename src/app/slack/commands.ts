import { SILENCE_SPANS, type Asked } from "../../connectors/slack/asked.ts";
import type { AppConfig } from "../../connectors/slack/kind.ts";
import type { Command } from "../../core/input.ts";
import { conditionOfOne } from "../../core/silence.ts";
import type { Instant } from "../../core/time.ts";
import type { Reader } from "../../store/queries.ts";

export type CommandReader = Pick<Reader, "silences">;

export interface AskedBy {
  readonly who: string;
  readonly incident: number;
  /** How often what is to change had been changed when the button was made; null: nobody knows. */
  readonly seen: number | null;
  readonly now: Instant;
}

export const FALSE_POSITIVE = "false positive";
/** One incident has more than one only where people were quicker than the messages. */
const SILENCES_AT_ONCE = 20;

/** What is asked for, as the Writer is told of it: the same command that comes from a terminal. */
export async function commandFor(asked: Asked, by: AskedBy, reader: CommandReader): Promise<Command> {
  const { incident, seen, now } = by;
  const since = seen === null ? {} : { ifChanges: seen };
  switch (asked.kind) {
    case "acknowledge":
      return { kind: "acknowledge", incident };
    case "resolve":
      return { kind: "resolve", incident, note: asked.note };
    case "false_positive": {
      const note = asked.note === null ? FALSE_POSITIVE : `${FALSE_POSITIVE}: ${asked.note}`;
      return { kind: "resolve", incident, note };
    }
    case "silence": {
      const { ms } = SILENCE_SPANS[asked.span];
      const endsAt = ms === null ? null : now + ms;
      const replaces = await liveOf(by, reader);
      return { kind: "add_silence", incident, ...conditionOfOne(incident), endsAt, comment: null, replaces, ...since };
    }
    case "lift_silence":
      return { kind: "lift_silence", incident, silences: await liveOf(by, reader), ...since };
    case "tick": {
      const { step, print, isDone } = asked;
      return { kind: "tick_step", incident, step, print, isDone, ...since };
    }
    case "take":
      return { kind: "assign", incident, to: by.who, ...since };
    case "assign":
      return { kind: "assign", incident, to: asked.to, ...since };
  }
}

/** As the config names the person; where it names people, nobody else can be meant. Null: there is no such person. */
export function personNamed(name: string, { people }: Pick<AppConfig, "people">): string | null {
  if (typeof people !== "object" || Array.isArray(people)) return name;
  const wanted = name.toLowerCase();
  const named = Object.entries(people).find(([id, its]) => [id, its].some((one) => one.toLowerCase() === wanted));
  return named?.[1] ?? null;
}

async function liveOf({ incident, now }: AskedBy, reader: CommandReader): Promise<readonly number[]> {
  const found = await reader.silences({ liveAt: now, incident, limit: SILENCES_AT_ONCE });
  return found.map(({ id }) => id);
}
