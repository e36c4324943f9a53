import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertFile } from "./alert-file.ts";

const ALERT = {
  timestamp: "2026-05-26T08:53:41.577+0000",
  rule: { level: 5, description: 'sshd: it\'s a "test"; $x', id: "5760" },
  full_log: "a 'b' \"c\" `d` \\e; f! $g {h|i~} \u00e9\tj_z",
  data: { srcip: "2001:db8::1%eth-0 '`\\" },
  location: "/var/log/auth.log",
};

function text(document: Readonly<Record<string, unknown>>, maxLogBytes = 165): string {
  return alertFile({ alertFormat: "text", maxLogBytes }, { document, raw: "" });
}

function logOf(fullLog: string, maxLogBytes: number): string {
  return /alertlog='(.*)'\n/.exec(text({ rule: {}, full_log: fullLog }, maxLogBytes))?.[1] ?? "";
}

describe("the file that a script gets", () => {
  it("is the line as Wazuh wrote it, for JSON", () => {
    const raw = '{"rule":{"level":3},"n":1.0,"1":"x"}';

    expect(alertFile({ alertFormat: "json", maxLogBytes: 165 }, { document: {}, raw })).toBe(`${raw}\n`);
  });

  it("is seven lines in the old format, with log and address masked", () => {
    expect(text(ALERT).split("\n")).toEqual([
      "alertdate='2026-05-26T08:53:41.577+0000'",
      "alertlocation='/var/log/auth.log'",
      "ruleid='5760'",
      "alertlevel='5'",
      "ruledescription='sshd: it's a \"test\"; $x'",
      "alertlog='a  b   c   d  /e, f   g  h i      j_z'",
      "srcip='2001:db8::1 eth 0    '",
    ]);
  });

  it("has empty values for what the alert lacks", () => {
    expect(text({ rule: {} })).toBe(
      "alertdate=''\nalertlocation=''\nruleid=''\nalertlevel='0'\nruledescription=''\nalertlog=''\nsrcip=''",
    );
  });

  it("cuts a log at max_log, and one of just that length loses its end as well", () => {
    expect(logOf("x".repeat(164), 165)).toBe("x".repeat(164));
    expect(logOf("x".repeat(165), 165)).toBe(`${"x".repeat(162)}...`);
    expect(logOf("x".repeat(2_000), 1_024)).toBe(`${"x".repeat(1_021)}...`);
  });

  it("counts bytes: each of a letter beyond ASCII is a space", () => {
    expect(logOf("é", 165)).toBe("  ");
    expect(logOf("é".repeat(83), 165)).toBe(`${" ".repeat(162)}...`);
  });

  it("no log can end its line or its quotes, whatever an attacker writes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (log) => {
        const lines = text({ rule: {}, full_log: log }).split("\n");
        expect(lines).toHaveLength(7);
        expect(lines[5]).toMatch(/^alertlog='[ #%-&(-:<-[\]-_a-z]{0,165}'$/);
      }),
    );
  });
});
