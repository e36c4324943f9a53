import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";
import { formatConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";

const written = readFileSync(new URL("../../test/fixtures/config/good/indexer.yaml", import.meta.url), "utf8");

function configOf(text: string): Config {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(formatConfigError).join("\n"));
  return loaded.config;
}

test("an indexer has the indices of its Wazuh, and begins where wazuh.start says unless it says so itself", () => {
  const { sources } = configOf(written);

  expect(sources).toMatchObject([
    {
      from: "indexer",
      name: "cluster",
      url: "https://indexer.example:9200",
      index: "wazuh-alerts-4.x-*",
      wazuh: 4,
      start: "beginning",
      ca: null,
      overlapMs: 20_000,
      lateMs: 86_400_000,
    },
    {
      name: "findings",
      index: "wazuh-findings-v5-*",
      wazuh: 5,
      start: "end",
      fingerprint: null,
      overlapMs: 60_000,
      lateMs: 172_800_000,
    },
  ]);
});

test("an indexer that stands alone needs no name", () => {
  const alone = "{ from: indexer, url: https://a.example:9200, user: riposte, password: { env: A } }";

  expect(configOf(`wazuh: { alerts: ${alone} }\npolicies: [{ name: all, when: {}, tell: [] }]`).sources).toMatchObject([
    { from: "indexer", name: "indexer", start: "end" },
  ]);
});
