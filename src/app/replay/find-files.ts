import { readdirSync, statSync, type Stats } from "node:fs";
import { basename, join, resolve } from "node:path";
import { openAlertFile } from "./alert-file.ts";

/** A file of alerts, plain or packed. */
export interface AlertPath {
  readonly path: string;
  readonly sizeBytes: number;
}

export type FoundFiles =
  | { readonly kind: "found"; readonly files: readonly AlertPath[]; readonly sizeBytes: number }
  | { readonly kind: "not_found"; readonly why: "missing" | "not_permitted" | "no_alerts"; readonly says: string };

/** `logs/alerts/2026/Nov/ossec-alerts-26.json` is four levels below `logs`. */
const MOST_FOLDERS_DOWN = 4;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DATED = /\/(\d{4})\/([A-Z][a-z]{2})\/ossec-alerts-(\d\d)(?:-(\d{1,6}))?\.json(?:\.gz)?$/;
const IN_FOLDER = /^(?:ossec-alerts-\d\d(?:-\d{1,6})?\.json(?:\.gz)?|alerts\.json)$/;

interface Candidate extends AlertPath {
  /** Two names of one file are one. */
  readonly inode: string;
}

/** The files that are meant, each once, in the order in which Wazuh wrote them. */
export async function findFiles(named: readonly string[]): Promise<FoundFiles> {
  const found = new Map<string, Candidate>();
  for (const path of named) {
    const below = candidatesAt(resolve(path), path);
    if ("kind" in below) return below;
    for (const file of below) found.set(file.inode, found.get(file.inode) ?? file);
  }
  const files = withoutPackedTwins([...found.values()]);
  const placed: { readonly file: AlertPath; readonly place: Place }[] = [];
  for (const file of files) placed.push({ file, place: await placeOf(file.path) });
  const inOrder = placed.toSorted((a, b) => a.place.at - b.place.at || a.place.part - b.place.part);
  const ordered = inOrder.map(({ file: { path, sizeBytes } }) => ({ path, sizeBytes }));
  return { kind: "found", files: ordered, sizeBytes: ordered.reduce((sum, file) => sum + file.sizeBytes, 0) };
}

function candidatesAt(path: string, named: string): readonly Candidate[] | Extract<FoundFiles, { kind: "not_found" }> {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return [candidate(path, stat)];
    const files = filesBelow(path, MOST_FOLDERS_DOWN);
    if (files.length > 0) return files;
    const says = `${named}: a folder without alerts. Name Wazuh's logs/alerts, a year or a month below it, or files of alerts`;
    return { kind: "not_found", why: "no_alerts", says };
  } catch (error) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    const says = isMissing
      ? `${named}: there is no such file. Name Wazuh's logs/alerts, or files of alerts`
      : `${named}: can't be read (${code}). Run this as a user who may, such as a member of the group wazuh`;
    return { kind: "not_found", why: isMissing ? "missing" : "not_permitted", says };
  }
}

/** In a folder only what bears a name of Wazuh's is taken for alerts: `archives.json` and others lie beside it. */
function filesBelow(folder: string, levels: number): readonly Candidate[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return levels === 0 ? [] : filesBelow(path, levels - 1);
    return IN_FOLDER.test(entry.name) ? [candidate(path, statSync(path))] : [];
  });
}

function candidate(path: string, stat: Stats): Candidate {
  return { path, sizeBytes: stat.size, inode: `${stat.dev}:${stat.ino}` };
}

/** While Wazuh packs a file both are there, and the plain one is still whole. */
function withoutPackedTwins(files: readonly Candidate[]): readonly Candidate[] {
  const paths = new Set(files.map(({ path }) => path));
  return files.filter(({ path }) => !path.endsWith(".gz") || !paths.has(path.slice(0, -".gz".length)));
}

interface Place {
  readonly at: number;
  readonly part: number;
}

/** When the file begins: by its dated name, else by its first alert; last where neither tells. */
async function placeOf(path: string): Promise<Place> {
  const [, year, month = "", day, part = "0"] = DATED.exec(path) ?? [];
  if (year !== undefined && MONTHS.includes(month)) {
    return { at: Date.UTC(Number(year), MONTHS.indexOf(month), Number(day)), part: Number(part) };
  }
  const [, partOfName = "0"] = /-(\d{1,6})\.json/.exec(basename(path)) ?? [];
  return { at: (await firstStampOf(path)) ?? Infinity, part: Number(partOfName) };
}

async function firstStampOf(path: string): Promise<number | null> {
  const file = openAlertFile(path);
  if (file.kind !== "open") return null;
  try {
    return await file.firstStamp();
  } finally {
    file.close();
  }
}
