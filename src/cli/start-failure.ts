import type { StartFailure } from "../app.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";

/** By the store's codes and those of the doors. */
const CODES: Readonly<Record<string, ExitCode>> = {
  locked: EXIT.tryAgain,
  full: EXIT.tryAgain,
  corrupt: EXIT.badData,
  newer: EXIT.badData,
  older_unsupported: EXIT.badData,
  not_ours: EXIT.badData,
  other_tool: EXIT.no,
  missing: EXIT.noInput,
  secret_unreadable: EXIT.noInput,
  unreachable: EXIT.unavailable,
  secret_away: EXIT.unavailable,
  denied: EXIT.notPermitted,
  network_file_system: EXIT.cantCreate,
  unwritable: EXIT.cantCreate,
  cannot_listen: EXIT.cantCreate,
  too_few_files: EXIT.cantCreate,
};

export function startFailed({ code, message }: StartFailure): CommandError {
  return new CommandError(CODES[code] ?? EXIT.bug, message);
}
