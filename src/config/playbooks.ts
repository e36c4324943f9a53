import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Playbook } from "../core/playbook.ts";
import type { Loaded } from "./load.ts";
import { nameTrouble } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { readPlaybookText } from "./playbook-text.ts";
import type { ConfigError, Problem } from "./problem.ts";
import { readTextFile } from "./read-file.ts";

export interface WhichPlaybooks {
  /** The config's file: playbooks are in the folder `playbooks` beside it, unless it says another. */
  readonly configPath: string;
  /** A playbook that is nowhere is only told of, since the config itself has been in force before. */
  readonly isRescue?: boolean;
}

/** Of more nobody reads a tenth while something burns. */
const PLAYBOOK_BYTES_MOST = 65_536;
const SHIPPED = fileURLToPath(new URL("../../playbooks/", import.meta.url));

/**
 * The config with the playbooks that its policies name: from the user's folder, or else those that come with Riposte.
 * One that is nowhere is a mistake like any other; one that can't be read is told of, and everything else goes on.
 */
export function withPlaybooks(loaded: Loaded, { configPath, isRescue = false }: WhichPlaybooks): Loaded {
  if (loaded.kind === "refused") return loaded;
  const { config, locate } = loaded;
  const folder = config.playbookFolder ?? join(dirname(resolve(configPath)), "playbooks");
  const noFolder = config.playbookFolder === undefined ? null : folderTrouble(folder);
  const playbooks: Record<string, Playbook> = {};
  const errors: ConfigError[] = [];
  const nowhere: Problem[] = [];
  if (noFolder !== null) errors.push(locate({ path: ["playbooks"], at: "value", says: noFolder }));
  for (const [i, { terms }] of config.policies.entries()) {
    const name = terms.playbook;
    if (name === undefined || Object.hasOwn(playbooks, name)) continue;
    const found = findPlaybook(name, folder);
    if (found !== null) {
      playbooks[name] = found.playbook;
      errors.push(...found.errors);
      continue;
    }
    const names = [...new Set([...namesIn(folder), ...namesIn(SHIPPED)])].toSorted();
    const says = `no playbook of this name${didYouMean(name, names) || `. There are: ${names.join(", ")}`}`;
    const problem: Problem = { path: ["policies", i, "playbook"], at: "value", says };
    if (noFolder === null && !isRescue) nowhere.push(problem);
    else {
      playbooks[name] = { kind: "unreadable", name, says: noFolder ?? "there is no such file" };
      errors.push(locate(problem));
    }
  }
  if (nowhere.length > 0) return { kind: "refused", errors: nowhere.map(locate) };
  return { ...loaded, config: { ...config, playbooks }, playbookErrors: errors };
}

interface Found {
  readonly playbook: Playbook;
  readonly errors: readonly ConfigError[];
}

/** A file of the user's stands before ours of the same name, also when it can't be read: he meant his. */
function findPlaybook(name: string, folder: string): Found | null {
  for (const path of [join(folder, `${name}.md`), join(SHIPPED, `${name}.md`)]) {
    const read = readTextFile(path, PLAYBOOK_BYTES_MOST);
    if (read.kind === "missing") continue;
    if (read.kind === "unreadable") return broken(name, path, [{ line: 1, column: 1, says: read.why }]);
    const parsed = readPlaybookText(read.text, name);
    return parsed.kind === "read" ? { playbook: parsed.playbook, errors: [] } : broken(name, path, parsed.mistakes);
  }
  return null;
}

function broken(name: string, file: string, mistakes: readonly Pick<ConfigError, "line" | "column" | "says">[]): Found {
  const [first] = mistakes;
  const says = first === undefined ? "it can't be read" : `line ${first.line}: ${first.says}`;
  return {
    playbook: { kind: "unreadable", name, says },
    errors: mistakes.map((mistake) => ({ file, path: "", ...mistake })),
  };
}

function folderTrouble(folder: string): string | null {
  try {
    readdirSync(folder);
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return "there is no such folder";
    if (code === "ENOTDIR") return "is not a folder";
    return `the folder can't be read (${code}). Give the user that Riposte runs as read access`;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).flatMap((file) => (file.endsWith(".md") ? [file.slice(0, -3)] : []));
    return names.filter((name) => nameTrouble(name) === null);
  } catch {
    return [];
  }
}
