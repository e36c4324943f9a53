import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeEach, expect, test } from "vitest";
import { USUAL_AWS } from "../ports/aws-settings.ts";
import type { SecretRef } from "../ports/secrets.ts";
import { SecretBook } from "./book.ts";
import type { Mode } from "./entry.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-book-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "secret");
const ref: SecretRef = { file };
let now = 1_000_000;
let told: string[] = [];
let learnt: string[] = [];
let book: SecretBook;

beforeEach(() => {
  now = 1_000_000;
  told = [];
  learnt = [];
  writeFileSync(file, "one-of-them");
});

async function follow(mode: Mode): Promise<void> {
  book = new SecretBook({
    clock: { now: () => now },
    env: { TOKEN: "from-the-environment" },
    aws: USUAL_AWS,
    learn: (value) => learnt.push(value),
    tell: {
      changed: (_, { how }) => told.push(`changed ${how}`),
      refused: (_, says) => told.push(`refused: ${says}`),
      trouble: (_, why) => told.push(why === null ? "well" : "trouble"),
    },
  });
  book.follow([{ ref, mode }], USUAL_AWS);
  await book.lookAtDue();
}

async function inUse(): Promise<string> {
  const found = await book.read(ref);
  return found.kind === "value" ? found.value : `unreadable: ${found.why}`;
}

async function change(value: string | null): Promise<void> {
  if (value === null) rmSync(file);
  else writeFileSync(file, value);
  now += 2_000;
  await book.lookAtDue();
}

function candidate(): ReadonlyMap<string, string> {
  return new Map(book.unproven().map(({ key, value }) => [key, value]));
}

test("a new value is not in use before it is proven, and nobody forgets what was", async () => {
  await follow("probe");
  await change("two-of-them");

  expect(await inUse()).toBe("one-of-them");
  expect([...candidate().values()]).toEqual(["two-of-them"]);

  book.adopt(candidate(), "probe");
  expect(await inUse()).toBe("two-of-them");
  expect([...book.others([ref]).values()]).toEqual(["one-of-them"]);
  expect(told).toEqual(["changed probe"]);
  expect(learnt).toContain("one-of-them");
  expect(learnt).toContain("two-of-them");
});

test("one that was refused is tried again, later and later, and not at all once it is gone", async () => {
  await follow("probe");
  await change("two-of-them");
  for (const [key, value] of candidate()) book.putOff(key, value, "no", true);

  expect(candidate().size).toBe(0);
  expect(book.state(ref)).toMatchObject({ refused: "no", isReadable: true });
  now += 10_000;
  expect(candidate().size).toBe(1);
  await change("one-of-them");
  expect(candidate().size).toBe(0);
  expect(book.state(ref)).toMatchObject({ refused: null });
  expect(told).toEqual(["refused: no"]);
});

test("what can't be read any more stays in use, is told once, and told when it is back", async () => {
  await follow("probe");
  await change(null);
  await change("");
  expect(await inUse()).toBe("one-of-them");
  expect(book.state(ref)?.trouble).toContain("is empty");

  now += 10_000;
  await change("one-of-them");
  expect(told).toEqual(["trouble", "well"]);
});

test("whoever may come in by a secret that is gone may not any more", async () => {
  await follow("plain");
  await change("two-of-them");
  expect(await inUse()).toBe("two-of-them");
  await change(null);

  expect(await inUse()).toContain("does not exist");
});

test("where nobody can be asked a new value is in use at once, and the one before is back when it is refused", async () => {
  await follow("trial");
  await change("two-of-them");
  expect(await inUse()).toBe("two-of-them");

  book.judged(ref, "two-of-them", "refused");
  expect(await inUse()).toBe("one-of-them");
  await change("two-of-them");
  expect(await inUse()).toBe("one-of-them");
  expect(told[0]).toBe("changed unproven");
  expect(told[1]).toBe("changed back");
  expect(told[2]).toContain("refused when it was used");
});

test("what was taken once needs nothing before it any more", async () => {
  await follow("trial");
  await change("two-of-them");
  book.judged(ref, "two-of-them", "taken");

  book.judged(ref, "two-of-them", "refused");
  expect(await inUse()).toBe("two-of-them");
});

test("what was missing at the start is there as soon as somebody asks for it", async () => {
  rmSync(file);
  await follow("probe");
  expect(await inUse()).toContain("does not exist");

  writeFileSync(file, "late-but-there");
  expect(await inUse()).toBe("late-but-there");
});

test("a clock that was set back holds no value fast", async () => {
  await follow("plain");
  now -= 3_600_000;
  writeFileSync(file, "two-of-them");
  await book.lookAtDue();

  expect(await inUse()).toBe("two-of-them");
});

test("the environment is what it was", async () => {
  await follow("probe");
  expect(await book.read({ env: "TOKEN" })).toMatchObject({ value: "from-the-environment" });
  expect(book.state({ env: "TOKEN" })).toMatchObject({ nextAt: null });
});

test("a value shows itself to nobody who prints, serialises or inspects it", async () => {
  await follow("probe");
  const found = await book.read(ref);

  const shown = [
    JSON.stringify({ found }),
    `${found as unknown as string}`,
    inspect(found),
    inspect({ deep: { found } }, { showHidden: true }),
  ];
  expect(shown.join("\n")).not.toContain("one-of-them");
  expect(shown.every((text) => text.includes("***"))).toBe(true);
  expect({ ...found }).not.toHaveProperty("value");
});
