// An independent voice: OpenSearch's own client understands our stand-in, and finds there what a real one would have.
import { readFileSync } from "node:fs";
import { Client } from "@opensearch-project/opensearch";
import { expect, it, onTestFinished } from "vitest";
import { openIndexerRig, type IndexerRig } from "../../fixtures/indexer-rig.ts";
import { usualIndexerPassword, usualIndexerUser } from "./opensearch.ts";

const INDEX = "wazuh-alerts-4.x-2026.11.23";
const noon = Date.UTC(2026, 10, 23, 12);

function clientOf({ served, caPath }: IndexerRig, password = usualIndexerPassword): Client {
  const client = new Client({
    node: served.url,
    auth: { username: usualIndexerUser, password },
    ssl: { ca: readFileSync(caPath, "utf8") },
    maxRetries: 0,
  });
  onTestFinished(() => client.close());
  return client;
}

function put({ fake }: IndexerRig, seconds: number): void {
  const timestamp = new Date(noon + seconds * 1_000).toISOString();
  fake.put(INDEX, { id: `${seconds}`, timestamp, rule: { id: "504", level: 3 } }, noon);
}

const sort = [{ timestamp: "asc" }, { id: "asc" }] as never;

it("pages through a point in time, which goes on showing what was there when it was opened", async () => {
  const rig = await openIndexerRig({ now: () => noon });
  const client = clientOf(rig);
  for (const seconds of [30, 10, 20, 40, 50]) put(rig, seconds);

  const opened = await client.createPit({ index: ["wazuh-alerts-4.x-*"], keep_alive: "1m" });
  const pit = { id: String(opened.body.pit_id), keep_alive: "1m" };
  put(rig, 15);
  const seen: unknown[] = [];
  let after: unknown;
  for (;;) {
    const page = await client.search({
      body: { size: 2, pit, sort, ...(after !== undefined && { search_after: after }) } as never,
    });
    const { hits } = page.body.hits;
    seen.push(...hits.map(({ _source }) => (_source as { id: string }).id));
    after = hits.at(-1)?.sort;
    if (hits.length < 2) break;
  }
  await client.deletePit({ body: { pit_id: [pit.id] } });

  expect(seen).toEqual(["10", "20", "30", "40", "50"]);
  expect(rig.fake.openPits).toBe(0);
});

it("says what a real one says to whom it does not know, and of a point in time that is gone", async () => {
  const rig = await openIndexerRig({ now: () => noon });
  put(rig, 1);

  await expect(clientOf(rig, "wrong").search({ index: INDEX })).rejects.toMatchObject({ statusCode: 401 });
  const client = clientOf(rig);
  const { body } = await client.createPit({ index: [INDEX], keep_alive: "1m" });
  const pit = { id: String(body.pit_id), keep_alive: "1m" };
  await client.deletePit({ body: { pit_id: [pit.id] } });
  await expect(client.search({ body: { pit, sort } as never })).rejects.toMatchObject({ statusCode: 404 });
});
