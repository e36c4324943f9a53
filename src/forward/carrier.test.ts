import fc from "fast-check";
import { expect, test } from "vitest";
import { someLine, somePolicies } from "../../test/fixtures/any-lines.ts";
import { ACTION_RULES } from "../core/action.ts";
import { lineFilterOf, namedFilter } from "../core/line-filter.ts";
import { compileRefusal } from "../core/refusal.ts";
import { createCarrier } from "./carrier.ts";
import { FilterKeeper } from "./filter-keeper.ts";

test("the forwarder refuses a line exactly where the server would, and carries the others as they stand", async () => {
  const seen = { refused: 0, carried: 0 };
  await fc.assert(
    fc.asyncProperty(somePolicies, fc.array(someLine, { minLength: 1, maxLength: 5 }), async (policies, lines) => {
      const named = JSON.stringify(namedFilter(lineFilterOf(policies, ACTION_RULES)));
      const keeper = new FilterKeeper({ read: () => null, replace: () => {} }, () => {});
      await keeper.ask({ askFilter: () => Promise.resolve({ kind: "filter", body: named }) });
      const carrier = createCarrier(() => keeper.refuse);
      const atServer = compileRefusal(policies, ACTION_RULES);
      for (const line of lines) {
        // Neighbours that would finish a line which ends too early.
        const bytes = Buffer.from(`"},\n${line}","id":"504"`);
        const end = 4 + Buffer.byteLength(line);
        const isRefused = carrier.refuse(bytes, 4, end);
        expect(isRefused).toBe(atServer(bytes, 4, end));
        seen[isRefused ? "refused" : "carried"] += 1;
        if (isRefused || line.trim() === "" || line.includes("\0")) continue;
        expect(carrier.judge(line, 0)).toMatchObject({ kind: "kept", alert: { raw: line } });
      }
    }),
    { numRuns: 1_000 },
  );

  expect(Math.min(seen.refused, seen.carried)).toBeGreaterThan(100);
});

test("without any filter every line is carried", () => {
  const carrier = createCarrier(() => null);
  const bytes = Buffer.from('{"timestamp":"2026-05-26T08:53:41.577+0000","rule":{"level":0}}');

  expect(carrier.refuse(bytes, 0, bytes.length)).toBe(false);
});
