import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  renameSync,
  writeSync,
} from "node:fs";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../core/sha256.ts";
import { hash } from "node:crypto";
import { TAR_END, tarEntry } from "./tar.ts";

/** Where an export goes: a folder that is made for it, or an archive. Under its name only once it is whole. */
export interface ExportPlace {
  add(name: string, content: string | Buffer): void;
  /** Names and hashes of what was added so far, as `sha256sum` has them. */
  sums(): string;
  done(): void;
  /** Takes away what was begun. */
  undo(): void;
}

/** A text: why nothing can be written there. */
export function openExportPlace(out: string, atMs: number): ExportPlace | string {
  if (existsSync(out) && !isEmptyFolder(out)) return `${out} is there already: name another place.`;
  if (!existsSync(dirname(out))) return `${dirname(out)} is no folder that is there: make it first.`;
  try {
    return out.endsWith(".tar") ? new Archive(out, atMs) : new Folder(out);
  } catch (error) {
    return `${out} can't be written (${(error as Error).message}).`;
  }
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

class Sums {
  readonly #lines: string[] = [];

  note(name: string, content: string | Buffer): void {
    const digest = typeof content === "string" ? sha256(content) : hash("sha256", content);
    this.#lines.push(`${digest}  ${name}\n`);
  }
  sums(): string {
    return this.#lines.join("");
  }
}

class Folder extends Sums implements ExportPlace {
  readonly #out: string;
  readonly #begun: string;

  constructor(out: string) {
    super();
    this.#out = out;
    this.#begun = `${out}.unfinished`;
    rmSync(this.#begun, { recursive: true, force: true });
    mkdirSync(this.#begun, { mode: 0o700 });
  }

  add(name: string, content: string | Buffer): void {
    const path = join(this.#begun, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    if (name.endsWith(".sh")) chmodSync(path, 0o700);
    this.note(name, content);
  }
  done(): void {
    rmSync(this.#out, { recursive: true, force: true });
    renameSync(this.#begun, this.#out);
  }
  undo(): void {
    rmSync(this.#begun, { recursive: true, force: true });
  }
}

class Archive extends Sums implements ExportPlace {
  readonly #out: string;
  readonly #begun: string;
  readonly #file: number;
  readonly #atMs: number;

  constructor(out: string, atMs: number) {
    super();
    this.#out = out;
    this.#atMs = atMs;
    this.#begun = `${out}.unfinished`;
    rmSync(this.#begun, { force: true });
    this.#file = openSync(this.#begun, "wx", 0o600);
  }

  add(name: string, content: string | Buffer): void {
    writeSync(this.#file, tarEntry({ name, content: Buffer.from(content) }, this.#atMs));
    this.note(name, content);
  }
  done(): void {
    writeSync(this.#file, TAR_END);
    closeSync(this.#file);
    renameSync(this.#begun, this.#out);
  }
  undo(): void {
    closeSync(this.#file);
    rmSync(this.#begun, { force: true });
  }
}
