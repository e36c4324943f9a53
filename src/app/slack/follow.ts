import type { Config } from "../../config/schema.ts";
import type { DoorTrouble } from "../../core/own-health.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { wayOutTrouble } from "../../observe/events.ts";
import type { SignedHook } from "../../ports/inbound.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { DeskParts } from "./desk.ts";
import type { InTimeParts } from "./in-time.ts";
import { placesOf } from "./place.ts";
import type { ProposalReader } from "./proposal.ts";
import type { SlackSockets } from "./sockets.ts";

export interface SlackParts extends Omit<DeskParts, "proposal">, InTimeParts {
  readonly reader: DeskParts["reader"] & ProposalReader;
  readonly secrets: Secrets;
  /** The one in force. */
  readonly config: () => Config;
}

/** The ways by which people in Slack reach this Riposte. */
export interface SlackWays {
  readonly hook: SignedHook;
  /** Another config is in force. */
  follow(): Promise<void>;
  /** Who can't be heard, and has not been for a while. */
  troubles(): readonly DoorTrouble[];
  stop(): Promise<void>;
}

interface Opened {
  readonly hook: SignedHook;
  readonly sockets: SlackSockets;
}

/** Slack renews its connections now and then, and is away for minutes at times. */
const DOWN_FOR_MS = 5 * MINUTE_MS;

/** What most configs have no use for is loaded when one has. */
export function followSlack(parts: SlackParts): SlackWays {
  const { clock, config } = parts;
  const places = () => placesOf(config());
  let opening: Promise<Opened> | null = null;
  let opened: Opened | null = null;
  let isStopped = false;

  const open = async (): Promise<Opened> => {
    const [{ SlackDesk }, { signedHook }, { SlackSockets }] = await Promise.all([
      import("./desk.ts"),
      import("./signed-hook.ts"),
      import("./sockets.ts"),
    ]);
    const proposal: DeskParts["proposal"] = async (id, place) => {
      const { proposalFor } = await import("./proposal.ts");
      return proposalFor(id, place, { clock, reader: parts.reader, config: config() });
    };
    const desk = new SlackDesk({ ...parts, proposal });
    const wayOutTroubled = (trouble: string): void => wayOutTrouble(parts.log, { trouble });
    const sockets = new SlackSockets({ ...parts, desk, places, wayOut: () => config().httpClient, wayOutTroubled });
    return { hook: signedHook({ ...parts, desk, places }), sockets };
  };
  const openOnce = async (): Promise<Opened> => (opened = await (opening ??= open()));

  return {
    async hook(request) {
      if (!places().some(({ config: { signing_secret: secret } }) => secret !== undefined)) {
        const says = "no destination of the config has a signing_secret, so nothing of Slack's is taken";
        return { kind: "refused", code: "unauthorised", says };
      }
      return (await openOnce()).hook(request);
    },

    async follow() {
      if (opening === null && !places().some(({ config: { app_token: token } }) => token !== undefined)) return;
      const { sockets } = await openOnce();
      if (!isStopped) sockets.follow();
    },

    troubles() {
      const down = (opened?.sockets.down() ?? []).filter(({ since }) => clock.now() - since >= DOWN_FOR_MS);
      return down.map(({ destinations, trouble }) => {
        const about = destinations.join(", ");
        return {
          about: `slack ${about}`,
          title: `Riposte can't hear what people press in Slack (${about})`,
          says: `Socket Mode has had no connection for more than five minutes: ${trouble ?? "it is trying again"}. Messages go out as ever; buttons and /riposte do nothing until then. riposte doctor slack says what to do.`,
        };
      });
    },

    async stop() {
      isStopped = true;
      await opened?.sockets.stop();
    },
  };
}
