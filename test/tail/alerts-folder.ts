import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A manager's alerts folder with real files: a dated file, hard-linked under the short name. */
export class AlertsFolder {
  readonly path: string;
  readonly folder: string;
  #dated = "";

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "riposte-alerts-"));
    this.path = join(this.folder, "alerts.json");
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Where the file is that Wazuh writes to now. */
  get dated(): string {
    return join(this.folder, this.#dated);
  }

  /** Goes on to the dated file of this name, as analysisd does: made first, then the short name moves. */
  linkTo(dated: string): void {
    this.#dated = dated;
    mkdirSync(dirname(this.dated), { recursive: true });
    appendFileSync(this.dated, "");
    rmSync(this.path, { force: true });
    linkSync(this.dated, this.path);
  }

  /** Through the dated name, as whoever holds it open does. */
  append(text: string | Uint8Array, dated: string = this.#dated): void {
    appendFileSync(join(this.folder, dated), text);
  }

  lines(...lines: readonly string[]): void {
    this.append(lines.map((line) => `${line}\n`).join(""));
  }

  truncate(bytes = 0): void {
    truncateSync(this.path, bytes);
  }

  /** Where it is once it is packed. */
  packed(dated: string): string {
    return join(this.folder, `${dated}.gz`);
  }

  /** What monitord does to yesterday's file. */
  pack(dated: string): void {
    const packed = gzipSync(readFileSync(join(this.folder, dated)));
    writeFileSync(this.packed(dated), packed);
    writeFileSync(join(this.folder, `${dated}.sum`), "Current checksum:\n");
    this.remove(dated);
  }

  remove(dated: string): void {
    rmSync(join(this.folder, dated), { force: true });
  }

  /** The same bytes under the same name in a new inode. */
  restore(dated: string, bytes: Uint8Array): void {
    const copy = join(this.folder, `${dated}.copy`);
    writeFileSync(copy, bytes);
    renameSync(copy, join(this.folder, dated));
    rmSync(this.path, { force: true });
    linkSync(join(this.folder, dated), this.path);
  }

  sizeBytes(): number {
    return statSync(this.path).size;
  }
}
