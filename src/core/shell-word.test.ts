import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileTexts } from "../../test/fixtures/hostile.ts";
import { shellWord } from "./shell-word.ts";

const shells = ["/bin/sh", "/bin/bash", "/bin/dash"].filter((path) => existsSync(path));
const nasty = fc.constantFrom(..."'\"`$(){}[]<>|&;!*?~#=%^\\ \u00a0-_/.:,@+aZ9é漢🙂‘’“”".split(/(?:)/u));
const anyText = fc.oneof(fc.string({ unit: nasty, maxLength: 40 }), fc.string({ unit: "binary", maxLength: 40 }));

test.each(shells)("any text is one argument of %s with its very bytes, or no word at all", (shell) => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 60 }), (texts) => {
      const words = texts.flatMap((text) => {
        const word = shellWord(text, "sh", false);
        return word.kind === "word" ? [{ text, word: word.text }] : [];
      });

      const { stdout, stderr, status } = spawnSync(
        shell,
        ["-c", `set -- ${words.map(({ word }) => word).join(" ")}; printf '%s:' $#; printf '%s\\0' "$@"`],
        { env: {}, stdio: ["ignore", "pipe", "pipe"] },
      );

      expect([status, stderr.toString()]).toEqual([0, ""]);
      const [, given = "", args = ""] = /^(\d+):(.*)$/s.exec(stdout.toString()) ?? [];
      expect(Number(given)).toBe(words.length);
      // Even without a word, printf writes one zero.
      if (words.length > 0) expect(args.split("\0").slice(0, -1)).toEqual(words.map(({ text }) => text));
    }),
  );
});

test("a name, an address and a path that people really have are words", () => {
  for (const text of ["web-01", "198.51.100.23", "2001:db8::1", "/srv/data/a b.txt", "O'Brien", "CORP\\ana", "müller"])
    expect(shellWord(text, "sh", true).kind).toBe("word");
  expect(shellWord("O'Brien", "sh", true)).toEqual({ kind: "word", text: String.raw`'O'\''Brien'` });
});

test.each(["controls", "overrides", "halves", "long", "longest"])("%s: nothing to paste into a terminal", (name) => {
  for (const shell of ["sh", "powershell"] as const)
    expect(shellWord(hostileTexts[name] ?? "", shell, false).kind).toBe("unfit");
});

test.each(["\n", "a\nb", "a\tb", "\u0003", "\u001b]0;x\u0007", "\u0000", "a\u200bb", "a\u2028b", "\ud800"])(
  "%j is obeyed by the terminal or can't be seen, so it is no word",
  (text) => {
    expect(shellWord(text, "sh", false)).toEqual({ kind: "unfit", why: "has characters that can't be seen" });
  },
);

test("what would be read as an option is no word of its own, and may follow others", () => {
  expect(shellWord("-rf", "sh", true)).toMatchObject({ kind: "unfit", why: /hyphen/ });
  expect(shellWord("-rf", "sh", false)).toEqual({ kind: "word", text: "'-rf'" });
});

test("whatever is a word to sh is one to fish too, by its own rules", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const word = shellWord(text, "sh", false);
      if (word.kind === "word") expect(endsWhereItShould(word.text)).toBe(true);
    }),
  );
  for (const text of ["x\\", "\\' ; reboot #", "'\\"]) expect(shellWord(text, "sh", false).kind).toBe("unfit");
});

/** In fish a backslash escapes within single quotes as well, but only a quote or another backslash. */
function endsWhereItShould(word: string): boolean {
  let isQuoted = false;
  for (let i = 0; i < word.length; i += 1) {
    const sign = word[i] ?? "";
    if (sign === "\\" && (!isQuoted || "'\\".includes(word[i + 1] ?? "x"))) i += 1;
    else if (sign === "'") isQuoted = !isQuoted;
    else if (!isQuoted) return false;
  }
  return !isQuoted;
}

describe("PowerShell, by its own rules", () => {
  test("any text within single quotes ends where it should, whichever of the five quotes is in it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const word = shellWord(text, "powershell", false);
        if (word.kind === "word") expect(readByPowerShell(word.text)).toBe(text);
      }),
    );
    expect(shellWord("’;calc;‘", "powershell", false)).toEqual({ kind: "word", text: "'’’;calc;‘‘'" });
  });

  test.each(['a" "b', "C:\\dir\\"])("%s would reach a program changed, so it is no word", (text) => {
    expect(shellWord(text, "powershell", false).kind).toBe("unfit");
  });
});

/** The tokenizer's rule for texts in single quotes; null: it ends before its end. */
function readByPowerShell(word: string): string | null {
  const isQuote = (sign: string | undefined): boolean =>
    sign !== undefined && "'\u2018\u2019\u201a\u201b".includes(sign);
  if (!isQuote(word[0])) return null;
  let text = "";
  for (let i = 1; i < word.length; i += 1) {
    if (!isQuote(word[i])) text += word[i];
    else if (isQuote(word[i + 1])) text += word[(i += 1)];
    else return i === word.length - 1 ? text : null;
  }
  return null;
}
