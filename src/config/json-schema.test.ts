import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { configJsonSchema, configSecretFields } from "./json-schema.ts";

const fixtures = new URL("../../test/fixtures/config/", import.meta.url);
const schema = configJsonSchema([
  ...testConnectors,
  { ...testConnectors[0]!, type: "recursive", schema: z.strictObject({ options: z.json() }) },
]);

function isValid(text: string): boolean {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(parse(text)).success;
}

test.each(readdirSync(new URL("good/", fixtures)))("an editor finds nothing wrong with %s", (name) => {
  expect(isValid(readFileSync(new URL(`good/${name}`, fixtures), "utf8"))).toBe(true);
});

test.each(["typos", "not-built-yet", "raw-secrets", "figures", "no-policies"])(
  "an editor sees that %s is wrong",
  (name) => {
    expect(isValid(readFileSync(new URL(`bad/${name}.yaml`, fixtures), "utf8"))).toBe(false);
  },
);

test("every reference within the schema leads somewhere", () => {
  const text = JSON.stringify(schema);
  const wanted = [...text.matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);

  expect(wanted).toContain("condition");
  expect(wanted.some((name) => name?.startsWith("recursive-"))).toBe(true);
  expect(Object.keys(schema["$defs"] as object)).toEqual(expect.arrayContaining(wanted));
});

test("all secret fields of all kinds of destination are listed", () => {
  expect(configSecretFields(testConnectors)).toEqual([
    { type: "slack", path: "webhook" },
    { type: "jira-automation", path: "secret" },
    { type: "webhook", path: "headers.*" },
  ]);
});
