import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NO_POSTGRES } from "../../test/fixtures/postgres-binaries.ts";
import { PostgresServer } from "../../test/fixtures/postgres-server.ts";
import { TEXT_COLUMNS } from "./columns.ts";
import { MIGRATIONS } from "./migrate.ts";
import { POSTGRES_CLAIM_SQL } from "./postgres-claim.ts";
import { POSTGRES_FACT_SQL } from "./postgres-fact-sql.ts";
import { SESSION_SETTINGS } from "./postgres-session.ts";

const server = await PostgresServer.start();
let client: Client;

beforeAll(async () => {
  if (server === null) return;
  client = new Client({ connectionString: await server.database() });
  await client.connect();
  // What a statement gets that was prepared once and for all.
  await client.query(`${SESSION_SETTINGS}; SET plan_cache_mode = force_generic_plan`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Node[];
}

/** How PostgreSQL means to find the rows: the tables with their indexes, and what is sorted. */
async function planOf(sql: string): Promise<string[]> {
  const count = new Set(sql.match(/\$\d/g)).size;
  const values = count === 0 ? "" : `(${Array(count).fill("NULL").join(", ")})`;
  await client.query(`DEALLOCATE ALL; PREPARE asked AS ${sql}`);
  const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Node }] }>(
    `EXPLAIN (FORMAT JSON) EXECUTE asked${values}`,
  );
  return stepsOf(rows[0]!["QUERY PLAN"][0].Plan).toSorted();
}

function stepsOf(node: Node): string[] {
  const { "Node Type": type, "Relation Name": table, "Index Name": index, Plans: inner = [] } = node;
  const steps = inner.flatMap(stepsOf);
  if (type.includes("Sort")) steps.push("sort");
  if (index !== undefined) steps.push(`${index}${node["Index Cond"] === undefined ? "" : " (by condition)"}`);
  else if (table !== undefined && !type.startsWith("Bitmap")) steps.push(`${type} of ${table}`);
  return steps;
}

const facts: Readonly<Record<keyof typeof POSTGRES_FACT_SQL, readonly string[]>> = {
  // The one table of one row.
  counters: ["Seq Scan of meta"],
  lastSeal: ["seal_pkey"],
  // As many rows as there were configs.
  lastConfig: ["Seq Scan of snapshot", "sort"],
  sources: ["sort", "source_pkey (by condition)"],
  lanes: ["lane_pkey (by condition)", "sort"],
  alerts: ["alert_pkey (by condition)", "sort"],
  incidents: ["incident_pkey (by condition)", "sort"],
  newestOfGroups: ["incident_group (by condition)"],
  // Sorted are those of one instant.
  due: ["incident_timer (by condition)", "sort"],
  dueOfOthers: [...times(2, "incident_timer (by condition)"), "sort"],
  surges: ["sort", "surge_pkey (by condition)"],
  masses: ["mass_pkey (by condition)", "sort"],
  works: ["sort", "work_pkey (by condition)"],
  receipts: ["receipt_pkey (by condition)", "sort"],
  attempts: ["attempt_pkey (by condition)", "sort"],
  attemptsOfSteps: ["attempt_incident (by condition)"],
  openAttempts: ["attempt_open"],
  live: times(2, "work_state (by condition)"),
  dead: ["work_state (by condition)"],
  hushed: ["sort", "work_state (by condition)"],
  silences: ["silence_pkey (by condition)", "sort"],
  // Few, and asked for at a start.
  allSilences: ["silence_pkey"],
  silenceCount: ["silence_pkey"],
  openOf: ["incident_group (by condition)", "sort"],
  actions: ["action_pkey (by condition)", "action_pkey (by condition)"],
  dueActions: ["action_timer (by condition)", "sort"],
  dueReminders: ["reminder_timer (by condition)", "sort"],
  dueRemindersOfOthers: [...times(2, "reminder_timer (by condition)"), "sort"],
  digests: ["digest_pkey (by condition)", "sort"],
  dueActionsOfOthers: [...times(2, "action_timer (by condition)"), "sort"],
  windows: ["live_window_pkey (by condition)", "sort"],
  dueWindows: ["live_window_timer (by condition)", "sort"],
  dueWindowsOfOthers: [...times(2, "live_window_timer (by condition)"), "sort"],
  windowBooks: ["sort", "window_book_pkey (by condition)"],
};

const claims: Readonly<Record<keyof typeof POSTGRES_CLAIM_SQL, readonly string[]>> = {
  // Sorted are the few of each priority that were found.
  due: ["sort", "work_due (by condition)"],
  lost: ["sort", "work_state (by condition)"],
  nextDue: ["work_due (by condition)"],
  lane: ["lane_pkey (by condition)"],
  incidents: ["incident_pkey (by condition)"],
  moments: ["moment_pkey (by condition)", "sort"],
  firstRaw: ["body_pkey (by condition)"],
  newestRaw: [...times(2, "body_pkey (by condition)"), "incident_pkey (by condition)"],
  masses: ["mass_pkey (by condition)"],
  // Sorted are those that were found.
  members: ["incident_member (by condition)", "sort"],
  receipts: ["receipt_pkey (by condition)", "sort"],
  allInDigest: ["incident_pkey (by condition)", "sort", "told_in_digest (by condition)"],
  digest: ["digest_pkey (by condition)"],
  works: ["work_pkey (by condition)"],
  digested: ["incident_pkey (by condition)", "sort", "told_in_digest (by condition)"],
  inDigests: ["incident_pkey (by condition)", "sort", "told_in_digest (by condition)"],
  attempts: ["attempt_pkey (by condition)"],
  responses: ["response_incident (by condition)"],
};

function times(count: number, step: string): string[] {
  return Array(count).fill(step) as string[];
}

describe.skipIf(server === null)(server === null ? NO_POSTGRES : "PostgreSQL", () => {
  describe("what the Writer asks is found by an index", () => {
    it.each(Object.entries(facts))("facts: %s", async (name, plan) => {
      expect(await planOf(POSTGRES_FACT_SQL[name as keyof typeof facts])).toEqual(plan);
    });

    it.each(Object.entries(claims))("claim: %s", async (name, plan) => {
      expect(await planOf(POSTGRES_CLAIM_SQL[name as keyof typeof claims])).toEqual(plan);
    });
  });

  it("has the tables that SQLite has, with the same columns of the same kinds in the same order", async () => {
    const sqlite = new DatabaseSync(":memory:");
    for (const { sql } of MIGRATIONS) sqlite.exec(sql);
    const theirs = sqlite
      .prepare(
        `SELECT t.name AS "table", c.name, c.type = 'TEXT' AS text, c."notnull" = 1 OR c.pk > 0 AS needed
         FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
         WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`,
      )
      .all();
    sqlite.close();

    const { rows: ours } = await client.query<{ table: string; name: string; text: number }>(
      `SELECT table_name AS "table", column_name AS name, (data_type = 'text')::int AS text, (is_nullable = 'NO')::int AS needed
       FROM information_schema.columns WHERE table_schema = 'public'
         AND NOT (table_name = 'meta' AND column_name IN ('schema', 'programs_from'))
       ORDER BY table_name COLLATE "C", ordinal_position`,
    );

    expect(ours).toEqual(theirs.map((row) => ({ ...row })));
    for (const { name, text } of ours) expect([name, TEXT_COLUMNS.has(name)]).toEqual([name, text === 1]);
  });
});
