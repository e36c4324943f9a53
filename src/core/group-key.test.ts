import fc from "fast-check";
import { expect, test } from "vitest";
import { GROUP_KEY_BYTES, groupKeyOf } from "./group-key.ts";

const alert = {
  document: {
    rule: { id: "5763", groups: ["syslog", "sshd"] },
    agent: { id: "001" },
    data: { srcip: "192.0.2.7", long: `${"x".repeat(300)}a`, alike: `${"x".repeat(300)}b` },
  },
};

test("a group key holds the fields' values in the order asked for", () => {
  expect(groupKeyOf(alert, ["agent.id", "data.srcip"])).toBe('["001","192.0.2.7"]');
});

test("without fields there is one group for all", () => {
  expect(groupKeyOf(alert, [])).toBe("[]");
});

test("a missing value is null, and is not the text null", () => {
  expect(groupKeyOf(alert, ["agent.id", "data.dstuser"])).toBe('["001",null]');
});

test("a list counts as its elements joined", () => {
  expect(groupKeyOf(alert, ["rule.groups"])).toBe('["syslog,sshd"]');
});

test("long values are cut and yet kept apart", () => {
  const long = groupKeyOf(alert, ["data.long"]);
  const alike = groupKeyOf(alert, ["data.alike"]);

  expect(long.length).toBeLessThan(300);
  expect(long).not.toBe(alike);
  expect(groupKeyOf(alert, ["data.long"])).toBe(long);
});

test("many long values are cut further, so that the key of any alert fits into an index", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.constantFrom("\u0000".repeat(400), "\u6f22".repeat(400)),
  );
  const values = fc.array(text, { minLength: 1, maxLength: 20 });
  const keyOf = (list: readonly string[]): string =>
    groupKeyOf(
      { document: { data: Object.fromEntries(list.map((value, i) => [`v${i}`, value])) } },
      list.map((_, i) => `data.v${i}`),
    );

  fc.assert(
    fc.property(values, (list) => {
      const key = keyOf(list);

      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(GROUP_KEY_BYTES);
      expect(JSON.parse(key)).toHaveLength(list.length);
      expect(keyOf([...list.slice(1), `${list[0]}x`])).not.toBe(key);
    }),
    { numRuns: 30 },
  );
});

test("field names that every object knows are missing, not functions", () => {
  expect(groupKeyOf(alert, ["constructor", "data.__proto__", "toString.name"])).toBe("[null,null,null]");
});
