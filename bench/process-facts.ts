// What the kernel says of a process.
import { readFileSync } from "node:fs";

/** The kernel's clock for these counts, on every Linux that Node runs on. */
const TICK_MS = 10;

/** Processor time of all its threads so far. */
export function cpuMs(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Processor time of all of this process's children that have ended. */
export function endedChildrenCpuMs(): number {
  const fields = statFields("self");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

function statFields(pid: number | "self"): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold blanks; the fields are counted from behind it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

export interface ResidentBytes {
  readonly now: number;
  /** The most that it ever was. */
  readonly peak: number;
  /** Without pages of files, which the kernel takes back when it needs them. */
  readonly anonymous: number;
}

export function residentBytes(pid: number): ResidentBytes {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { now: kibibytes("VmRSS"), peak: kibibytes("VmHWM"), anonymous: kibibytes("RssAnon") };
}

export function megabytes(bytes: number): number {
  return bytes / 1e6;
}
