import fc from "fast-check";
import { expect, test } from "vitest";
import { someLine, somePolicies } from "../../test/fixtures/any-lines.ts";
import { lineFilterOf, namedFilter, readLineFilter } from "./line-filter.ts";
import { compileRefusal, refusalBy } from "./refusal.ts";

const always = new Set(["651", "x"]);

test("a filter that went over the wire refuses exactly what the policies' own refusal does", () => {
  let refused = 0;
  fc.assert(
    fc.property(somePolicies, someLine, (policies, line) => {
      const sent = readLineFilter(JSON.parse(JSON.stringify(lineFilterOf(policies, always))));
      const bytes = Buffer.from(line);
      const here = compileRefusal(policies, always)(bytes, 0, bytes.length);
      if (here) refused += 1;
      return sent !== null && refusalBy(sent)(bytes, 0, bytes.length) === here;
    }),
    { numRuns: 2_000 },
  );

  expect(refused).toBeGreaterThan(100);
});

test("the same policies have the same name, others another", () => {
  const [one, other] = fc.sample(fc.uniqueArray(somePolicies, { minLength: 2, maxLength: 2, selector: nameOf }), 1)[0]!;

  expect(nameOf(one!)).toBe(nameOf(structuredClone(one!)));
  expect(nameOf(one!)).not.toBe(nameOf(other!));
});

function nameOf(policies: Parameters<typeof lineFilterOf>[0]): string {
  return namedFilter(lineFilterOf(policies)).etag;
}

test("it takes a few entries, however many levels are told apart", () => {
  expect(lineFilterOf([])).toEqual({ v: 1, levels: [{ from: 0, refuse: "all", ids: [] }] });
});

const good = { v: 1, levels: [{ from: 0, refuse: "all", ids: [] }] };

test.each([
  ["nothing", undefined],
  ["of a later version", { ...good, v: 2 }],
  ["levels that fall", { v: 1, levels: [{ from: 3, refuse: "all", ids: [] }, ...good.levels] }],
  ["a verdict of a later version", { v: 1, levels: [{ from: 0, refuse: "most", ids: [] }] }],
  ["an id that is no number", { v: 1, levels: [{ from: 0, refuse: "others", ids: ["504"] }] }],
  ["a level that is none", { v: 1, levels: [{ from: 0.5, refuse: "all", ids: [] }] }],
  ["entries that are none", { v: 1, levels: [null] }],
])("what can't be understood is no filter: %s", (_name, value) => {
  expect(readLineFilter(value)).toBeNull();
});
