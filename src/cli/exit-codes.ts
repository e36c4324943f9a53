// How a command ended, for scripts. The numbers above 2 are those of sysexits.h. docs/reference/cli.md has the same
// list, and a test compares the two.

export const EXIT = {
  ok: 0,
  no: 1,
  usage: 2,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  bug: 70,
  cantCreate: 73,
  tryAgain: 75,
  notPermitted: 77,
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "understood, and the answer is no: there is no such incident or work, it does not apply now, no policy takes the alert, a test of policies failed, a replay was stopped, the audit is not what was written, there is nothing to take over or no safe way back, PostgreSQL has tools of its own for that",
  2: "the command line is not understood",
  65: "the data can't be used: an alert that is none, files without alerts, a test of policies that is none, a database that is damaged, newer than this program or not Riposte's, an export of the audit that is none, a key that is none, an ossec.conf that integratord would refuse",
  66: "there is no such file to read",
  69: "nobody answers: no server at the socket, a destination that can't be used or has not got a test, a secret that can't be read or is not taken, blocks that were moved and that no running Riposte has taken yet, a PostgreSQL that is away, a Riposte that can't be forwarded to",
  70: "a bug in Riposte",
  73: "a file or an address can't be made, written or listened on: the database, a backup, the socket, `http.listen`, the output, an export, a first config where there is one already, where a forwarder keeps its place; or too few files may be open",
  75: "not now: another Riposte has the database, or a disk is full; the same command may work later",
  77: "this user may not do that; a token or certificate that is not let in",
  78: "the config is wrong; each mistake is listed with its place, and with `check --strict` each warning",
};

/** An expected end of a command that did not do what was asked: one sentence for a person, one number for a script. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof CommandError ? error.exitCode : EXIT.bug;
}
