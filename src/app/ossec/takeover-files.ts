// What a takeover begins with: both files as they are, whose they are, and where the copy of before is.
import { hash } from "node:crypto";
import type { Config } from "../../config/schema.ts";
import type { Instant } from "../../core/time.ts";
import { readPlainFile } from "../../ports/plain-file.ts";
import type { Files } from "../../wazuh/move-blocks.ts";
import { OSSEC_CONF_BYTES_MOST } from "../../wazuh/ossec-conf.ts";
import type { OssecPart } from "../read-config.ts";
import { isSameFile } from "../same-file.ts";
import { type Owned, ownedBy, type Replaced } from "./replace-file.ts";

export interface TakeoverOptions {
  readonly config: Config;
  readonly configPath: string;
  readonly ossec: OssecPart | null;
  /** Null: the one of the config. */
  readonly named: string | null;
  readonly now: Instant;
}

export type TakeoverRefusal = {
  readonly kind: "refused";
  /** `nothing`: there is nothing to do. `unsafe`: it can't be done without a person. Else of `replaceFile`. */
  readonly code: "config" | "other_file" | "unreadable" | "not_accepted" | "nothing" | "unsafe" | WriteTrouble;
  readonly why: string;
};
type WriteTrouble = Extract<Replaced, { kind: "refused" }>["code"];

export interface Found {
  readonly kind: "found";
  readonly ossec: OssecPart;
  readonly paths: { readonly conf: string; readonly takenOver: string };
  readonly files: Files;
  readonly owned: Owned;
  /** Null: the file of blocks that were taken over is not there yet. */
  readonly takenOverWas: Uint8Array | null;
}

export function findFiles({ config, configPath, ossec, named }: TakeoverOptions): Found | TakeoverRefusal {
  const refused = (code: TakeoverRefusal["code"], why: string): TakeoverRefusal => ({ kind: "refused", code, why });
  if (ossec === null || config.ossecConf === null) {
    const line = `ossec_conf: ${named ?? "/var/ossec/etc/ossec.conf"}`;
    return refused(
      "config",
      `${configPath} names no ossec.conf, so nobody would send what is taken over. Add to it: ${line}`,
    );
  }
  const paths = { conf: ossec.reading.conf.path, takenOver: ossec.reading.takenOver.path };
  if (named !== null && named !== paths.conf && !isSameFile(named, paths.conf))
    return refused(
      "other_file",
      `${configPath} has ossec_conf: ${paths.conf}, and not ${named}. Name that one, or none`,
    );
  const conf = readPlainFile(paths.conf, OSSEC_CONF_BYTES_MOST);
  if (conf.kind === "unreadable") return refused("unreadable", `${paths.conf} ${conf.why}`);
  const takenOver = readPlainFile(paths.takenOver, OSSEC_CONF_BYTES_MOST);
  if (takenOver.kind === "unreadable" && takenOver.code !== "ENOENT")
    return refused("unreadable", `${paths.takenOver} ${takenOver.why}`);
  const owned = ownedBy(paths.conf);
  if (owned === null) return refused("unreadable", `${paths.conf} does not exist. Correct the path in the config`);
  // The blocks were found in what was read a moment ago.
  const isSame =
    ossec.reading.conf.found.startsWith(hash("sha256", conf.bytes)) &&
    (takenOver.kind === "unreadable" || ossec.reading.takenOver.found.startsWith(hash("sha256", takenOver.bytes)));
  if (!isSame) return refused("changed", `${paths.conf} was changed at this very moment. Run the command once more`);
  const takenOverWas = takenOver.kind === "bytes" ? takenOver.bytes : null;
  const files = { conf: conf.bytes, takenOver: takenOverWas ?? new Uint8Array() };
  return { kind: "found", ossec, paths, files, owned, takenOverWas };
}

export function readCopy(path: string): Uint8Array | null {
  const file = readPlainFile(path, OSSEC_CONF_BYTES_MOST);
  return file.kind === "bytes" ? file.bytes : null;
}

/** Only Riposte may read it: whose the socket, the database or the config is runs Riposte. */
export function ownerOf({ config, configPath }: TakeoverOptions): Owned {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const own = { mode: 0o600, uid, gid };
  if (uid !== 0) return own;
  const database = config.store.kind === "sqlite" ? [config.store.path] : [];
  const theirs = [config.socket, ...database, configPath].map(ownedBy).find((of) => of !== null);
  return theirs === undefined ? own : { mode: 0o600, uid: theirs.uid, gid: theirs.gid };
}
