import fc from "fast-check";
import { expect, test } from "vitest";
import { re2 } from "../ports/regex.ts";
import { compilePolicies, matchAlert } from "./match.ts";
import type { Condition, Policy, Test } from "./policy.ts";
import { compileRefusal, type Refuse } from "./refusal.ts";

const STAMP = "2026-05-26T08:53:41.577+0000";

function field(path: string, asked: Test): Condition {
  return { kind: "field", path, test: asked };
}

function policy(when: Condition, clear: Condition | null = null): Policy {
  const tell = { low: [], medium: [], high: [], critical: [] };
  const terms = { name: "p", groupBy: [], severity: null, tell, holdMs: null, resolveAfterMs: 1, reopenWithinMs: 1 };
  return { terms, when, clear, continues: false };
}

const fromSeven = field("rule.level", { kind: "compare", operator: ">=", number: 7 });
const lost = field("rule.id", { kind: "one_of", values: ["504", "506"] });
const back = field("rule.id", { kind: "one_of", values: ["503"] });
const notNoise: Condition = { kind: "not", of: field("rule.id", { kind: "one_of", values: ["5710"] }) };
const ssh = field("rule.groups", { kind: "one_of", values: ["sshd"] });

function isRefused(refuse: Refuse, line: string): boolean {
  const bytes = Buffer.from(`"},\n${line}","id":"504"`);
  return refuse(bytes, 4, 4 + Buffer.byteLength(line));
}

function line(level: string, rest = `,"description":"said \\"no\\"","id":"5710"},"id":"1.2"}`, stamp = STAMP): string {
  return `{"timestamp":"${stamp}","rule":{"level":${level}${rest}`;
}

const cases: readonly [why: string, policies: readonly Policy[], line: string, refused: boolean][] = [
  ["a level that nobody wants", [policy(fromSeven)], line("3"), true],
  ["a level that somebody wants", [policy(fromSeven)], line("7"), false],
  ["a level of two digits", [policy(fromSeven)], line("12"), false],
  ["a level above all that Wazuh writes", [policy(lost)], line("100"), false],
  ["a level that ends the rule", [policy(fromSeven)], line("3", "}}"), true],
  ["a refused line that breaks off", [policy(fromSeven)], line("3", ","), true],
  ["a line that ends with the digit", [policy(fromSeven)], line("3", ""), false],
  ["a level with an exponent", [policy(fromSeven)], line("1e1"), false],
  ["a level with a leading zero", [policy(fromSeven)], line("010"), false],
  ["a level with letters", [policy(fromSeven)], line("3abc"), false],
  ["a fraction", [policy(fromSeven)], line("3.5"), false],
  ["a negative level", [policy(fromSeven)], line("-3"), false],
  ["a level in quotes", [policy(fromSeven)], line('"3"'), false],
  ["a space before the level", [policy(fromSeven)], line(" 3"), false],
  ["a shorter timestamp", [policy(fromSeven)], line("3", undefined, STAMP.slice(1)), false],
  ["a timestamp that hides a rule", [policy(fromSeven)], line("3", undefined, 'a","rule":{"level":15},"b":"'), false],
  ["an empty line", [policy(fromSeven)], "", false],
  ["a wanted id", [policy(fromSeven), policy(lost)], line("3", ',"description":"x","id":"504"}}'), false],
  ["an id that ends the incident", [policy(lost, back)], line("3", ',"description":"x","id":"503"}}'), false],
  ["an id that nobody wants", [policy(fromSeven), policy(lost)], line("3"), true],
  ["no id", [policy(lost)], line("3", "}}"), false],
  ["no description", [policy(lost)], line("3", ',"id":"5710"}}'), false],
  ["an id written as a number", [policy(lost)], line("3", ',"description":"x","id":5710}}'), false],
  ["an id with an escape", [policy(lost)], line("3", ',"description":"x","id":"50\\u0034"}}'), false],
  ["an id with a leading zero", [policy(lost)], line("3", ',"description":"x","id":"0571"}}'), false],
  ["an id too long to hold", [policy(lost)], line("3", ',"description":"x","id":"1234567890"}}'), false],
  ["an id that the line does not finish", [policy(lost)], line("3", ',"description":"x","id":"57'), false],
  ["a description that the line does not finish", [policy(lost)], line("3", ',"description":"x'), false],
  ["a description that ends in a backslash", [policy(lost)], line("3", ',"description":"x\\\\","id":"5710"}}'), true],
  [
    "a description that quotes an id",
    [policy(lost)],
    line("3", ',"description":"\\",\\"id\\":\\"1\\"","id":"504"}}'),
    false,
  ],
  ["the one id that is left out", [policy(notNoise)], line("3"), true],
  ["an id that is not left out", [policy(notNoise)], line("3", ',"description":"x","id":"5711"}}'), false],
  ["a policy that asks for more", [policy(ssh)], line("3"), false],
  ["a policy that also asks for more", [policy({ kind: "all", of: [fromSeven, ssh] })], line("3"), true],
  ["no policy at all", [], line("3"), true],
];

