import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { destinationOf, inspect, stepOf, words } from "../../../test/conformance/connector-case.ts";
import { connectorPlans } from "../../../test/conformance/connector-plans.ts";
import { connectorSecrets } from "../../../test/conformance/connector-secrets.ts";
import { python } from "../../../test/deploy/integratord.ts";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { ScriptHome } from "../../../test/fixtures/scripts.ts";
import { HOOK, ioAt, KEY, OPTIONS, runAt, SHOWS_ALL, sirenAt } from "../../../test/fixtures/siren.ts";
import type { Picture } from "../../core/picture.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { integrationScript } from "./integration-script.ts";

describe("integration-script, as every connector", () => {
  connectorPlans(sirenAt({ home: "/var/ossec" }));

  connectorSecrets(async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", `echo >> calls; ${SHOWS_ALL}`);
    return {
      made: sirenAt(at),
      useless: { ...sirenAt(at), secrets: { HOOK: "http://sEcReT-cAnArY-41.invalid", KEY, OPTIONS } },
      io: (secrets, deadlineMs) => ioAt(at, secrets, deadlineMs),
      calls: () => (at.has("calls") ? at.read("calls").length : 0),
    };
  });

  test.each([...hostilePictures()])("%s: handed over whole, within every limit, and run", async (_, picture) => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'cat "$1" > got');
    const made = sirenAt(at);
    const step = stepOf(destinationOf(made), picture);

    inspect(made, step, picture);
    expect(await runAt(at, {}, picture)).toMatchObject({ kind: "done" });
    JSON.parse(at.read("got"));
    expect(at.read("got")).toBe((JSON.parse(step.body) as { alert: string }).alert);
  });

  test.each([...hostilePictures()])("%s: no text ends its line or its quotes in the old format", async (_, picture) => {
    const at = new ScriptHome();
    const made = sirenAt(at, { alert_format: "text" });
    const step = stepOf(destinationOf(made), picture);

    inspect(made, step, picture);
    const { alert } = JSON.parse(step.body) as { alert: string };
    expect(alert).toMatch(/^alertlog='[^'\n]*'$/m);
  });
});

describe("what a script is handed", () => {
  it("is argument by argument what wazuh-integratord hands it", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'printf "%s\\n" "$#" "$@" > argv; pwd >> argv; cat "$1" > alert; cat "$5" > options');
    const raw = '{"timestamp":"2026-08-20T09:00:14.123+0000","rule":{"level":10},"n":1.0,"id":"1787216414.101684"}';
    const picture = bruteForce();

    await runAt(at, { timeout: 7, retries: 2 }, { ...picture, first: { ...picture.first, raw } });

    const [count, alert, ...rest] = at.read("argv").trimEnd().split("\n");
    expect(count).toBe("8");
    expect(alert).toMatch(/\/custom-siren-\d{10}-\d+\.alert$/);
    expect(rest[3]).toMatch(/\/custom-siren-\d{10}-\d+\.options$/);
    expect(rest.toSpliced(3, 1)).toEqual([KEY, HOOK, "", "7", "2", "> /dev/null 2>&1", at.home]);
    expect(at.read("alert")).toBe(`${raw}\n`);
    expect(at.read("options")).toBe(OPTIONS);
  });

  it("is empty where nothing is configured, and loses its last argument in debug", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'shift; printf "<%s>" "$@"');
    const bare = { hook_url: undefined, api_key: undefined, options: undefined };

    expect(await runAt(at, bare)).toMatchObject({
      evidence: expect.stringContaining("\n<><><><><10><3><> /dev/null 2>&1>"),
    });
    expect(await runAt(at, { ...bare, debug: true })).toMatchObject({
      evidence: expect.stringMatching(/\n<><><debug><><10><3>$/),
    });
  });

  it("in the old format is the seven lines", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'cat "$1" > alert');

    await runAt(at, { alert_format: "text" });

    expect(at.read("alert").split("\n")).toEqual([
      "alertdate='2026-08-20T09:00:14.123+0000'",
      "alertlocation='journald'",
      "ruleid='5763'",
      "alertlevel='10'",
      "ruledescription='sshd: brute force trying to get access to the system. Authentication failed.'",
      "alertlog='Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2'",
      "srcip='198.51.100.23'",
    ]);
  });

  it("says in its environment which call it is and whether it may be a repeat, and nothing of ours", async () => {
    const at = new ScriptHome();
    at.sh("custom-siren", 'echo "$RIPOSTE_MARK $RIPOSTE_POSSIBLE_REPEAT"');
    const destination = destinationOf(sirenAt(at));
    const repeat = destination.next(bruteForce(), null, { ...words(1), repeat: true })!;

    expect(await runAt(at)).toMatchObject({ evidence: expect.stringContaining(`\n${words(1).mark} false`) });
    expect(await destination.perform(repeat, ioAt(at))).toMatchObject({
      evidence: expect.stringContaining(`\n${words(1).mark} true`),
    });
  });

  it.skipIf(python === null)("is read by a Python script as the stock ones read it", async () => {
    const at = new ScriptHome();
    const lines = [
      `#!${python}`,
      "import json, os, sys",
      "alert = json.load(open(sys.argv[1]))",
      "options = [arg for arg in sys.argv[4:] if arg.endswith('options')]",
      "print(alert['rule']['id'], sys.argv[3] == os.environ.get('X', sys.argv[3]), json.load(open(options[0]))['pretext'])",
    ];
    at.script("custom-siren", `${lines.join("\n")}\n`);

    const outcome = await runAt(at);

    expect(outcome).toMatchObject({ kind: "done", evidence: expect.stringContaining("\n5763 True ") });
  });
});

