import fc from "fast-check";
import { expect, test } from "vitest";
import { Lines } from "./tail-lines.ts";

const LINE_BYTES = 40;

/** Reads `bytes` in pieces of the given sizes, stopping after so many lines each time. */
function linesOf(bytes: Buffer, chunkBytes: number, pieces: readonly number[], linesATurn: number): (string | null)[] {
  const found: (string | null)[] = [];
  const lines = new Lines({ chunkBytes, lineBytes: LINE_BYTES });
  let left = linesATurn;
  const taker = {
    line(from: Buffer, start: number, end: number): boolean {
      found.push(from.toString("latin1", start, end));
      left -= 1;
      return left > 0;
    },
    tooLong: () => void found.push(null),
  };
  for (let written = 0, i = 0; lines.readAtBytes < bytes.length; i += 1) {
    written = Math.min(bytes.length, written + (pieces[i % pieces.length] ?? 1));
    const end = written;
    lines.fill((into, offset, length, position) =>
      bytes.copy(into, offset, position, Math.min(position + length, end)),
    );
    do left = linesATurn;
    while (!lines.take(taker));
  }
  lines.takeRest(taker);
  expect(lines.offsetBytes).toBe(bytes.length);
  return found;
}

test("however a text is cut into reads, its lines are the same", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", "\r"), maxLength: LINE_BYTES + 5 });
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 5 }),
      (texts, endsWithNewline, chunkBytes, pieces, linesATurn) => {
        const text = texts.join("\n") + (endsWithNewline ? "\n" : "");

        const found = linesOf(Buffer.from(text, "latin1"), chunkBytes, pieces, linesATurn);

        const expected = text.split("\n").map((one) => one.replace(/\r$/, ""));
        if (text.endsWith("\n") || text === "") expected.pop();
        expect(found).toEqual(expected.map((one) => (one.length > LINE_BYTES ? null : one)));
      },
    ),
    { numRuns: 500 },
  );
});

test("the buffer grows for a long line and becomes small again", () => {
  const lines = new Lines({ chunkBytes: 16, lineBytes: 1_000 });
  const text = Buffer.from(`${"x".repeat(900)}\nab\ncd\n`);
  const found: number[] = [];
  const rooms: number[] = [];
  const taker = { line: (_: Buffer, start: number, end: number) => found.push(end - start) > 0, tooLong: () => {} };

  while (lines.readAtBytes < text.length) {
    lines.fill((into, offset, length, position) => {
      rooms.push(length);
      return text.copy(into, offset, position, position + Math.min(length, 100));
    });
    lines.take(taker);
  }
  lines.fill((_into, _offset, length) => {
    rooms.push(length);
    return 0;
  });

  expect(found).toEqual([900, 2, 2]);
  expect(Math.max(...rooms)).toBeGreaterThan(400);
  expect(rooms.at(-1)).toBe(16);
});

test("a line of just the limit waits for the newline behind its carriage return", () => {
  const found: number[] = [];
  const taker = {
    line: (_: Buffer, start: number, end: number) => found.push(end - start) > 0,
    tooLong: () => found.push(-1),
  };
  const lines = new Lines({ chunkBytes: 16, lineBytes: LINE_BYTES });
  const text = Buffer.from(`${"x".repeat(LINE_BYTES)}\r\n`);

  for (const end of [LINE_BYTES, LINE_BYTES + 1, LINE_BYTES + 2]) {
    while (lines.readAtBytes < end) {
      lines.fill((into, offset, length, position) =>
        text.copy(into, offset, position, Math.min(end, position + length)),
      );
      lines.take(taker);
    }
  }

  expect(found).toEqual([LINE_BYTES]);
});
