import { expect, it } from "vitest";
import { parseSize } from "./keep.ts";
import { loadConfig } from "./load.ts";

const POLICIES = 'policies: [{ name: any, when: { rule.level: ">= 10" } }]\ndestinations: {}\n';

function load(more: string) {
  return loadConfig(`wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }\n${more}\n${POLICIES}`, "riposte.yaml", []);
}

it("thirty days and five gigabytes are kept where nothing is said, and of PostgreSQL thirty days", () => {
  expect(load("")).toMatchObject({ config: { keep: { ms: 2_592_000_000, bytes: 5e9 } } });
  expect(load("keep: { for: 90d, size: 800MB }")).toMatchObject({
    config: { keep: { ms: 7_776_000_000, bytes: 8e8 } },
  });
  expect(load("store: { postgres: { file: /etc/riposte/postgres } }")).toMatchObject({
    config: { keep: { ms: 2_592_000_000, bytes: null } },
  });
});

it.each([
  ["keep: { for: 3h }", "keep.for", "too short: at least 86400s"],
  ["keep: { size: 5 }", "keep.size", "expected a size in MB, GB or TB. Example: 5GB"],
  ["keep: { size: 1MB }", "keep.size", "too small: at least 50MB"],
  ["keep: { size: 1GB }\nstore: { postgres: { file: /etc/riposte/postgres } }", "keep.size", "not for PostgreSQL"],
])("%s is refused with what to write", (yaml, path, says) => {
  expect(load(yaml)).toMatchObject({
    kind: "refused",
    errors: [{ line: 2, path, says: expect.stringContaining(says) as string }],
  });
});

it("a size is a whole number of a unit", () => {
  expect(["5GB", "1TB", "50MB", "5gb", "1.5GB", "GB"].map(parseSize)).toEqual([5e9, 1e12, 5e7, null, null, null]);
});
