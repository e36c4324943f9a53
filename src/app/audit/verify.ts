import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../config/schema.ts";
import type { Seal } from "../../core/audit-seal.ts";
import type { AuditRow } from "../../core/change.ts";
import { verifyAudit, type AuditFault, type AuditVerdict } from "../../core/audit-verify.ts";
import { systemClock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { openStoreReader, type StoreAddress } from "../../store/open.ts";
import type { Reader } from "../../store/queries.ts";
import { StoreError } from "../../store/store.ts";
import type { StartFailure } from "../../app.ts";
import { nameOfStore } from "../../config/store.ts";
import { openOwnSecrets } from "../secrets/own-secrets.ts";
import { storeAddressOf } from "../store-address.ts";
import { anchorFault, type Anchor } from "./anchor.ts";
import { knownKeyOf, type KnownKey } from "./signer.ts";
import { responsesDiffer } from "./responses-agree.ts";
import { verifyExport } from "./verify-export.ts";
import { rowsOf, sealsOf } from "./walk.ts";

const READ_AGAIN_MOST = 5;

export interface VerifyOptions {
  /** Null: what is verified is named. */
  readonly config: Config | null;
  /** As this user can read them, if not said. */
  readonly secrets?: Secrets;
  /** A database's file, or an export; null: the store of the config. */
  readonly place: string | null;
  /** Public keys in PEM, beside the config's. */
  readonly keys: readonly KnownKey[];
  readonly anchors: readonly Anchor[];
}

export interface VerifyReport extends Omit<AuditVerdict, "lastSeal"> {
  readonly place: string;
  readonly kind: "database" | "export";
  readonly lastSeal: Pick<Seal, "segment" | "hash" | "sealedAt" | "key"> | null;
  /** Keys that signatures were held to. */
  readonly keys: readonly string[];
  readonly anchorsHeld: number;
  /** Why the config's key could not be had; null: it could, or there is none. */
  readonly keyTrouble: string | null;
}

/** Holds the audit to its chain, its seals, its signatures, and to what others kept of it. */
export async function verify(options: VerifyOptions): Promise<VerifyReport | StartFailure> {
  const { config, place, secrets = openOwnSecrets(systemClock, config?.aws) } = options;
  const own = await ownKey(config, secrets);
  const keys = [...options.keys, ...(typeof own === "string" || own === null ? [] : [own])];
  const keyTrouble = typeof own === "string" ? own : null;
  const found = place === null ? null : statSync(place, { throwIfNoEntry: false });
  if (place !== null && found === undefined) return { code: "missing", message: `${place}: there is no such file.` };
  if (place !== null && (found?.isDirectory() === true || place.endsWith(".tar"))) {
    const verdict = verifyExport(place, keys, options.anchors);
    return "code" in verdict ? verdict : { ...verdict, place, keyTrouble, keys: keys.map(({ key }) => key) };
  }
  const address = await addressOf(options, secrets);
  if (!("kind" in address)) return address;
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return { code: reader.code, message: reader.message };
  try {
    const verdict = await verifyReader(reader, keys, options.anchors);
    const { lastSeal } = verdict;
    return {
      ...verdict,
      place: place ?? nameOfStore(config!.store),
      kind: "database",
      lastSeal:
        lastSeal === null
          ? null
          : { segment: lastSeal.segment, hash: lastSeal.hash, sealedAt: lastSeal.sealedAt, key: lastSeal.key },
      keys: keys.map(({ key }) => key),
      keyTrouble,
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { code: error.code, message: error.message };
  } finally {
    await reader.close();
  }
}

/** Over the rows of any store. */
export async function verifyReader(
  reader: Reader,
  keys: readonly KnownKey[],
  anchors: readonly Anchor[],
): Promise<AuditVerdict & { readonly anchorsHeld: number }> {
  const { install, lastId, head } = await reader.auditing.head();
  const left = new Map(anchors.map(({ segment, hash }) => [segment, hash]));
  const wrong: number[] = [];
  // A server may write meanwhile: what is behind the head is for the next time.
  async function* rows(): AsyncGenerator<AuditRow> {
    for await (const row of rowsOf(reader)) {
      if (row.id > lastId) return;
      yield row;
    }
  }
  async function* seals(): AsyncGenerator<Seal> {
    for await (const seal of sealsOf(reader)) {
      if (seal.lastId > lastId) return;
      const kept = left.get(seal.segment);
      if (kept !== undefined && !seal.hash.startsWith(kept)) wrong.push(seal.segment);
      if (kept !== undefined) left.delete(seal.segment);
      yield seal;
    }
  }
  const verdict = await verifyAudit(
    { seals: seals(), rows: rows() },
    {
      install,
      now: systemClock.now(),
      head,
      lastId,
      isSigned: (key, line, signature) => keys.find((one) => one.key === key)?.isSigned(line, signature) ?? null,
      mustBeSigned: keys.length > 0,
    },
  );
  const anchorsHeld = anchors.length - left.size - wrong.length;
  const fault =
    verdict.fault ??
    anchorFault(wrong[0] ?? null, [...left.keys()][0] ?? null) ??
    (await rowBehindHead(reader)) ??
    (await responsesDifferStill(reader));
  return { ...verdict, fault, anchorsHeld };
}

/** Read in this order: what is committed in between is counted by then. */
async function rowBehindHead({ auditing }: Reader): Promise<AuditFault | null> {
  const [newest] = await auditing.newest({ limit: 1 });
  const { lastId } = await auditing.head();
  if (newest === undefined || newest.id <= lastId) return null;
  return { segment: null, row: newest.id, says: `row ${newest.id} is behind the last that was written, row ${lastId}` };
}

/** A response that goes on between two reads is no difference: what is one is there the second time, in the same words. */
async function responsesDifferStill(reader: Reader): Promise<AuditFault | null> {
  let before = await responsesDiffer(reader);
  for (let again = 0; before !== null && again < READ_AGAIN_MOST; again += 1) {
    const now = await responsesDiffer(reader);
    if (now === null || now.says === before.says) return now;
    before = now;
  }
  return before;
}

/** A text: why it can't be had. */
async function ownKey(config: Config | null, secrets: Secrets): Promise<KnownKey | string | null> {
  if (config?.auditKey === undefined) return null;
  const found = await secrets.read(config.auditKey);
  if (found.kind === "unreadable") return found.why;
  return knownKeyOf(found.value) ?? "it is no key of Ed25519 in PEM";
}

async function addressOf({ config, place }: VerifyOptions, secrets: Secrets): Promise<StoreAddress | StartFailure> {
  if (place !== null) return { kind: "sqlite", path: resolve(place), synchronous: "full" };
  const address = await storeAddressOf(config!.store, secrets);
  if ("kind" in address && address.kind === "sqlite" && !existsSync(address.path))
    return {
      code: "missing",
      message: `${address.path}: there is no database, so no server ever ran with this config.`,
    };
  return address;
}