test.each(cases)("%s", (_why, policies, text, refused) => {
  expect(isRefused(compileRefusal(policies), text)).toBe(refused);
});

// From here on: whatever the policies and the line, what is refused was never wanted.

const someId = fc.constantFrom("504", "503", "5710", "5", "0504", "100100", "1234567890", "x");
const someLevel = fc.integer({ min: 0, max: 17 });

const someTest = fc.oneof(
  fc.record({
    path: fc.constantFrom("rule.level", "rule.level", "raw.rule.level", "rule.id"),
    test: fc.record({
      kind: fc.constant("compare" as const),
      operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      number: someLevel,
    }),
  }),
  fc.record({
    path: fc.constantFrom("rule.id", "rule.id", "raw.rule.id"),
    test: fc.record({ kind: fc.constant("one_of" as const), values: fc.array(someId, { maxLength: 3 }) }),
  }),
  fc.record({
    path: fc.constant("rule.level"),
    test: fc.record({
      kind: fc.constant("one_of" as const),
      values: fc.array(fc.oneof(someLevel.map(String), fc.constant("010")), { maxLength: 3 }),
    }),
  }),
  fc.record({
    path: fc.constantFrom("rule.level", "rule.id", "data.srcip", "rule.groups"),
    test: fc.oneof(
      fc.record({ kind: fc.constant("glob" as const), pattern: fc.constantFrom("*", "1*", "50?", "sshd") }),
      fc.record({ kind: fc.constant("regex" as const), pattern: fc.constantFrom("^1", "0", "ssh") }),
    ),
  }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: "condition" },
    {
      weight: 6,
      arbitrary: someTest.map(({ path, test: asked }): Condition => ({ kind: "field", path, test: asked })),
    },
    { weight: 1, arbitrary: fc.constant<Condition>({ kind: "always" }) },
    {
      weight: 3,
      arbitrary: fc
        .record({
          kind: fc.constantFrom("all" as const, "any" as const),
          of: fc.array(tie("condition"), { maxLength: 3 }),
        })
        .map((made): Condition => made),
    },
    { weight: 2, arbitrary: tie("condition").map((of): Condition => ({ kind: "not", of })) },
  ),
}));

const somePolicies = fc.array(
  fc.tuple(condition, fc.option(condition, { freq: 4, nil: null })).map(([when, clear]) => policy(when, clear)),
  { maxLength: 3 },
);

const levelText = fc.oneof(
  { weight: 8, arbitrary: someLevel.map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("1e1", "010", "12abc", "-3", "3.0", "3.5", " 3", "3 ", '"3"', "null", "100", "1E0"),
  },
);

