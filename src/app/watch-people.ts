import type { Destination } from "../connectors/connector.ts";
import { isUnanswered } from "../core/lane.ts";
import type { WriterDoor } from "../engine/door.ts";
import { Survey } from "../engine/survey.ts";
import { surveyFailed } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Reader } from "../store/queries.ts";

export interface PeopleParts {
  readonly clock: Clock;
  readonly door: Pick<WriterDoor, "submit">;
  readonly reader: Reader;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly destinations: () => ReadonlyMap<string, Destination>;
}

/** Asks now and then what people did at the destinations, where those may be called just then. */
export function watchPeople({ clock, door, reader, http, secrets, log, destinations }: PeopleParts): Survey {
  return new Survey({
    clock,
    destinations,
    mayAsk: async (name) => {
      const lane = (await reader.lanes()).find(({ destination }) => destination === name);
      return lane === undefined || (lane.holdUntil <= clock.now() && !isUnanswered(lane));
    },
    shownAt: (destination, after, limit) => reader.shownAt(destination, after, limit),
    submit: (input) => door.submit(input),
    io: { http, secrets, clock },
    troubled: (destination, evidence) => surveyFailed(log, { destination, evidence }),
  });
}
