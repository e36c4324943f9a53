import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Application, type CommandContext, generateHelpTextForAllCommands } from "@stricli/core";
import { expect, test } from "vitest";
import { buildRiposte } from "./application.ts";
import { EXIT, EXIT_MEANINGS } from "./exit-codes.ts";

const page = readFileSync(new URL("../../docs/reference/cli.md", import.meta.url), "utf8");
const riposte = buildRiposte("0.0.0") as unknown as Application<CommandContext>;
const helps = generateHelpTextForAllCommands(riposte);

test.each(helps)("docs/reference/cli.md has the help of %s as it is", (route, help) => {
  expect(page).toContain(`\n### ${route}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`);
});

test("docs/reference/cli.md has no command that is gone", () => {
  const documented = [...page.matchAll(/^### (.*)$/gm)].map(([, route]) => route);

  expect(documented).toEqual(helps.map(([route]) => route));
});

test("docs/reference/cli.md has every exit code with its meaning, and no other", () => {
  const rows = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, means]) => [Number(code), means]);

  expect(rows).toEqual(Object.entries(EXIT_MEANINGS).map(([code, means]) => [Number(code), means]));
  expect(rows.map(([code]) => code)).toEqual(Object.values(EXIT));
});

test("what --help prints is what the page has", () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));

  const { stdout, status } = spawnSync(process.execPath, [main, "work", "retry", "--help"], { encoding: "utf8" });

  expect(status).toBe(0);
  expect(page).toContain(stdout.trimEnd());
});
