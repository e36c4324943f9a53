import { expect, test } from "vitest";
import { renderLine, renderQuarantine } from "./quarantine.ts";
import { plain } from "./terminal.ts";

const at = Date.UTC(2026, 10, 23, 12);
const line = { source: "alerts", n: 1_203, at, why: "not_json", raw: '{"a":"\u001b[2J\u202e"' } as const;

test("malformed lines are listed with their numbers, and can't write over the terminal", () => {
  expect(renderQuarantine({ lines: [line, { ...line, n: 7, why: "too_long" }], more: true }, plain)).toBe(
    `SOURCE  LINE  AT                    REASON             TEXT
alerts  1203  2026-11-23 12:00:00Z  not JSON           {"a":"\\x1b[2J\\u202e"
alerts  7     2026-11-23 12:00:00Z  longer than 4 MiB  {"a":"\\x1b[2J\\u202e"
there is more: --limit
`,
  );
  expect(renderQuarantine({ lines: [], more: false }, plain)).toBe("");
});

test("one is shown in full, with what there is of it", () => {
  expect(renderLine({ line }, plain)).toBe(
    `alerts 1,203  not JSON, read 2026-11-23 12:00:00Z, 14 bytes\n\n{"a":"\\x1b[2J\\u202e"\n`,
  );
  expect(renderLine({ line: { ...line, raw: "x".repeat(16_384) } }, plain)).toContain(", the first 16.0 KiB of it\n");
});
