import fc from "fast-check";
import { expect, test } from "vitest";
import { someLine, somePolicies } from "../../test/fixtures/any-lines.ts";
import { re2 } from "../ports/regex.ts";
import { compilePolicies, matchAlert } from "./match.ts";
import type { Condition, Policy } from "./policy.ts";
import { compileRefusal, type Refuse } from "./refusal.ts";

/** JSON of which the first of two equal keys counts, as for the bytes; what reads it was found valid before. */
function parsedFirstWins(text: string): unknown {
  let at = 0;
  const token = /\s*("(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+)/suy;
  const take = (): string => {
    token.lastIndex = at;
    const found = token.exec(text)?.[1] ?? "";
    at = token.lastIndex;
    return found;
  };
  const value = (first: string): unknown => {
    if (first === "{") {
      const made: Record<string, unknown> = {};
      for (let key = take(); key !== "}"; key = take()) {
        if (key === ",") continue;
        take();
        const name = JSON.parse(key) as string;
        const read = value(take());
        if (!Object.hasOwn(made, name)) made[name] = read;
      }
      return made;
    }
    if (first === "[") {
      const made: unknown[] = [];
      for (let item = take(); item !== "]"; item = take()) if (item !== ",") made.push(value(item));
      return made;
    }
    return JSON.parse(first);
  };
  return value(take());
}

function isWanted(policies: readonly Policy[], text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  const document = parsedFirstWins(text) as Record<string, unknown>;
  return matchAlert(compilePolicies(policies, re2), { document }).length > 0;
}

function neverRefusesWhatIsWanted(compile: (policies: readonly Policy[]) => Refuse, seen = { refused: 0 }) {
  return fc.property(somePolicies, someLine, (policies, text) => {
    if (!isRefused(compile(policies), text)) return true;
    seen.refused += 1;
    return !isWanted(policies, text);
  });
}

test("what is refused does not parse, or no policy matches it", () => {
  const seen = { refused: 0 };

  fc.assert(neverRefusesWhatIsWanted(compileRefusal, seen), { numRuns: 10_000 });

  // Refusing nothing would hold as well, and prove nothing.
  expect(seen.refused).toBeGreaterThan(1_000);
});

/** Plausible shortcuts, each of which loses an alert. */
const planted: Record<string, (policies: readonly Policy[]) => Refuse> = {
  "looks for the level anywhere in the line": (policies) => (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString();
    const at = text.lastIndexOf('"rule":{"level":');
    return at >= 0 && isRefused(compileRefusal(policies), asWritten(text.slice(at + '"rule":{"level":'.length)));
  },
  "trusts the 28 bytes of the timestamp": (policies) => (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    return (
      text.slice(42, 60) === '","rule":{"level":' && isRefused(compileRefusal(policies), asWritten(text.slice(60)))
    );
  },
  "ends the level at the first byte that is no digit": (policies) => (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    return isRefused(compileRefusal(policies), text.replace(/^(.{60}\d+)[^\d,}]*/s, "$1,"));
  },
  "takes the first quote for the end of the description": (policies) => (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    return isRefused(compileRefusal(policies), text.replaceAll('\\"', '"'));
  },
  "forgets what ends an incident": (policies) => compileRefusal(policies.map((each) => ({ ...each, clear: null }))),
  "takes `not` for a promise about the fields it can't see": (policies) =>
    compileRefusal(policies.map((each) => ({ ...each, when: withoutUnseen(each.when) }))),
};

function withoutUnseen(when: Condition): Condition {
  return when.kind === "not" && when.of.kind === "field" && when.of.path === "data.srcip"
    ? { kind: "any", of: [] }
    : when;
}

test.each(Object.entries(planted))("the property catches one that %s", (_name, compile) => {
  const checked = fc.check(neverRefusesWhatIsWanted(compile), { numRuns: 50_000, seed: 7, endOnFailure: true });

  expect(checked.failed).toBe(true);
});

function isRefused(refuse: Refuse, line: string): boolean {
  // Neighbours in the buffer that would finish a line which ends too early.
  const bytes = Buffer.from(`"},\n${line}","id":"504"`);
  return refuse(bytes, 4, 4 + Buffer.byteLength(line));
}

function asWritten(fromLevel: string): string {
  return `{"timestamp":"2026-05-26T08:53:41.577+0000","rule":{"level":${fromLevel}`;
}