describe("when a script is run", () => {
  const destination = destinationOf(sirenAt({ home: "/var/ossec" }));
  const opened = bruteForce();
  const told = (picture: Picture, momentsTold: number) =>
    destination.next(picture, { ...receipt, momentsTold }, words(2));
  const receipt = {
    incident: 12,
    destination: "siren",
    remote: { anchor: null, url: null },
    twins: [],
    steps: 1,
    momentsTold: 1,
    headDigest: null,
    repeats: 0,
    firstDoneAt: 1,
    lastDoneAt: 1,
  };

  it("is when alerts open an incident, make it worse or open it again, and not when people do something", () => {
    for (const kind of ["acknowledged", "note", "resolved"] as const)
      expect(told(withMoments(opened, kind), 1)).toBeNull();
    for (const kind of ["escalated", "reopened"] as const) expect(told(withMoments(opened, kind), 1)).not.toBeNull();
    expect(told(withMoments(opened, "acknowledged", "resolved", "reopened"), 1)).toMatchObject({
      plan: { momentsTold: 4 },
    });
  });

  it("is with the first alert, and later with the newest", () => {
    const newest = { ...opened.newest, raw: '{"rule":{"id":"newest"}}' };
    const first = { ...opened.first, raw: '{"rule":{"id":"first"}}' };
    const picture = { ...withMoments(opened, "escalated"), first, newest };

    expect(destination.next({ ...opened, first, newest }, null, words(1))?.body).toContain("first");
    expect(told(picture, 1)?.body).toContain("newest");
  });
});

describe("its config", () => {
  function parsed(over: Readonly<Record<string, unknown>>) {
    return integrationScript.schema.safeParse({ script: "custom-x", ...over });
  }
  function terms(over: Readonly<Record<string, unknown>>) {
    return integrationScript.capabilities(integrationScript.schema.parse({ script: "custom-x", ...over }));
  }

  it("takes a file's name and nothing that leads elsewhere", () => {
    for (const script of ["../x", "a/b", ".x", "", "custom x", "custom-x\n", "-rf"])
      expect(parsed({ script }).success).toBe(false);
    expect(parsed({ script: "custom-x.y_z-2" }).success).toBe(true);
    expect(parsed({ script: "a/b" }).error?.issues[0]?.message).toBe(
      "expected the name of a file in Wazuh's folder integrations, without a path. Example: custom-siren",
    );
    expect(parsed({ time_limit: "11m" }).error?.issues[0]?.message).toBe("too long: at most 10m");
    expect(parsed({ time_limit: 60 }).error?.issues[0]?.message).toBe("expected a duration in s or m. Example: 1m");
  });

  it("gives a script as long as it is told that it has, and more", () => {
    const limit = (over: Readonly<Record<string, unknown>>) =>
      integrationScript.destination("x", integrationScript.schema.parse({ script: "custom-x", ...over })).deadlineMs;

    expect(limit({})).toBe(MINUTE_MS + 5 * SECOND_MS);
    expect(limit({ timeout: 120 })).toBe(155 * SECOND_MS);
    expect(limit({ timeout: 100_000 })).toBe(10 * MINUTE_MS + 5 * SECOND_MS);
    expect(limit({ timeout: 120, time_limit: "30s" })).toBe(35 * SECOND_MS);
  });

  it("runs it once more than its retries, and never more often than ten times", () => {
    expect(terms({})).toMatchObject({ callsMost: 4, concurrency: 4, finds: false, edits: false });
    expect(terms({ retries: 0 })).toMatchObject({ callsMost: 1 });
    expect(terms({ retries: 1_000 })).toMatchObject({ callsMost: 10 });
  });

  it("is told in the preview without a secret", () => {
    const [first = "", second = ""] =
      integrationScript.adds?.(integrationScript.schema.parse(sirenAt({ home: "/h" }).config)) ?? [];
    expect(first).toBe("runs /h/integrations/custom-siren with the alert in a file");
    expect(second).toContain('the file, api_key, hook_url, "", a file with options, 10, 3, "> /dev/null 2>&1"');
  });

  it("its readme names every key", () => {
    const readme = readFileSync(new URL("readme.md", import.meta.url), "utf8");
    for (const key of [
      "script",
      "wazuh_home",
      "hook_url",
      "api_key",
      "options",
      "alert_format",
      "max_log",
      "timeout",
      "retries",
      "time_limit",
      "concurrency",
      "debug",
    ])
      expect(readme).toContain(`\`${key}\``);
  });
});
