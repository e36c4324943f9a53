import type { Config } from "../../config/schema.ts";
import type { DoorTrouble } from "../../core/own-health.ts";
import type { Instant } from "../../core/time.ts";
import { EXPIRES_SOON_MS, sayDoorTroubles } from "../../http/tls.ts";
import { whyUnfit } from "../../http/tokens.ts";
import { readDoorTls } from "../../ports/door-tls.ts";
import type { Secrets } from "../../ports/secrets.ts";

/** What keeps others out of the door at `http.listen`, or soon will. */
export async function doorTroubles({ http }: Config, secrets: Secrets, now: Instant): Promise<readonly DoorTrouble[]> {
  if (http === null) return [];
  const found: DoorTrouble[] = [];
  for (const { name, proof } of http.tokens) {
    if (proof.kind === "certificate") continue;
    const value = await secrets.read(proof.secret);
    const why = value.kind === "unreadable" ? value.why : whyUnfit(value.value);
    if (why === null) continue;
    const title = `Nobody gets in with the token ${name}`;
    found.push({ about: `http.tokens ${name}`, title, says: `${value.kind === "value" ? "It " : ""}${why}.` });
  }
  const tls = http.tls === "off" ? null : http.tls;
  const read = tls === null ? null : await readDoorTls(tls);
  if (read?.kind === "unusable") {
    const title = "The files of http.tls can't be used";
    const says = `${sayDoorTroubles(read.troubles)}. Those before stay in use until the next start, which would fail.`;
    found.push({ about: "http.tls", title, says });
  }
  if (tls !== null && read?.kind === "read" && read.expiresAt - now < EXPIRES_SOON_MS) {
    const isOver = read.expiresAt <= now;
    found.push({
      about: "http.tls",
      title: `The certificate of http.tls ${isOver ? "has expired" : "expires soon"}`,
      says: `${tls.certificate}: until ${new Date(read.expiresAt).toISOString().slice(0, 16)} UTC. Put a new one there with its key; it is in use two seconds later.`,
    });
  }
  return found;
}
