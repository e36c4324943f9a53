import { isDeepStrictEqual } from "node:util";
import { openAppAccess } from "../../connectors/slack/app-access.ts";
import { readInteraction, readSlash, type SlackRequest } from "../../connectors/slack/inbound-request.ts";
import { personUnheard, slackAnswerLost, socketChanged } from "../../observe/slack-events.ts";
import type { Envelope } from "../../ports/inbound.ts";
import { SlackSocket } from "../../ports/slack-socket.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { WayOutSettings } from "../../ports/way-out-settings.ts";
import type { SlackDesk } from "./desk.ts";
import { inTime, type InTimeParts } from "./in-time.ts";
import type { SlackPlace } from "./place.ts";

export interface SocketsParts extends InTimeParts {
  readonly desk: SlackDesk;
  readonly secrets: Secrets;
  /** Those of the config in force. */
  readonly places: () => readonly SlackPlace[];
  readonly wayOut: () => WayOutSettings;
  readonly wayOutTroubled: (says: string) => void;
}

interface Open {
  /** One of those that share the app. */
  readonly place: SlackPlace;
  readonly socket: SlackSocket;
}

/** Slack's Socket Mode for each app that the config names a token of: one connection, whatever its destinations. */
export class SlackSockets {
  readonly #parts: SocketsParts;
  #open: readonly Open[] = [];

  constructor(parts: SocketsParts) {
    this.#parts = parts;
  }

  /** Opens what the config in force has more, and closes what it has no more. */
  follow(): void {
    const wanted = this.#parts.places().filter(({ config }) => config.app_token !== undefined);
    const apps = wanted.filter((place, i) => wanted.findIndex((other) => isSameApp(other, place)) === i);
    const gone = this.#open.filter(({ place }) => !apps.some((app) => isSameApp(app, place)));
    for (const { socket } of gone) socket.stop().catch((error: unknown) => personUnheard(this.#parts.log, error));
    this.#open = apps.map((app) => {
      const open = this.#open.find(({ place }) => isSameApp(app, place));
      return open === undefined ? this.#connect(app) : { ...open, place: app };
    });
  }

  /** What is down, and for whom. */
  down(): readonly {
    readonly destinations: readonly string[];
    readonly since: number;
    readonly trouble: string | null;
  }[] {
    return this.#open.flatMap(({ place, socket }) => {
      const { downSince, trouble } = socket.status();
      if (downSince === null) return [];
      return [{ destinations: this.#placesOf(place).map(({ name }) => name), since: downSince, trouble }];
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#open.map(({ socket }) => socket.stop()));
  }

  #connect(place: SlackPlace): Open {
    const { clock, log, secrets, http, wayOut, wayOutTroubled: troubled } = this.#parts;
    const socket = new SlackSocket({
      clock,
      access: () => openAppAccess(place.config, { http, secrets, now: clock.now(), deadlineMs: 0 }),
      take: (envelope) => this.#take(place, envelope),
      wayOut: { settings: wayOut, secrets, troubled },
      told: (trouble) => socketChanged(log, { destination: place.name, trouble }),
      failed: (error) => personUnheard(log, error),
      unsaid: () => slackAnswerLost(log, { why: "the connection to Slack had ended" }),
    });
    socket.start();
    return { place, socket };
  }

  async #take(of: SlackPlace, envelope: Envelope): Promise<object | null> {
    const request = requestIn(envelope);
    if (request === null) return null;
    const places = this.#placesOf(of);
    const work = this.#parts.desk.take(request, { places, sentAt: null });
    const reply = await inTime(request, places, work, this.#parts);
    // What is acknowledged nobody sends again, so it is committed by then, or the person knows that it is not.
    await work;
    return reply;
  }

  #placesOf(app: SlackPlace): readonly SlackPlace[] {
    return this.#parts.places().filter((place) => isSameApp(place, app));
  }
}

function requestIn({ type, payload }: Envelope): SlackRequest | null {
  switch (type) {
    case "interactive":
      return readInteraction(payload);
    case "slash_commands":
      return readSlash(payload);
    default:
      return null;
  }
}

function isSameApp({ config: one }: SlackPlace, { config: other }: SlackPlace): boolean {
  return isDeepStrictEqual(one.app_token, other.app_token) && isDeepStrictEqual(one.api, other.api);
}
