// The thread of `PostgresRows`: answers one question after the other, and wakes whoever waits.
import { workerData, type MessagePort } from "node:worker_threads";
import { Client } from "pg";
import { typesOfValues } from "../../src/store/postgres-values.ts";
import type { Answered, Asked } from "./postgres-rows.ts";

interface ThreadData {
  readonly connection: string;
  readonly port: MessagePort;
  readonly answers: Int32Array<SharedArrayBuffer>;
}

const { connection, port, answers } = workerData as ThreadData;
const client = new Client({ connectionString: connection, types: typesOfValues, application_name: "inspector" });
const connected = client.connect();

port.on("message", ({ sql, values }: Asked) => {
  answer(sql, values).then(
    (rows) => tell({ rows }),
    (error: unknown) => tell({ error: String(error) }),
  );
});

async function answer(sql: string, values: readonly (string | number)[]): Promise<readonly unknown[]> {
  await connected;
  const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
  return rows;
}

function tell(answered: Answered): void {
  port.postMessage(answered);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}
