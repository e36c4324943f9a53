import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROLES, SCOPES } from "../core/scope.ts";
import { PROBLEMS } from "./problem.ts";

const page = readFileSync(new URL("../../docs/reference/api.md", import.meta.url), "utf8");

test("docs/reference/api.md has every problem with its status, and no other", () => {
  const rows = [...page.matchAll(/^\| `urn:riposte:([a-z-]+)` \| (\d+) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);

  expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, [status]]) => [code, status]));
});

test("docs/reference/api.md names every scope and every role", () => {
  for (const word of [...SCOPES, ...Object.keys(ROLES)]) expect(page).toContain(`\`${word}\``);
});
