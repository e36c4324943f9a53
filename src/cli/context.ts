import type { CommandContext } from "@stricli/core";

/** What a command may touch of the process that it runs in. */
export interface CliContext extends CommandContext {
  readonly process: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | null | undefined;
  };
  readonly version: string;
  /** Everything that standard input has; null: it is more than so many bytes. */
  readStdin(mostBytes: number): Promise<Buffer | null>;
  /** Resolves with the name of the first signal that asks the process to end; a second one ends it at once. */
  askedToStop(): Promise<string>;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  getColorDepth?(env?: Readonly<Partial<Record<string, string>>>): number;
}
