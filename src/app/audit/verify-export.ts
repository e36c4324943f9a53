import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { sha256 } from "../../core/sha256.ts";
import type { AuditFault } from "../../core/audit-verify.ts";
import type { StartFailure } from "../../app.ts";
import { anchorFault, type Anchor } from "./anchor.ts";
import { fieldsOf } from "./fields-of.ts";
import type { KnownKey } from "./signer.ts";
import { readTar } from "./tar.ts";
import type { VerifyReport } from "./verify.ts";

/** The same as the script in the export does, and with keys and seals that came another way. */
export function verifyExport(
  place: string,
  keys: readonly KnownKey[],
  anchors: readonly Anchor[],
): Omit<VerifyReport, "place" | "keyTrouble" | "keys"> | StartFailure {
  const files = filesIn(place);
  if (files === null || !files.has("SHA256SUMS") || !files.has("audit/seals.jsonl"))
    return { code: "not_ours", message: `${place} is no export of an audit.` };
  const check = new Check(files, keys);
  const says = check.sums() ?? check.seals(anchors) ?? check.rows();
  return { fault: says, kind: "export", ...check.counts() };
}

class Check {
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #keys: readonly KnownKey[];
  readonly #counts = { rows: 0, segments: 0, gone: 0, unsealed: 0, foundRows: 0, signed: 0, signaturesChecked: 0 };
  #anchorsHeld = 0;
  #last: VerifyReport["lastSeal"] = null;
  #head = "";

  constructor(files: ReadonlyMap<string, Buffer>, keys: readonly KnownKey[]) {
    this.#files = files;
    this.#keys = keys;
  }

  counts() {
    return { ...this.#counts, anchorsHeld: this.#anchorsHeld, lastSeal: this.#last, head: this.#head };
  }

  sums(): AuditFault | null {
    const listed = new Set<string>();
    const sums = this.#files.get("SHA256SUMS")!;
    for (const line of linesOf(sums)) {
      const [, want, name = ""] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      listed.add(name);
      const content = this.#files.get(name);
      if (content === undefined) return fault(`${name} is missing`);
      if (hash("sha256", content) !== want) return fault(`${name} is not the file that was exported`);
    }
    for (const name of this.#files.keys()) {
      const [, key] = /^SHA256SUMS\.([0-9a-f]+)\.sig$/.exec(name) ?? [];
      if (name === "SHA256SUMS" || listed.has(name)) continue;
      if (key === undefined) return fault(`${name} was not exported`);
      const known = this.#keys.find((one) => one.key === key);
      if (known !== undefined && !known.isSigned(sums.toString(), this.#files.get(name)!.toString("base64")))
        return fault(`the export was not signed with key ${key}`);
    }
    return null;
  }

  seals(anchors: readonly Anchor[]): AuditFault | null {
    const signatures = linesOf(this.#files.get("audit/signatures.txt") ?? Buffer.alloc(0));
    const left = new Map(anchors.map(({ segment, hash: kept }) => [segment, kept]));
    let isProven = true;
    for (const [i, line] of linesOf(this.#files.get("audit/seals.jsonl")!).entries()) {
      const { segment = 0, previous, rows, sealedAt = 0 } = fieldsOf<SealFields>(line);
      const own = sha256(line);
      const [n, kept, key = "-", signature = "-"] = (signatures[i] ?? "").split(" ");
      const says = (text: string): AuditFault => ({ segment, row: null, says: text });
      if (this.#last !== null && segment !== this.#last.segment + 1)
        return says(`the seal of segment ${this.#last.segment + 1} is missing`);
      if ((this.#last !== null || segment === 1) && previous !== (this.#last?.hash ?? ""))
        return says(`the seal of segment ${segment} does not follow the one before`);
      if (n !== String(segment) || kept !== own) return says(`the seal of segment ${segment} is not as it was written`);
      const manifest = this.#files.get(`audit/segments/${String(segment).padStart(6, "0")}.txt`);
      if (manifest !== undefined && hash("sha256", manifest) !== rows)
        return says(`the rows of segment ${segment} are not those that were sealed`);
      const anchor = left.get(segment);
      if (anchor !== undefined && !own.startsWith(anchor)) return anchorFault(segment, null);
      if (anchor !== undefined) this.#anchorsHeld += 1;
      left.delete(segment);
      const known = this.#keys.find((one) => one.key === key);
      if (known?.isSigned(line, signature) === false)
        return says(`the seal of segment ${segment} has a signature that key ${key} did not make`);
      isProven = known !== undefined;
      this.#counts.segments += 1;
      this.#counts.signed += key === "-" ? 0 : 1;
      this.#counts.signaturesChecked += known === undefined ? 0 : 1;
      this.#last = { segment, hash: own, sealedAt, key: key === "-" ? null : key };
    }
    if (!isProven && this.#keys.length > 0)
      return fault("the last seal is not signed with a key that was given", this.#last?.segment);
    return anchorFault(null, [...left.keys()][0] ?? null);
  }

  rows(): AuditFault | null {
    let before = { id: -1, hash: "" };
    const names = [...this.#files.keys()].filter((name) => name.startsWith("audit/rows/")).toSorted();
    for (const name of names) {
      const [, segment = ""] = /([^/]+)\.jsonl$/.exec(name) ?? [];
      const manifest = this.#files.get(`audit/segments/${segment}.txt`);
      const sealed = manifest === undefined ? null : new Set(linesOf(manifest));
      for (const line of linesOf(this.#files.get(name)!)) {
        const { id = 0, before: follows } = fieldsOf<{ readonly id: number; readonly before: string }>(line);
        const own = sha256(line);
        const says = (text: string): AuditFault => ({ segment: Number(segment) || null, row: id, says: text });
        if (segment !== "unsealed" && sealed?.has(`${id} ${own}`) !== true)
          return says(`row ${id} is not the one that was sealed`);
        if (id === before.id + 1 && follows !== before.hash && follows !== "")
          return says(`row ${id} does not follow row ${before.id}`);
        before = { id, hash: own };
        this.#counts.rows += 1;
        if (segment === "unsealed") this.#counts.unsealed += 1;
      }
    }
    this.#head = before.hash;
    return null;
  }
}

interface SealFields {
  readonly segment: number;
  readonly previous: string;
  readonly rows: string;
  readonly sealedAt: number;
}

function fault(says: string, segment: number | null = null): AuditFault {
  return { segment, row: null, says };
}

function linesOf(content: Buffer): string[] {
  return content.toString().split("\n").slice(0, -1);
}

/** Null: an archive that can't be read. */
function filesIn(place: string): ReadonlyMap<string, Buffer> | null {
  if (place.endsWith(".tar")) {
    const files = readTar(readFileSync(place));
    if (files === null) return null;
    // Whoever packs a folder packs its name as well.
    const sums = files.find(({ name }) => name === "SHA256SUMS" || name.endsWith("/SHA256SUMS"))?.name ?? "";
    const under = sums.slice(0, -"SHA256SUMS".length);
    return new Map(files.map(({ name, content }) => [name.slice(name.startsWith(under) ? under.length : 0), content]));
  }
  const found = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    found.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(place, path), readFileSync(path)];
    }),
  );
}
