// Writes an alerts.json the way analysisd does: a dated file, hard-linked under the short name, through a buffer that
// is flushed about once a second, so that a reader often finds half a line at the end.
import { closeSync, fstatSync, linkSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { monthName } from "./sample/alert-line.ts";

/** What stdio writes at a time when its buffer is full. */
const BUFFER_BYTES = 4_096;

export interface AlertsFileOptions {
  /** The short name, `…/alerts/alerts.json`. */
  readonly path: string;
  /** A size at which the next file begins (`<max_output_size>`). */
  readonly maxFileBytes: number;
  /** Of the files that this run has written to, how many stay. Wazuh deletes none; a sample left running all night would fill a disk. */
  readonly keptFiles: number;
}

export interface AlertsFile {
  /** Bytes of the current file, buffered ones included. */
  sizeBytes(): number;
  append(line: string, at: number): void;
  flush(): void;
  close(): void;
}

export function openAlertsFile(options: AlertsFileOptions, now: number): AlertsFile {
  const { path, maxFileBytes, keptFiles } = options;
  const begun: string[] = [];
  let day = dayOf(now);
  let dated = join(folderOf(path, now), latestName(folderOf(path, now), now));
  let descriptor = openDated();
  let writtenBytes = fstatSync(descriptor).size;
  let buffered = Buffer.alloc(0);

  function openDated(): number {
    mkdirSync(dirname(dated), { recursive: true, mode: 0o750 });
    const opened = openSync(dated, "a", 0o640);
    // Between these two calls there is no alerts.json at all, as on a real manager.
    rmSync(path, { force: true });
    linkSync(dated, path);
    begun.push(dated);
    for (const old of begun.splice(0, begun.length - keptFiles)) rmSync(old, { force: true });
    return opened;
  }

  function rotate(at: number): void {
    flush();
    closeSync(descriptor);
    const folder = folderOf(path, at);
    dated = join(folder, dayOf(at) === day ? nextName(basename(dated)) : latestName(folder, at));
    day = dayOf(at);
    descriptor = openDated();
    writtenBytes = fstatSync(descriptor).size;
  }

  function write(bytes: Buffer): void {
    let done = 0;
    while (done < bytes.length) done += writeSync(descriptor, bytes, done);
    writtenBytes += bytes.length;
  }

  function append(line: string, at: number): void {
    if (dayOf(at) !== day || writtenBytes + buffered.length >= maxFileBytes) rotate(at);
    buffered = Buffer.concat([buffered, Buffer.from(`${line}\n`)]);
    const full = buffered.length - (buffered.length % BUFFER_BYTES);
    if (full === 0) return;
    write(buffered.subarray(0, full));
    buffered = Buffer.from(buffered.subarray(full));
  }

  function flush(): void {
    if (buffered.length === 0) return;
    write(buffered);
    buffered = Buffer.alloc(0);
  }

  function close(): void {
    flush();
    closeSync(descriptor);
  }

  return { sizeBytes: () => writtenBytes + buffered.length, append, flush, close };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function folderOf(path: string, at: number): string {
  return join(dirname(path), dayOf(at).slice(0, 4), monthName(at));
}

/** A restart on the same day goes on in that day's newest file. */
function latestName(folder: string, at: number): string {
  const first = `ossec-alerts-${dayOf(at).slice(8)}.json`;
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const sameDay = readdirSync(folder).filter((name) => name.startsWith(first.slice(0, -5)) && name.endsWith(".json"));
  return (
    sameDay
      .filter((name) => name !== first)
      .sort()
      .at(-1) ?? first
  );
}

/** `ossec-alerts-23.json`, then `ossec-alerts-23-001.json`, `-002`, … */
function nextName(name: string): string {
  const parts = /^(ossec-alerts-\d\d)(?:-(\d+))?\.json$/.exec(name);
  if (parts === null) throw new Error(`not a dated alerts file: ${name}`);
  return `${parts[1]}-${String(Number(parts[2] ?? 0) + 1).padStart(3, "0")}.json`;
}
