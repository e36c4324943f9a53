import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptOutput } from "./kept-output.ts";

function kept(hide: readonly string[], ...pieces: readonly (string | Buffer)[]): string {
  const output = new KeptOutput(hide);
  for (const piece of pieces) output.push(Buffer.from(piece));
  return output.text();
}

describe("what is kept of a program's output", () => {
  it("is all of it, where it is short", () => {
    expect(kept([], "one\n", "two\r\n")).toBe("one\ntwo");
    expect(kept([])).toBe("");
    expect(kept([], "x".repeat(2_048))).toBe("x".repeat(2_048));
  });

  it("is how it began and how it ended, and says how much there was", () => {
    const text = kept([], "a".repeat(1_500), "-".repeat(5_000_000), "z".repeat(1_500));

    expect(text).toBe(`${"a".repeat(1_024)}\n[… 5003000 bytes in all …]\n${"z".repeat(1_024)}`);
  });

  it("has no control characters in it, and nothing that is not text", () => {
    expect(kept([], Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0x61, 0xff, 0x00, 0x62]))).toBe("[2Ja\ufffdb");
  });

  it("shows none of what is to be hidden, in no case of letters and with nothing in its midst", () => {
    expect(kept(["s3cret-token"], "to S3CRET-Token now")).toBe("to [secret] now");
    expect(kept(["s3cret-token"], "to s3cret\u0007-token now")).toBe("to [secret] now");
    expect(kept(["abc", "abcdef"], "abcdef")).toBe("[secret]");
  });

  it("shows not even a part of it at a cut, however the pieces come", () => {
    const secret = "K7f-Zq9_Wm2.Lx5!Vt8";
    const parts = Array.from({ length: secret.length - 2 }, (_, i) => secret.slice(i, i + 3));
    fc.assert(
      fc.property(
        fc.nat(3_000),
        fc.nat(3_000),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        (before, behind, sizes) => {
          const whole = Buffer.from(`${"é".repeat(before)}${secret}${"ü".repeat(behind)}${secret}`);
          const output = new KeptOutput([secret]);
          for (let at = 0, i = 0; at < whole.length; i += 1) {
            const size = sizes[i % sizes.length] ?? 1;
            output.push(whole.subarray(at, at + size));
            at += size;
          }
          const text = output.text();
          expect(parts.filter((part) => text.includes(part))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
