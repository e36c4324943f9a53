import { expect, test } from "vitest";
import { createLog } from "./log.ts";
import { createScrubber } from "./scrub.ts";

function linesOf(options: { pretty?: boolean; scrub?: (line: string) => string } = {}) {
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), ...options });
  return { log, lines };
}

test("a line is one JSON object with time, level, sentence and fields", () => {
  const { log, lines } = linesOf();

  log.child({ source: "alerts" }).warn({ count: 2 }, "a static sentence");

  expect(lines).toHaveLength(1);
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
  expect(rest).toEqual({ level: "warn", source: "alerts", count: 2, msg: "a static sentence" });
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test("what is below the level is not written", () => {
  const { log, lines } = linesOf();

  log.debug({}, "ours");

  expect(lines).toEqual([]);
});

test("a line for a person keeps what an alert wrote from moving his cursor", () => {
  const { log, lines } = linesOf({ pretty: true });

  log.info({ title: "evil\u001b[2J\nnext", incident: 12, by: null }, "incident opened");

  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info  incident opened title="evil\\u001b\[2J\\nnext" incident=12\n$/);
});

test("an error's stack follows its line, each frame on its own", () => {
  const { log, lines } = linesOf({ pretty: true });

  log.error({ err: new Error("broke") }, "a worker met something that should not happen and goes on");

  expect(lines[0]?.split("\n")[1]).toBe("    Error: broke");
});

test.each([false, true])("a secret that got into a field or an error is taken out (pretty: %s)", (pretty) => {
  const secret = 'hook/"T0k3n"/✓';
  const scrubber = createScrubber();
  scrubber.learn(secret);
  scrubber.learn("short");
  const { log, lines } = linesOf({ pretty, scrub: scrubber.scrub });

  log.error({ url: `https://h/${encodeURIComponent(secret)}`, err: new Error(`POST ${secret}`), s: "short" }, "x");

  const text = lines.join("");
  expect(text).not.toContain("T0k3n");
  expect(text).toContain("[secret]");
  expect(text).toContain("short");
});
