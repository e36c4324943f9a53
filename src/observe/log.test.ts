import { expect, test } from "vitest";
import { createLog } from "./log.ts";
import { createScrubber, overhear } from "./scrub.ts";

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

test("what was looked up as JSON is taken out value by value", async () => {
  const scrubber = createScrubber();
  const value = JSON.stringify({
    JIRA_URL: "https://h/hook/abc",
    JIRA_API_KEY: "t0k3n-t0k3n",
    JIRA_PROJECT_KEY: "SEC",
  });
  await overhear({ read: () => Promise.resolve({ kind: "value", value }) }, scrubber).read({ env: "X" });

  expect(scrubber.scrub("POST https://h/hook/abc with t0k3n-t0k3n for SEC")).toBe(
    "POST [secret] with [secret] for SEC",
  );
});

test("of an address with a login the password is taken out by itself, too, and as a header carries it", () => {
  const scrubber = createScrubber();
  scrubber.learn("http://riposte:pass%25word-1@proxy.example:3128");
  const header = Buffer.from("riposte:pass%word-1").toString("base64");

  expect(scrubber.scrub(`a pass%25word-1 b pass%word-1 c ${header} d proxy.example:3128`)).toBe(
    "a [secret] b [secret] c [secret] d proxy.example:3128",
  );
});
