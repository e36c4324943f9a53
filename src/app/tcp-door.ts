import { createPublicDoor } from "../http/api.ts";
import type { ApiParts } from "../http/parts.ts";
import { type CannotListen, type Listening, listenTcp } from "../http/serve.ts";
import { identifyByToken } from "../http/token-caller.ts";
import { doorCertificateEnds, doorTlsRenewed, doorTlsTrouble } from "../observe/events.ts";
import type { DoorSettings, TokenTerms } from "../ports/door-settings.ts";
import type { Secrets } from "../ports/secrets.ts";

/** Opens the door for other machines, as the process was started with it; who may ask follows the config. */
export function openTcpDoor(
  { host, port, tls }: DoorSettings,
  parts: ApiParts,
  tokens: () => readonly TokenTerms[],
  secrets: Secrets,
): Promise<Listening | CannotListen> {
  const { clock, log } = parts;
  const door = createPublicDoor(parts, identifyByToken({ tokens, secrets, clock, log }));
  const tell = {
    renewed: () => doorTlsRenewed(log),
    troubled: (trouble: string) => doorTlsTrouble(log, { trouble }),
    expiring: (trouble: string) => doorCertificateEnds(log, { trouble }),
  };
  const files = tls === "off" ? null : tls;
  return listenTcp(door.fetch, { host, port, clock, ...(files !== null && { tls: { files, tell } }) });
}
