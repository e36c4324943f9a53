import { expect, test } from "vitest";
import { createLog } from "./log.ts";
import { createPlainLog } from "./plain-log.ts";

test("its lines are those of the other log", () => {
  const [plain, pino]: [string[], string[]] = [[], []];
  const scrub = (line: string): string => line.replaceAll("hunter2", "[secret]");
  const error = new TypeError("x is not a function");
  const logs = [
    createPlainLog({ level: "info", pretty: false, scrub, write: (line) => plain.push(line), now: Date.now }),
    createLog({ level: "info", scrub, write: (line) => pino.push(line) }),
  ];

  for (const log of logs) {
    log.debug({ a: 1 }, "not said");
    log.info({ a: 1, b: null, c: ["x"] }, "said");
    log.child({ of: "child" }).warn({ trouble: "with hunter2 in it" }, "said too");
    log.error({ err: error }, "a bug");
  }

  const parsed = (lines: readonly string[]) => lines.map((line) => ({ ...(JSON.parse(line) as object), time: "" }));
  expect(parsed(plain)).toEqual(parsed(pino));
  expect(plain.every((line) => line.endsWith("\n"))).toBe(true);
});

test("for a person it is one readable line", () => {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);

  createPlainLog({ level: "warn", pretty: true, scrub: (line) => line, write, now: () => 0 }).warn({ n: 1 }, "wait");

  expect(lines).toEqual(["00:00:00 warn  wait n=1\n"]);
});
