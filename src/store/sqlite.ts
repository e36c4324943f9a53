import { closeSync, openSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Change } from "../core/change.ts";
import type { Facts, Need } from "../core/need.ts";
import type { Instant } from "../core/time.ts";
import { prepareApply } from "./apply.ts";
import { Claimer } from "./claim.ts";
import { takeEngineLock, type EngineLock } from "./engine-lock.ts";
import { FactReader } from "./facts.ts";
import { fileSystemOf, networkFileSystem } from "./file-system.ts";
import { identify } from "./identity.ts";
import { migrate, MIGRATIONS, type Migrations } from "./migrate.ts";
import { StoreError, type Claim, type ClaimQuery, type Store } from "./store.ts";
import { transaction } from "./transaction.ts";
import { troubleWith } from "./trouble.ts";

export interface SqliteOptions {
  readonly path: string;
  /** `full` loses nothing that was answered, even when the power fails; the others are for tests and simulators. */
  readonly synchronous: "full" | "normal" | "off";
  /** The id of the database, should it have to be created: eight of a-z and 0-9. */
  readonly newInstall: string;
  /** Those of this program, unless a test says others. */
  readonly migrations?: Migrations;
  /** What statfs calls the file system of a folder. */
  readonly fileSystemOf?: (folder: string) => number;
}