const descriptionText = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom("sshd: failed", "", "prüfung ✓ 検査", 'said \\"no\\"', "C:\\\\Windows\\\\"),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(someId, fc.constantFrom('\\",\\"id\\":\\"$', 'x","id":"$","y":"', '\\\\","id":"$","y":"\\\\'))
      .map(([id, decoy]) => decoy.replace("$", id)),
  },
  { weight: 3, arbitrary: fc.constantFrom("\\u0022,", "\\", "\t") },
  { weight: 1, arbitrary: fc.constantFrom("é".repeat(32_768), `${"y".repeat(65_536)}\\"`) },
);

const idText = fc.oneof(
  { weight: 6, arbitrary: someId.map((id) => `"${id}"`) },
  { weight: 2, arbitrary: fc.constantFrom("504", '"50\\u0034"', '""', "null", '["504"]', '"504') },
);

const DECOYS = [
  '"groups":["sshd"]',
  '"level":15',
  '"level":1',
  '"id":"504"',
  '"x":{"rule":{"level":15,"description":"d","id":"504"}}',
  '"rule":{"level":15}',
];

const ruleRest = fc.array(fc.constantFrom(...DECOYS), { maxLength: 3 });
const rootRest = fc.array(
  fc.constantFrom(
    ...DECOYS,
    '"data":{"srcip":"192.0.2.1","rule":{"level":15}}',
    '"rule":{"level":15,"description":"d","id":"504"}',
    '"rule":{"level":1,"id":"5"}',
    '"full_log":"\\"rule\\":{\\"level\\":15,"',
    '"timestamp":"later"',
  ),
  { maxLength: 3 },
);

const stampText = fc.oneof(
  { weight: 8, arbitrary: fc.constant(STAMP) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'a","rule":{"level":15},"b":"',
      'aaaaaaaaaaaaaaa","level":1,"',
      '\\"6-05-26T08:53:41.577+0000"',
      `${STAMP.slice(0, 27)}\\`,
      STAMP.slice(1),
      `${STAMP}Z`,
      "２６年05-26T08:53:41.577+",
    ),
  },
);

const someLine = fc
  .record({
    stamp: stampText,
    level: fc.option(levelText, { freq: 9 }),
    description: fc.option(descriptionText, { freq: 9 }),
    id: fc.option(idText, { freq: 9 }),
    ruleRest,
    rootRest,
    shape: fc.oneof(
      { weight: 12, arbitrary: fc.constant("as_written" as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          "level_last" as const,
          "rule_first" as const,
          "spaces" as const,
          "nested_first" as const,
        ),
      },
    ),
    ending: fc.oneof(
      { weight: 16, arbitrary: fc.constant("" as const) },
      { weight: 4, arbitrary: fc.constantFrom("garbage" as const, "cut" as const) },
      { weight: 1, arbitrary: fc.constant("wide" as const) },
    ),
  })
  .map(({ stamp, level, description, id, shape, ending, ...rest }) => {
    const head = [
      ...(level === null ? [] : [`"level":${level}`]),
      ...(description === null ? [] : [`"description":"${description}"`]),
      ...(id === null ? [] : [`"id":${id}`]),
    ];
    const rule = `{${[...(shape === "level_last" ? head.toReversed() : head), ...rest.ruleRest].join(",")}}`;
    const root = [`"timestamp":"${stamp}"`, `"rule":${rule}`, ...rest.rootRest];
    if (shape === "rule_first") root.reverse();
    if (shape === "nested_first") root.splice(1, 0, '"data":{"rule":{"level":1,"description":"d","id":"5"}}');
    const written = `{${root.join(shape === "spaces" ? ", " : ",")}}`;
    switch (ending) {
      case "":
        return written;
      case "garbage":
        return `${written}]`;
      case "cut":
        return written.slice(0, Math.floor(written.length * 0.7));
      case "wide":
        return `${written.slice(0, -1)},"full_log":"${"x".repeat(65_536)}"}`;
    }
  });

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
    return at >= 0 && isRefused(compileRefusal(policies), line(text.slice(at + '"rule":{"level":'.length)));
  },
  "trusts the 28 bytes of the timestamp": (policies) => (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    return text.slice(42, 60) === '","rule":{"level":' && isRefused(compileRefusal(policies), line(text.slice(60)));
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
