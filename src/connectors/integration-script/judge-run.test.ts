import { describe, expect, it } from "vitest";
import { destinationOf } from "../../../test/conformance/connector-case.ts";
import { ScriptHome } from "../../../test/fixtures/scripts.ts";
import { ioAt, runAt, SHOWS_ALL, sirenAt } from "../../../test/fixtures/siren.ts";
import type { Outcome } from "../../core/outcome.ts";

describe("what becomes of a run", () => {
  async function ofScript(text: string, name = "custom-siren"): Promise<Outcome> {
    const at = new ScriptHome();
    at.sh(name, text);
    return runAt(at, { script: name });
  }

  it("0 is received, and never more than that", async () => {
    expect(await ofScript("exit 0")).toEqual({
      kind: "done",
      remote: { anchor: null, url: null },
      evidence: "custom-siren received the alert (exit code 0)",
    });
  });

  it("75 says that nothing was done: tried again, and no repeat", async () => {
    expect(await ofScript("echo no network; exit 75")).toEqual({
      kind: "later",
      reason: "script_failed",
      scope: "work",
      retryAfterMs: null,
      evidence: "custom-siren ended with exit code 75: nothing was done, to be tried again\nno network",
    });
  });

  it.each([
    [1, "custom-siren ended with exit code 1"],
    [2, "custom-siren ended with exit code 2"],
    [6, "custom-siren ended with exit code 6"],
    [126, "custom-siren ended with exit code 126: something that it calls may not be executed"],
    [127, "custom-siren ended with exit code 127: something that it calls is not there"],
  ])("%i is unknown: it may have sent before it failed", async (code, evidence) => {
    expect(await ofScript(`exit ${code}`)).toEqual({
      kind: "unknown",
      reason: "script_failed",
      retryAfterMs: null,
      evidence,
    });
  });

  it("of Wazuh's own scripts the codes are known that come before anything was sent", async () => {
    expect(await ofScript("exit 6", "pagerduty")).toMatchObject({ kind: "later", scope: "work" });
    expect(await ofScript("exit 7", "shuffle")).toMatchObject({ kind: "later", scope: "destination" });
    expect(await ofScript("exit 1", "pagerduty")).toMatchObject({ kind: "unknown", reason: "script_failed" });
  });

  it("a signal, a time-out, a flood are unknown", async () => {
    expect(await ofScript("kill -9 $$")).toMatchObject({
      kind: "unknown",
      reason: "script_failed",
      evidence: "custom-siren was killed by SIGKILL, and not by Riposte: out of memory, or somebody's kill",
    });
    expect(await ofScript("yes")).toMatchObject({ kind: "unknown", reason: "script_failed" });
    const at = new ScriptHome();
    at.sh("custom-siren", "exec sleep 1000");
    expect(await runAt(at, { time_limit: "1s" })).toEqual({
      kind: "unknown",
      reason: "timeout",
      retryAfterMs: null,
      evidence: "custom-siren ran out of its time_limit and was ended",
    });
  });

  it("a script that is not there, or could be changed, makes all wait and says what to do", async () => {
    const at = new ScriptHome();
    const says = `${at.path("custom-siren")} is not there: put the script there, root:wazuh, 0750`;

    expect(await runAt(at)).toEqual({
      kind: "later",
      reason: "script_unusable",
      scope: "destination",
      retryAfterMs: null,
      evidence: says,
    });
    const destination = destinationOf(sirenAt(at));
    expect(await destination.probe(ioAt(at))).toEqual({ ok: false, says });
    at.sh("custom-siren", "touch ran");
    expect(await destination.probe(ioAt(at))).toMatchObject({ ok: true });
    expect(at.has("ran")).toBe(false);
  });

  it("shows what the script wrote, cut, and none of what it was handed in secret", async () => {
    const at = new ScriptHome();
    at.sh(
      "custom-siren",
      `echo "Max retries exceeded with url: /services/T0CANARY0/B0CANARY0/zYxWvUtSrQpOnMlKjIhG"; ${SHOWS_ALL}; exit 1`,
    );
    const made = sirenAt(at);

    const { evidence } = await runAt(at);

    expect(evidence).toContain("Max retries exceeded with url: [secret]");
    expect(evidence.length).toBeLessThan(2_300);
    for (const canary of made.canaries) expect(evidence.toLowerCase()).not.toContain(canary.toLowerCase());
  });

  it("two at once have a file each, and neither waits for the other", async () => {
    const at = new ScriptHome();
    // Each goes on only once it sees the other.
    at.sh(
      "custom-siren",
      'touch "$(basename "$1").here"; while [ "$(ls *.here | wc -l)" -lt 2 ]; do sleep 0.01; done; cat "$1"',
    );

    const both = await Promise.all([runAt(at), runAt(at)]);

    expect(both.map(({ kind }) => kind)).toEqual(["done", "done"]);
    expect(at.handed).toEqual([]);
  });
});
