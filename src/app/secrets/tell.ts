import { secretChanged, secretRefused, secretTrouble } from "../../observe/events.ts";
import type { Log } from "../../observe/log.ts";
import { keyOfSecret, placeOfSecret, type SecretRef } from "../../ports/secrets.ts";
import type { BookTeller } from "../../secrets/book.ts";
import type { KeptSecret } from "./keeper.ts";

/** Told of each value that came into use, for the audit. */
export type NoteSecret = (about: {
  readonly place: string;
  readonly fields: readonly string[];
  readonly how: string;
}) => void;

/** What becomes of secrets, for the log: by the fields of the config that hold them. */
export function tellOfSecrets(log: Log, kept: () => readonly KeptSecret[], note: NoteSecret = () => {}): BookTeller {
  const about = (ref: SecretRef): { place: string; fields: readonly string[] } => ({
    place: placeOfSecret(ref),
    fields: kept().flatMap(({ field, key }) => (key === keyOfSecret(ref) ? [field] : [])),
  });
  return {
    changed(ref, { version, how }) {
      secretChanged(log, { ...about(ref), version: version ?? null, how });
      note({ ...about(ref), how });
    },
    refused: (ref, says) => secretRefused(log, { ...about(ref), trouble: says }),
    trouble: (ref, why) => secretTrouble(log, { ...about(ref), trouble: why }),
  };
}
