import type { Config } from "../../config/schema.ts";
import type { WriterDoor } from "../../engine/door.ts";
import { Sealer, type Signer } from "../../engine/sealer.ts";
import { Witness } from "../../engine/witness.ts";
import { auditDiffers, auditSealed, auditUnsigned } from "../../observe/audit-events.ts";
import { workerFailed } from "../../observe/events.ts";
import type { Log } from "../../observe/log.ts";
import type { Clock } from "../../ports/clock.ts";
import { placeOfSecret, type Secrets } from "../../ports/secrets.ts";
import type { Reader } from "../../store/queries.ts";
import { signerOf } from "./signer.ts";

export interface AuditParts {
  readonly door: Pick<WriterDoor, "submit">;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** The one in force. */
  readonly config: () => Config;
  readonly log: Log;
}

export interface KeptAudit {
  /** That a secret has another value now, by the fields that it is for. */
  secretChanged(about: { readonly place: string; readonly fields: readonly string[]; readonly how: string }): void;
  start(): void;
  stop(): Promise<void>;
}

/** Seals the audit of a running server, with the key that its config names, and adds what the Writer does not see. */
export function keepAudit({ door, reader, clock, secrets, config, log }: AuditParts): KeptAudit {
  const witness = new Witness(door, clock);
  const sealer = new Sealer({
    door,
    clock,
    audit: () => reader.auditing,
    signer: () => readSigner(config(), secrets),
    sealed: (seal) => auditSealed(log, seal),
    differs: (row) => auditDiffers(log, { row }),
    unsigned: (why) => auditUnsigned(log, { why }),
    failed: (error) => workerFailed(log, { destination: "audit" }, error),
  });
  return {
    secretChanged({ place, fields, how }) {
      const about = fields.length === 0 ? place : fields.join(", ");
      witness.note({ who: "riposte", what: "secret_changed", about, detail: JSON.stringify({ place, how }) });
    },
    start: () => sealer.start(),
    async stop() {
      witness.stop();
      await sealer.stop();
    },
  };
}

/** Null: the config names no key. A text: why there is none. */
export async function readSigner(
  { auditKey }: Pick<Config, "auditKey">,
  secrets: Secrets,
): Promise<(Signer & { readonly publicPem: string }) | string | null> {
  if (auditKey === undefined) return null;
  const found = await secrets.read(auditKey);
  if (found.kind === "unreadable") return `audit.key: ${found.why}`;
  return signerOf(found.value) ?? `audit.key: ${placeOfSecret(auditKey)} holds no private key of Ed25519. ${HOW}`;
}

const HOW = "Make one with: openssl genpkey -algorithm ed25519 -out /etc/riposte/audit-key.pem";
