// The same script, called by a stand-in for wazuh-integratord and by Riposte.
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stepOf, destinationOf } from "../../../test/conformance/connector-case.ts";
import { Manager, python, type Block } from "../../../test/deploy/integratord.ts";
import { bruteForce } from "../../../test/fixtures/pictures.ts";
import { ScriptHome } from "../../../test/fixtures/scripts.ts";
import { ioAt, runAt, sirenAt } from "../../../test/fixtures/siren.ts";
import { secretsOf } from "../../../test/conformance/secrets.ts";

/** Puts down all that it can know of its call, and the paths of its files by what is in them. */
const NOTES = `#!/bin/sh
{
  printf '%s\\n' "$#" "$0" "$(pwd)"
  for arg; do if [ -f "$arg" ]; then printf 'file '; cat "$arg"; echo; else printf '<%s>\\n' "$arg"; fi; done
  readlink /proc/self/fd/0
} > notes
case "$1" in *.alert) ;; *) echo no >> notes;; esac
case "$5" in *.options | "") ;; *) echo no >> notes;; esac
`;

const raw = '{"timestamp":"2026-08-20T09:00:14.123+0000","rule":{"level":10,"id":"5763"},"full_log":"a \\"b\\" $(id)"}';

async function notesOfIntegratord(manager: Manager, block: Block): Promise<string> {
  await manager.call(`${raw}\n`, { name: "custom-riposte", ...block });
  return readFileSync(join(manager.home, "notes"), "utf8");
}

async function notesOfRiposte(manager: Manager, block: Block): Promise<string> {
  const at = new ScriptHome();
  const { hookUrl, apiKey, options, debug, timeout, retries } = block;
  const field = (name: string, value: unknown) => (value === undefined ? {} : { [name]: { env: name } });
  const over = {
    script: "custom-riposte",
    hook_url: undefined,
    api_key: undefined,
    options: undefined,
    ...field("hook_url", hookUrl),
    ...field("api_key", apiKey),
    ...field("options", options),
    ...(debug !== undefined && { debug }),
    ...(timeout !== undefined && { timeout }),
    ...(retries !== undefined && { retries }),
  };
  const destination = destinationOf(sirenAt(manager, over));
  const picture = bruteForce();
  const step = stepOf(destination, { ...picture, first: { ...picture.first, raw } });
  const secrets = secretsOf({ hook_url: hookUrl ?? "", api_key: apiKey ?? "", options: options ?? "" });
  expect(await destination.perform(step, ioAt(at, secrets))).toMatchObject({ kind: "done" });
  return readFileSync(join(manager.home, "notes"), "utf8");
}

describe("a script cannot tell Riposte from wazuh-integratord", () => {
  const url = "https://hooks.example/x?a=1&b=$(id)";
  const blocks: readonly (readonly [string, Block])[] = [
    ["nothing", {}],
    ["a hook_url", { hookUrl: url }],
    ["an api_key", { apiKey: "k'\"`*;" }],
    ["everything", { hookUrl: url, apiKey: "key", options: '{"a": "b c"}', timeout: 7, retries: 0 }],
    ["everything in debug", { hookUrl: url, apiKey: "key", options: "not json", debug: true }],
  ];
  it.each(blocks)("by a block with %s", async (_, block) => {
    const manager = new Manager();
    const path = join(manager.home, "integrations", "custom-riposte");
    rmSync(path);
    writeFileSync(path, NOTES);
    chmodSync(path, 0o550);

    const usual = await notesOfIntegratord(manager, block);

    expect(await notesOfRiposte(manager, block)).toBe(usual);
    expect(usual).not.toMatch(/^no$/m);
  });
});

describe("a script as Wazuh ships them", () => {
  it.skipIf(python === null)("finds its folder by its own name, and Wazuh's Python in it", async () => {
    const at = new ScriptHome();
    mkdirSync(join(at.home, "framework", "python", "bin"), { recursive: true });
    symlinkSync(python ?? "", join(at.home, "framework", "python", "bin", "python3"));
    at.sh(
      "pagerduty",
      'home=$(dirname "$(cd "$(dirname "$0")"; pwd -P)"); exec "$home/framework/python/bin/python3" "$home/integrations/$(basename "$0").py" "$@"',
    );
    at.script(
      "pagerduty.py",
      "import json, sys\nprint(json.load(open(sys.argv[1]))['rule']['id'], len(sys.argv), sys.argv[8])\n",
      0o440,
    );

    expect(await runAt(at, { script: "pagerduty" })).toMatchObject({
      kind: "done",
      evidence: "pagerduty received the alert (exit code 0)\n5763 9 > /dev/null 2>&1",
    });
  });
});
