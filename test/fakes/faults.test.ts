import fc from "fast-check";
import { expect, test } from "vitest";
import { commitOf, faultKinds, planFault, usualFaultRanges, type Fault, type FaultKind } from "./faults.ts";

function streamOf(...numbers: number[]): { random: () => number; taken: () => number } {
  let taken = 0;
  return { random: () => numbers[taken++] ?? 0, taken: () => taken };
}

const evenly = Object.fromEntries(faultKinds.map((kind) => [kind, 1])) as Record<FaultKind, number>;

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("the same stream and the same weights plan the same fault", () => {
  fc.assert(
    fc.property(share, share, share, (which, size, variant) => {
      const once = planFault(streamOf(which, size, variant).random, { none: 1, ...evenly });
      const again = planFault(streamOf(which, size, variant).random, { none: 1, ...evenly });

      expect(again).toEqual(once);
    }),
  );
});

test("three numbers are taken whatever comes of them", () => {
  fc.assert(
    fc.property(share, fc.nat(5), (which, none) => {
      const stream = streamOf(which, 0.5, 0.5);

      planFault(stream.random, { none, ...evenly });

      expect(stream.taken()).toBe(3);
    }),
  );
});

test.each([...faultKinds])("a weight on %s alone plans nothing else", (kind) => {
  for (const which of [0, 0.5, 0.999999]) {
    expect(planFault(streamOf(which, 0.5, 0.5).random, { none: 0, [kind]: 2 })?.kind).toBe(kind);
  }
});

test("every kind has its share of the stream", () => {
  const kinds = faultKinds.map(
    (_, index) => planFault(streamOf((index + 0.5) / faultKinds.length).random, { none: 0, ...evenly })?.kind,
  );

  expect(kinds).toEqual([...faultKinds]);
});

test("without weights nothing goes wrong", () => {
  fc.assert(fc.property(share, (which) => planFault(streamOf(which).random, { none: 1 }) === null));
  expect(planFault(streamOf(0.9).random, { none: 0 })).toBeNull();
});

test("delays and Retry-After stay within their ranges, both ends included", () => {
  const [least, most] = usualFaultRanges.lateCommitMs;

  expect(planFault(streamOf(0, 0, 0).random, { none: 0, "late-commit": 1 })).toEqual({
    kind: "late-commit",
    delayMs: least,
  });
  expect(planFault(streamOf(0, 0.999999999, 0).random, { none: 0, "late-commit": 1 })).toEqual({
    kind: "late-commit",
    delayMs: most,
  });
  expect(planFault(streamOf(0, 0, 0).random, { none: 0, slow: 1 }, { ...usualFaultRanges, slowMs: [7, 7] })).toEqual({
    kind: "slow",
    delayMs: 7,
  });
});

test("a 429 comes with and without Retry-After, a 503 in all four ways", () => {
  const plan = (kind: FaultKind, variant: number) => planFault(streamOf(0, 0, variant).random, { none: 0, [kind]: 1 });

  expect([0.2, 0.7].map((variant) => plan("status-429", variant))).toEqual([
    { kind: "status-429", retryAfterSeconds: 1 },
    { kind: "status-429", retryAfterSeconds: null },
  ]);
  expect([0.1, 0.3, 0.6, 0.9].map((variant) => plan("status-503", variant))).toEqual([
    { kind: "status-503", done: true, retryAfterSeconds: 1 },
    { kind: "status-503", done: true, retryAfterSeconds: null },
    { kind: "status-503", done: false, retryAfterSeconds: 1 },
    { kind: "status-503", done: false, retryAfterSeconds: null },
  ]);
});

test.each<[Fault | null, "never" | "now" | "late"]>([
  [null, "now"],
  [{ kind: "refused" }, "never"],
  [{ kind: "dns" }, "never"],
  [{ kind: "tls" }, "never"],
  [{ kind: "reset-before-commit" }, "never"],
  [{ kind: "reset-after-commit" }, "now"],
  [{ kind: "timeout-not-done" }, "never"],
  [{ kind: "timeout-done" }, "now"],
  [{ kind: "late-commit", delayMs: 1 }, "late"],
  [{ kind: "status-429", retryAfterSeconds: null }, "never"],
  [{ kind: "status-500", done: true }, "now"],
  [{ kind: "status-500", done: false }, "never"],
  [{ kind: "status-503", done: true, retryAfterSeconds: 1 }, "now"],
  [{ kind: "status-503", done: false, retryAfterSeconds: 1 }, "never"],
  [{ kind: "garbage", body: "" }, "now"],
  [{ kind: "slow", delayMs: 1 }, "now"],
])("with %j the vendor does it: %s", (fault, expected) => {
  expect(commitOf(fault)).toBe(expected);
});
