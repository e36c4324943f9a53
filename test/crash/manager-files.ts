import { appendFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Chance } from "../sim/chance.ts";

/** A manager's alerts as analysisd writes them: flushed in the middle of a line, renamed at midnight, packed the day after. */
export class ManagerFiles {
  /** `alerts.json`. */
  readonly path: string;
  readonly #folder: string;
  readonly #random: Chance;
  #day = 23;
  #written = 0;
  #unflushed = "";

  constructor(folder: string, random: Chance) {
    this.#folder = folder;
    this.#random = random;
    this.path = join(folder, "alerts.json");
    mkdirSync(join(folder, "2026", "Nov"), { recursive: true });
    this.#link();
  }

  /** Alerts, numbered from 1 in their ids. */
  get written(): number {
    return this.#written;
  }

  write(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#written += 1;
      const stamp = new Date(Date.UTC(2026, 10, 23) + this.#written * 10).toISOString().replace("Z", "+0000");
      const rule = { level: 10, description: "sshd: brute force", id: "5712" };
      this.#unflushed += `${JSON.stringify({ timestamp: stamp, rule, id: `1795435200.${this.#written}` })}\n`;
    }
    const flushed = this.#unflushed.length - Math.floor(this.#random() * 60);
    appendFileSync(this.#dated, this.#unflushed.slice(0, flushed));
    this.#unflushed = this.#unflushed.slice(flushed);
  }

  finishLine(): void {
    appendFileSync(this.#dated, this.#unflushed);
    this.#unflushed = "";
  }

  midnight(): void {
    this.finishLine();
    this.#day += 1;
    rmSync(this.path);
    this.#link();
  }

  packYesterday(): void {
    const path = this.#datedOf(this.#day - 1);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    rmSync(path);
  }

  get #dated(): string {
    return this.#datedOf(this.#day);
  }

  #datedOf(day: number): string {
    return join(this.#folder, "2026", "Nov", `ossec-alerts-${day}.json`);
  }

  #link(): void {
    appendFileSync(this.#dated, "");
    linkSync(this.#dated, this.path);
  }
}
