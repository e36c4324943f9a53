import { hash, randomInt } from "node:crypto";
import { lstat, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import type { HandedFile } from "./processes.ts";
import { codeOf } from "./why-not-started.ts";

/** Longer than any program may run that could still read its file. */
const LEFT_OVER_AFTER_MS = 30 * MINUTE_MS;
const SWEEP_EACH_MS = 30 * MINUTE_MS;

/** A file that could not be taken away, with the operating system's word for why. */
export interface LeftFile {
  readonly path: string;
  readonly code: string;
}

/**
 * Files that a program finds by a path in its arguments, named as wazuh-integratord names them. It may be at work in
 * the same folder, so what is left of a life that was cut off is known by its number: the last six digits of ours are
 * made from the rest of the name.
 */
export class HandedFiles {
  readonly #folder: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #left: (left: LeftFile) => void;
  #sweptAt: number | null = null;

  constructor(folder: string, clock: Pick<Clock, "now">, left: (left: LeftFile) => void) {
    this.#folder = folder;
    this.#clock = clock;
    this.#left = left;
  }

  /** The path. Throws what the operating system refuses, as an Error with a `code`, and then leaves nothing there. */
  async write({ name, ending, content }: HandedFile): Promise<string> {
    const seconds = Math.floor(this.#clock.now() / SECOND_MS);
    const chance = randomInt(1, 2 ** 40);
    const path = join(
      this.#folder,
      `${name}-${seconds}-${chance}${checkOf(name, `${seconds}`, `${chance}`)}.${ending}`,
    );
    // "wx": nobody who can write to the folder has put a link there that leads elsewhere.
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(content);
    } catch (error) {
      await this.remove(path);
      throw error;
    } finally {
      await file.close();
    }
    return path;
  }

  async remove(path: string): Promise<void> {
    try {
      await unlink(path);
    } catch (error) {
      // A program may have taken it away itself.
      const code = codeOf(error);
      if (code !== "ENOENT") this.#left({ path, code });
    }
  }

  /** Takes away what a life that was cut off has left, if nobody has looked for a while. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    if (this.#sweptAt !== null && Math.abs(now - this.#sweptAt) < SWEEP_EACH_MS) return;
    this.#sweptAt = now;
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter(isOurs)) {
      const path = join(this.#folder, name);
      // Gone meanwhile, most likely; what can't be looked at is looked at again by the next sweep.
      const found = await lstat(path).catch(() => null);
      const isLeft = found?.isFile() === true && found.uid === process.geteuid?.();
      if (isLeft && now - found.mtimeMs > LEFT_OVER_AFTER_MS) await this.remove(path);
    }
  }
}

function isOurs(fileName: string): boolean {
  const [, name, seconds, chance, check] =
    /^(.+)-(\d{1,12})-(\d{1,13})(\d{6})\.(?:alert|options)$/.exec(fileName) ?? [];
  if (name === undefined || seconds === undefined || chance === undefined) return false;
  return checkOf(name, seconds, chance) === check;
}

function checkOf(name: string, seconds: string, chance: string): string {
  return String(Number.parseInt(hash("sha256", `${name} ${seconds} ${chance}`, "hex").slice(0, 8), 16))
    .slice(-6)
    .padStart(6, "0");
}
