import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ORIGINAL_CONF } from "../../../test/fixtures/ossec/original.ts";
import { readConfig } from "../read-config.ts";

it("blocks are told one by one however many there are, and with one_per_alert each alert by itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "riposte-ossec-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const conf = join(folder, "ossec.conf");
  writeFileSync(conf, ORIGINAL_CONF);
  const termsWith = (said: string) => {
    const path = join(folder, "riposte.yaml");
    writeFileSync(path, `wazuh: { alerts: /a/alerts.json }\nossec_conf: ${said}\n`);
    const found = readConfig(path);
    if (found.kind !== "loaded") throw new Error(JSON.stringify(found));
    return found.config.policies.map(({ terms }) => terms);
  };

  const grouped = termsWith(conf);
  expect(grouped).toMatchObject(Array(2).fill({ groupBy: ["rule.id", "agent.id"] }));
  const alone = termsWith(`{ path: ${conf}, one_per_alert: true }`);
  const identity = expect.arrayContaining(["id", "timestamp", "rule.id"]) as unknown;
  expect(alone).toMatchObject(Array(2).fill({ groupBy: identity, onePerAlert: true }));
  expect([...grouped, ...alone].flatMap(({ collapse }) => collapse ?? [])).toEqual([]);
});
