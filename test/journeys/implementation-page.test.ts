// The page about the original setup is run: its files are written out, its commands are called, and what they print is compared.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";

const page = readFileSync(new URL("../../docs/implementation.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, file, text = ""]) => {
  return { language, file, text };
});

/** Where the page has the manager's own config. */
const ETC = "/var/ossec/etc";

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

it("every command on the page prints what the page says", { timeout: 60_000 }, async () => {
  for (const { file, text } of blocks) {
    if (file !== undefined) writeFileSync(join(rig.directory, file), text.replaceAll(ETC, rig.directory));
  }
  const commands = blocks.filter(({ language }) => language === "console");
  for (const { text } of commands) {
    const [command = "", ...lines] = text.trimEnd().split("\n");
    const [, args = ""] = /^\$ riposte (.*)$/.exec(command) ?? [];
    const { out, err } = await rig.riposte(...args.split(" "));
    const printed = `${out}${err}`.replaceAll(rig.directory, ETC).trimEnd().split("\n");

    const isCut = lines.at(-1) === "...";
    const wanted = isCut ? lines.slice(0, -1) : lines;
    expect([command, ...(isCut ? printed.slice(0, wanted.length) : printed)]).toEqual([command, ...wanted]);
  }
  expect(commands.length).toBeGreaterThan(3);
});
