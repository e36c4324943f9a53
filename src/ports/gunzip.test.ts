import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestUnpack } from "../../test/unpack.ts";
import { systemClock } from "./clock.ts";
import { diskFiles } from "./disk-files.ts";
import type { OpenFile } from "./files.ts";
import { gunzip } from "./gunzip.ts";
import type { Unpack, UnpackEnding } from "./unpack.ts";

/** Compresses badly, as nothing from Wazuh does, so that there are many pieces. */
function noise(bytes: number): Buffer {
  let state = 1;
  return Buffer.from(Array.from({ length: bytes }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
}

const TEXT = Buffer.from(Array.from({ length: 30_000 }, (_, i) => `{"line":${i},"x":"${i * 7_919}"}\n`).join(""));
const NOISE = noise(1_000_000);

function packedFile(bytes: Uint8Array): OpenFile {
  const folder = mkdtempSync(join(tmpdir(), "riposte-unpack-"));
  const path = join(folder, "a.gz");
  writeFileSync(path, bytes);
  const file = diskFiles.open(path);
  if (file.kind !== "open") throw new Error(file.why);
  onTestFinished(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return file;
}

interface Unpacked {
  readonly bytes: Buffer;
  readonly ending: UnpackEnding;
}

async function unpacked(unpack: Unpack, file: OpenFile, fromBytes = 0, room = 10_000): Promise<Unpacked> {
  let isReady = Promise.withResolvers<void>();
  const unpacking = unpack(file, { fromBytes, ready: () => isReady.resolve() });
  onTestFinished(() => unpacking.close());
  const parts: Buffer[] = [];
  for (;;) {
    isReady = Promise.withResolvers<void>();
    const into = Buffer.alloc(room);
    const got = unpacking.read(into, 0, room);
    parts.push(into.subarray(0, got));
    const ending = unpacking.ending();
    if (ending !== null) return { bytes: Buffer.concat(parts), ending };
    if (got < room) await isReady.promise;
  }
}

describe.each<[string, Unpack]>([
  ["zlib", gunzip],
  ["the tests' own", createTestUnpack(systemClock, 100_000)],
])("%s", (_, unpack) => {
  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a line", Buffer.from("{}\n")],
    ["much text", TEXT],
    ["noise", NOISE],
  ])("unpacks %s", async (__, bytes) => {
    const found = await unpacked(unpack, packedFile(gzipSync(bytes)));

    expect(found.bytes.equals(bytes)).toBe(true);
    expect(found.ending).toEqual({ kind: "whole", bytes: bytes.length });
  });

  test("goes on where one was, and says how much there is to whoever was further", async () => {
    const file = packedFile(gzipSync(TEXT));

    expect((await unpacked(unpack, file, 700_001)).bytes.equals(TEXT.subarray(700_001))).toBe(true);
    expect(await unpacked(unpack, file, TEXT.length + 1)).toEqual({
      bytes: Buffer.alloc(0),
      ending: { kind: "whole", bytes: TEXT.length },
    });
  });

  test("gives all of a file whose checksum is wrong, and says that it is", async () => {
    const packed = gzipSync(TEXT);
    packed[packed.length - 6]! ^= 1;

    const found = await unpacked(unpack, packedFile(packed));

    expect(found.bytes.equals(TEXT)).toBe(true);
    expect(found.ending).toEqual({ kind: "damaged", why: "incorrect data check" });
  });

  test("gives what there is of a file that is cut off, and says that it is", async () => {
    const packed = gzipSync(TEXT);

    const found = await unpacked(unpack, packedFile(packed.subarray(0, packed.length / 2)));

    expect(found.bytes.length).toBeGreaterThan(TEXT.length / 4);
    expect(found.bytes.equals(TEXT.subarray(0, found.bytes.length))).toBe(true);
    expect(found.ending).toEqual({ kind: "damaged", why: "unexpected end of file" });
  });

  test("gives nothing of a file that is none of gzip's, and says so", async () => {
    expect(await unpacked(unpack, packedFile(Buffer.from("an alert that was never packed")))).toEqual({
      bytes: Buffer.alloc(0),
      ending: { kind: "damaged", why: "incorrect header check" },
    });
  });
});

test.each([
  ["text", Buffer.from("this is no gzip file, and longer than a trailer")],
  [
    "a file of gzip's that is none",
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...Array<number>(20_000).fill(0xff)]),
  ],
])("all that stands before %s that somebody put behind it comes out, from wherever one was", async (_, behind) => {
  const file = packedFile(Buffer.concat([gzipSync(NOISE), behind]));

  for (const fromBytes of [0, 999_000]) {
    const { bytes, ending } = await unpacked(gunzip, file, fromBytes);

    expect(ending.kind).toBe("damaged");
    expect(bytes.subarray(0, NOISE.length - fromBytes).equals(NOISE.subarray(fromBytes))).toBe(true);
  }
});

test("several files packed into one come out one after the other", async () => {
  const found = await unpacked(gunzip, packedFile(Buffer.concat([gzipSync(TEXT), gzipSync(NOISE)])));

  expect(found.bytes.equals(Buffer.concat([TEXT, NOISE]))).toBe(true);
});

test("no more is unpacked than somebody reads", async () => {
  const file = packedFile(gzipSync(NOISE));
  let fedBytes = 0;
  const counted: OpenFile = {
    ...file,
    read(into, offset, length, position) {
      const got = file.read(into, offset, length, position);
      fedBytes += got;
      return got;
    },
  };

  const unpacking = gunzip(counted, { fromBytes: 0, ready: () => {} });
  onTestFinished(() => unpacking.close());
  // By then it could have been done as well.
  await unpacked(gunzip, packedFile(gzipSync(NOISE)));

  expect(fedBytes).toBeLessThan(NOISE.length / 2);
  expect(unpacking.packedBytesLeft()).toBe(file.stat().sizeBytes - fedBytes);
});

test("what the disk refuses is thrown, once what came before is read", async () => {
  const file = packedFile(gzipSync(NOISE));
  const failing: OpenFile = {
    ...file,
    read(into, offset, length, position) {
      if (position > 100_000) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
      return file.read(into, offset, length, position);
    },
  };

  await expect(unpacked(gunzip, failing)).rejects.toMatchObject({ code: "EIO" });
});
