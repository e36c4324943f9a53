import type { CommandContext, StricliProcess } from "@stricli/core";
import type { ExitCode } from "./exit-codes.ts";

/** What a command may touch of the process that it runs in. */
export interface CliContext extends CommandContext {
  readonly process: StricliProcess & {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Partial<Record<string, string>>>;
  };
  readonly version: string;
  /** The words of a command line that somebody is typing; absent where a command is carried out. */
  readonly completing?: readonly string[];
  /** Everything that standard input has; null: it is more than so many bytes. */
  readStdin(mostBytes: number): Promise<Buffer | null>;
  /** Resolves with the name of the first signal that asks the process to end; a second one ends it at once. */
  askedToStop(): Promise<string>;
  /** From now on `reload` is called whenever the process is asked to read its config again. */
  askedToReload(reload: () => void): void;
  /** From now on what nobody caught is told to this, before the process ends. */
  tellBugsTo(tell: (error: unknown) => void): void;
  /** Ends the process where it stands. */
  exitNow(code: ExitCode): void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  getColorDepth?(env?: Readonly<Partial<Record<string, string>>>): number;
}
