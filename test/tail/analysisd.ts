import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AlertsFolder } from "./alerts-folder.ts";
import { alertLine } from "./rig.ts";

export type LineKind = "kept" | "ignored" | "malformed" | "too_long" | "blank";

interface Written {
  readonly kind: LineKind;
  readonly id: string;
  readonly file: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Writes as analysisd does, through a buffer that is flushed at any byte, and remembers what it wrote. */
export class Analysisd {
  readonly #alerts: AlertsFolder;
  readonly #lineBytes: number;
  readonly lines: Written[] = [];
  #buffer = Buffer.alloc(0);
  #dayAt = Date.UTC(2026, 11, 30);
  #part = 0;

  constructor(alerts: AlertsFolder, lineBytes: number) {
    this.#alerts = alerts;
    this.#lineBytes = lineBytes;
    alerts.linkTo(this.#name());
  }

  write(kind: LineKind, ending: "\n" | "\r\n"): void {
    const id = `${this.lines.length + 1}`;
    this.lines.push({ kind, id, file: this.#name() });
    this.#buffer = Buffer.concat([this.#buffer, Buffer.from(this.#text(kind, id) + ending)]);
  }

  /** Up to so many bytes of what is buffered, most often amid a line. */
  flush(bytes: number): void {
    this.#alerts.append(this.#buffer.subarray(0, bytes));
    this.#buffer = this.#buffer.subarray(bytes);
  }

  rotate(by: "day" | "size"): void {
    const old = this.#name();
    this.flush(this.#buffer.length);
    if (by === "day") [this.#dayAt, this.#part] = [this.#dayAt + 86_400_000, 0];
    else this.#part += 1;
    this.#alerts.linkTo(this.#name());
    // Wazuh keeps no empty file.
    if (statSync(join(this.#alerts.folder, old)).size === 0) this.#alerts.remove(old);
  }

  restart(): void {
    this.flush(this.#buffer.length);
    this.#alerts.linkTo(this.#name());
  }

  truncate(): void {
    this.flush(this.#buffer.length);
    this.#alerts.truncate();
  }

  /** Packs all files but the current one; which they were. */
  pack(): readonly string[] {
    const old = new Set(this.lines.map((line) => line.file).filter((file) => file !== this.#name()));
    const packed = [...old].filter((file) => existsSync(join(this.#alerts.folder, file)));
    for (const file of packed) this.#alerts.pack(file);
    return packed;
  }

  get currentFile(): string {
    return this.#name();
  }

  #name(): string {
    const day = new Date(this.#dayAt);
    const part = this.#part === 0 ? "" : `-${String(this.#part).padStart(3, "0")}`;
    const date = String(day.getUTCDate()).padStart(2, "0");
    return `${day.getUTCFullYear()}/${MONTHS[day.getUTCMonth()] ?? ""}/ossec-alerts-${date}${part}.json`;
  }

  #text(kind: LineKind, id: string): string {
    switch (kind) {
      case "kept":
        return alertLine(id, { bytes: 150 + ((Number(id) * 37) % 500) });
      case "ignored":
        return alertLine(id, { level: 3 });
      case "malformed":
        return `{"half":${id}`;
      case "too_long":
        return `{"long":${id},${"x".repeat(this.#lineBytes + ((Number(id) * 997) % 3_000))}`;
      case "blank":
        return "";
    }
  }
}
