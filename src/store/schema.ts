import { StoreError } from "./store.ts";

/** One step of the tables' shape. The first makes schema 1 of nothing, the next schema 2 of 1, and so on. */
export interface Migration {
  readonly sql: string;
  /** Which programs of before it may still work on the database: none, or those that know at least this schema. */
  readonly olderPrograms: "none" | { readonly from: number };
}

/** Forward only. */
export type Migrations = readonly Migration[];

/** What stands in a database about itself. */
export interface SchemaFound {
  readonly schema: number;
  /** The schema that a program must know at least. */
  readonly programsFrom: number;
}

/** Databases of an older schema than this need a program in between. */
const OLDEST_SCHEMA = 1;

/** Which programs may work on a database once these migrations have run. */
export function programsFrom(migrations: Migrations): number {
  const oldest = migrations.map(({ olderPrograms }, i) => (olderPrograms === "none" ? i + 1 : olderPrograms.from));
  return Math.max(0, ...oldest);
}

/** Throws when a program that knows the schemas up to `newest` can't work on the database; `wayBack` says what can. */
export function refuseSchema(place: string, found: SchemaFound, newest: number, wayBack: string): void {
  const { schema } = found;
  if (schema > newest && found.programsFrom > newest) {
    throw new StoreError(
      "newer",
      `${place} was last used by a newer Riposte (a program must know schema ${found.programsFrom} to work on it, and ` +
        `this one knows ${newest}): install that version again, or ${wayBack}.`,
    );
  }
  if (schema < OLDEST_SCHEMA) {
    throw new StoreError(
      "older_unsupported",
      `${place} is of a Riposte too old for this one (its schema is ${schema}, ${OLDEST_SCHEMA} is needed): start a ` +
        "version from between the two once.",
    );
  }
}
