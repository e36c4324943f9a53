import { CommandError, EXIT } from "./exit-codes.ts";
import type { CliContext } from "./context.ts";
import { loadOrRefuse } from "./load-config.ts";

export interface ServeFlags {
  readonly config?: string;
  readonly log: "debug" | "info" | "warn" | "error";
  readonly logFormat?: "json" | "text";
}
