/** Runs programs of the user's, so that a test can stand in for the machine. */
export interface Processes {
  /** Always ends, soon after the deadline at the latest. */
  run(request: RunRequest): Promise<RunEnd>;
  /** Why the program could not be run now, in one sentence with what to do; null: nothing speaks against it. */
  whyNot(program: Program): Promise<string | null>;
}

export interface Program {
  /** What it runs in. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly path: string;
}

export interface RunRequest extends Program {
  /** What it is told that it is called; where its first line names an interpreter, that is told its path instead. */
  readonly argv0: string;
  readonly args: readonly (string | HandedFile)[];
  /** Beside the little that every program gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Then it is ended with all that it started. */
  readonly deadlineMs: number;
  /** Texts that are taken out of what it writes. */
  readonly hide: readonly string[];
}

/** A file that is there while the program runs, `NAME-EPOCH-NUMBER.ENDING`: the argument is its path. */
export interface HandedFile {
  readonly name: string;
  readonly ending: "alert" | "options";
  readonly content: string;
}

export type RunEnd =
  /** It did nothing. `why` is one sentence with what to do. */
  | { readonly kind: "not_started"; readonly why: string }
  | { readonly kind: "exited"; readonly code: number; readonly output: string }
  /** By somebody else. */
  | { readonly kind: "killed"; readonly signal: string; readonly output: string }
  /** By us. What it had done by then is unknown. */
  | { readonly kind: "ended_by_us"; readonly why: EndedByUs; readonly output: string };

export type EndedByUs =
  | "deadline"
  /** More than anybody would read. */
  | "flood"
  /** Riposte stops. */
  | "stopping";
