import { describe, expect, it } from "vitest";
import { bruteForce } from "../../test/fixtures/pictures.ts";
import type { Attempt } from "../core/receipt.ts";
import { renderWork } from "./render-work.ts";

const attempt: Attempt = {
  id: 1,
  incident: 12,
  destination: "siren",
  step: 1,
  action: "run",
  safeToRepeat: false,
  repeat: false,
  plan: { momentsTold: 1, headDigest: null },
  revision: 1,
  completes: true,
  beganAt: Date.UTC(2026, 10, 23, 12),
  endedAt: Date.UTC(2026, 10, 23, 12, 0, 1),
  outcome: "unknown",
  reason: "script_failed",
  evidence: "custom-siren ended with exit code 1\nTraceback:\n\u001b[2J  line\n\nend",
};

describe("work that is shown", () => {
  it("has what a call wrote below the table, harmless, and its one line in it", () => {
    const detail = { incident: bruteForce().incident, work: null, receipt: null, awaited: false, attempts: [attempt] };

    const text = renderWork(detail, attempt.beganAt, (_, words) => words);

    const [before = "", below = ""] = text.split("\nOutput of the call at ");
    expect(before).toContain("run     unknown  the script says that it failed: custom-siren ended with exit code 1\n");
    expect(before).not.toContain("Traceback");
    expect(below.split("\n").slice(1)).toEqual(["  Traceback:", "  \\x1b[2J  line", "", "  end", ""]);
  });
});
