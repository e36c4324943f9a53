import { expect, test } from "vitest";
import { everySecretConfig, everySecretField, secretFieldsOfSchemas } from "../../../test/fixtures/every-secret.ts";
import { loadConfig } from "../../config/load.ts";
import { connectors } from "../../connectors/index.ts";
import { secretUses, type SecretUse } from "./fields.ts";

function usesOf(text: string): readonly SecretUse[] {
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ line, says }) => `${line}: ${says}`).join("\n"));
  return secretUses(loaded.config);
}

test("every secret field that the schemas know is followed, under the name that the config has for it", () => {
  const text = everySecretConfig({ ref: (field) => `{ file: "/secrets/${field}" }` });

  const found = Object.fromEntries(usesOf(text).map(({ field, ref }) => [field, ref]));

  expect(found).toEqual(
    Object.fromEntries(Object.keys(everySecretField).map((field) => [field, { file: `/secrets/${field}` }])),
  );
  expect(new Set(Object.values(everySecretField))).toEqual(new Set(secretFieldsOfSchemas()));
});

test("what only looks like a secret's place is none", () => {
  const uses = usesOf(`
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  soc: { type: jira, url: "https://jira.example", token: { env: T }, project: SEC, fields: { Upload: { file: /etc/passwd } } }
policies: [{ name: all, when: {} }]`);

  expect(uses.map(({ field }) => field)).toEqual(["destinations.soc.token"]);
});

test("who may come in is followed without keeping what is gone, and what is shadow is asked nothing", () => {
  const uses = usesOf(everySecretConfig({ ref: (field) => `{ file: "/secrets/${field}" }` }));

  const modes = new Map(uses.map(({ field, mode }) => [field, mode]));
  expect(modes.get("http.tokens.reader.secret")).toBe("plain");
  expect(modes.get("destinations.app.signing_secret")).toBe("plain");
  expect(modes.get("destinations.app.app_token")).toBe("trial");
  expect(modes.get("wazuh.api.password")).toBe("trial");
  expect(modes.get("destinations.chat.webhook")).toBe("probe");
});
