import { expect, test } from "vitest";
import type { VerifyReport } from "../app/audit/verify.ts";
import { renderVerify } from "./audit-verify.ts";
import { plain } from "./terminal.ts";

const whole: VerifyReport = {
  place: "/var/lib/riposte/riposte.db",
  kind: "database",
  fault: null,
  rows: 812,
  segments: 3,
  gone: 0,
  unsealed: 0,
  foundRows: 0,
  signed: 3,
  signaturesChecked: 3,
  anchorsHeld: 0,
  lastSeal: { segment: 3, hash: "9f86d081".repeat(8), sealedAt: Date.UTC(2026, 10, 23, 12), key: "fc0fda02bdf505f2" },
  head: "00",
  keys: ["fc0fda02bdf505f2"],
  keyTrouble: null,
};

function shown(of: Partial<VerifyReport> = {}): string {
  return renderVerify({ ...whole, ...of }, plain);
}

test("what was checked is said, and what was not", () => {
  expect(shown()).toBe(`whole  /var/lib/riposte/riposte.db: 812 rows of the audit in 3 sealed segments
3 seals signed with fc0fda02bdf505f2: they hold.
Last seal: segment 3, 2026-11-23 12:00:00Z, ${"9f86d081".repeat(8)}
`);
  expect(shown({ signaturesChecked: 0, keys: [] })).toContain("3 seals signed, and not checked: name the public key");
  expect(shown({ signed: 0, signaturesChecked: 0 })).toContain("No seal is signed: keep them elsewhere");
  expect(shown({ keyTrouble: "no such file" })).toContain("Signatures were not checked: audit.key can't be read");
  expect(shown({ gone: 2, unsealed: 1, foundRows: 4, anchorsHeld: 1 })).toMatch(
    /1 row behind the last seal not sealed yet[^]*Of 2 segments the rows have gone by retention[^]*4 rows from before[^]*1 seal that you kept: the same here/,
  );
});

test("what differs is said first, with what an attacker wrote made harmless", () => {
  const fault = { segment: 2, row: 512, says: "row 512 is not as it was written\u001b[2J" };

  expect(shown({ fault })).toMatch(/^differs {2}\S+: row 512 is not as it was written\\x1b\[2J\n/);
});
