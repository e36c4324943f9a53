import fc from "fast-check";
import { expect, test } from "vitest";
import { Analysisd, type LineKind } from "../../test/tail/analysisd.ts";
import { createRig, type Rig } from "../../test/tail/rig.ts";
import { HOUR_MS } from "../core/time.ts";
import type { Source } from "./source.ts";

const LIMITS = { chunkBytes: 700, lineBytes: 1_000, parsedATurn: 3, alerts: 4, alertBytes: 1_500, inputBytes: 3_000 };

type Step =
  | { readonly do: "write"; readonly kind: LineKind; readonly ending: "\n" | "\r\n" }
  | { readonly do: "flush"; readonly bytes: number }
  | { readonly do: "pass" | "set_clock"; readonly ms: number }
  | { readonly do: "rotate"; readonly by: "day" | "size" }
  | { readonly do: "truncate" | "pack" | "manager_restarts" | "crash" | "stop" | "slow" | "answer" | "trouble" };

const kind = fc.constantFrom<LineKind>("kept", "kept", "kept", "ignored", "ignored", "malformed", "too_long", "blank");
const common: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 12, arbitrary: fc.record({ do: fc.constant("write"), kind, ending: fc.constantFrom("\n", "\r\n") }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("flush"), bytes: fc.integer({ min: 1, max: 2_000 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("pass"), ms: fc.constantFrom(0, 1, 100, 250, 600, 2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("set_clock"), ms: fc.constantFrom(-HOUR_MS, -300, HOUR_MS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("rotate"), by: fc.constantFrom("day", "size") }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("manager_restarts", "crash", "crash", "stop", "slow", "answer", "answer", "trouble"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pack") }) },
];
const lossy: readonly fc.WeightedArbitrary<Step>[] = [
  ...common,
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("truncate") }) },
];

test("every line is read exactly once and counted once, whatever is appended, rotated, packed, restarted, killed and refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...common), { minLength: 5, maxLength: 60 }), async (steps) => {
      const { rig, analysisd } = await live(steps);

      expect(rig.ledger.ids).toEqual(idsOf(analysisd, "kept"));
      const malformed = [...idsOf(analysisd, "malformed"), ...idsOf(analysisd, "too_long")].length;
      const ignored = [...idsOf(analysisd, "ignored"), ...idsOf(analysisd, "blank")].length;
      const kept = rig.ledger.ids.length;
      expect(rig.ledger.totals).toEqual({ read: analysisd.lines.length, ignored, malformed, kept });
      const lossy = ["truncated", "gap", "damaged"];
      expect(rig.events.filter((event) => lossy.includes(event.kind))).toEqual([]);
    }),
    { numRuns: 120 },
  );
}, 60_000);

test("when files are emptied, nothing but what was not stored by then is missing, and nothing comes twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...lossy), { minLength: 5, maxLength: 60 }), async (steps) => {
      const { rig, analysisd, losable } = await live(steps);

      const stored = new Set(rig.ledger.ids);
      expect(stored.size).toBe(rig.ledger.ids.length);
      expect(idsOf(analysisd, "kept").filter((id) => !stored.has(id) && !losable.has(id))).toEqual([]);
      expect(rig.ledger.ids).toEqual(rig.ledger.ids.toSorted((a, b) => Number(a) - Number(b)));
      const { read, ignored, malformed, kept } = rig.ledger.totals;
      expect(read).toBe(ignored + malformed + kept);
    }),
    { numRuns: 120 },
  );
}, 60_000);

async function live(steps: readonly Step[]): Promise<{ rig: Rig; analysisd: Analysisd; losable: ReadonlySet<string> }> {
  const rig = createRig();
  const { ledger, clock } = rig;
  const analysisd = new Analysisd(rig.alerts, LIMITS.lineBytes);
  const losable = new Set<string>();
  let source: Source = rig.start({ limits: LIMITS });
  // Its first place is stored: from here on it may miss nothing.
  await clock.advance(0);

  function mayLose(files: readonly string[]): void {
    const stored = new Set(ledger.ids);
    for (const { id, file } of analysisd.lines) if (files.includes(file) && !stored.has(id)) losable.add(id);
  }

  for (const step of steps) {
    switch (step.do) {
      case "write":
        analysisd.write(step.kind, step.ending);
        break;
      case "flush":
        analysisd.flush(step.bytes);
        break;
      case "pass":
        await clock.advance(step.ms);
        break;
      case "set_clock":
        clock.set(step.ms);
        break;
      case "rotate":
        analysisd.rotate(step.by);
        break;
      case "manager_restarts":
        analysisd.restart();
        break;
      case "truncate":
        mayLose([analysisd.currentFile]);
        analysisd.truncate();
        break;
      case "pack":
        analysisd.pack();
        break;
      case "crash":
        rig.crash();
        source = rig.start({ limits: LIMITS });
        break;
      case "stop": {
        ledger.isSlow = false;
        answerAll(rig);
        await source.drain();
        source = rig.start({ limits: LIMITS });
        break;
      }
      case "slow":
        ledger.isSlow = !ledger.isSlow;
        break;
      case "answer":
        ledger.storeNext();
        await clock.advance(0);
        break;
      case "trouble":
        ledger.trouble = ledger.trouble === null ? new Error("the disk is full") : null;
        break;
    }
  }

  ledger.isSlow = false;
  ledger.trouble = null;
  answerAll(rig);
  analysisd.flush(Number.MAX_SAFE_INTEGER);
  await clock.advance(40_000);
  expect(source.status()).toMatchObject({ state: "at_end", behindBytes: 0 });
  await source.drain();
  return { rig, analysisd, losable };
}

function answerAll({ ledger }: Rig): void {
  while (ledger.waiting.length > 0) ledger.storeNext();
}

function idsOf(analysisd: Analysisd, wanted: LineKind): readonly string[] {
  return analysisd.lines.filter((line) => line.kind === wanted).map((line) => line.id);
}
