import type { Readable } from "node:stream";
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Place } from "./alert-room.ts";
import type { ProblemCode } from "./problem.ts";

export interface BodyLimits {
  /** As it comes over the wire. */
  readonly sentBytes: number;
  readonly unpackedBytes: number;
  /** What is packed tighter is no batch of alerts; only asked of what unpacks to more than a mebibyte. */
  readonly timesPacked: number;
  readonly withinMs: number;
}

const MIB = 1_024 * 1_024;

export const BODY_LIMITS: BodyLimits = {
  sentBytes: 16 * MIB,
  unpackedBytes: 32 * MIB,
  // Alerts of one rule are packed some hundred times tighter by zstd; a bomb a thousand times and more.
  timesPacked: 500,
  withinMs: 30 * SECOND_MS,
};

export type Encoding = "identity" | "gzip" | "zstd";

export type BodyRead =
  | { readonly kind: "read"; readonly body: Buffer }
  | { readonly kind: "refused"; readonly code: ProblemCode; readonly says: string }
  /** There is no room for it now. */
  | { readonly kind: "no_room" }
  /** Whoever sent it has gone: nobody hears an answer. */
  | { readonly kind: "cut_off" };

export interface BodyReading {
  readonly encoding: Encoding;
  /** What the sender said beforehand; null: nothing. */
  readonly saidBytes: number | null;
  readonly limits: BodyLimits;
  readonly place: Place;
  readonly clock: Clock;
}

/**
 * Reads a body to its end, unpacked on zlib's own threads. What is too much ends the reading where it is noticed: no
 * bomb ever stands unpacked in memory. The stream is left open, so that the sender can still be told.
 */
export function readBody(stream: Readable, reading: BodyReading): Promise<BodyRead> {
  const { encoding, saidBytes, limits, place, clock } = reading;
  if (saidBytes !== null && saidBytes > limits.sentBytes) return Promise.resolve(tooLarge("sent", limits.sentBytes));
  return new Promise((resolve) => {
    const unpacker = unpackerOf(encoding);
    const most = encoding === "identity" ? Math.min(limits.sentBytes, limits.unpackedBytes) : limits.sentBytes;
    const pieces: Buffer[] = [];
    const bytes = { sent: 0, unpacked: 0 };
    let isOver = false;
    let isReceived = false;
    let isUnpacked = encoding === "identity";
    const end = (read: BodyRead): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      stream.off("data", onData).off("end", onEnd).off("close", onClose);
      // An error of it that comes later is nobody's any more.
      stream.on("error", () => {});
      stream.pause();
      unpacker?.destroy();
      resolve(read);
    };
    const cancel = clock.after(limits.withinMs, () => {
      const says = `the body did not come within ${limits.withinMs / SECOND_MS} s`;
      end({ kind: "refused", code: "too-slow", says });
    });
    const keep = (piece: Buffer): void => {
      if (isOver) return;
      bytes.unpacked += piece.length;
      if (bytes.unpacked > limits.unpackedBytes) end(tooLarge("unpacked", limits.unpackedBytes));
      else if (bytes.unpacked > MIB && bytes.unpacked > limits.timesPacked * bytes.sent) end(tooTight(limits));
      else if (!place.grow(piece.length)) end({ kind: "no_room" });
      else pieces.push(piece);
    };
    const damaged = (): void =>
      end({ kind: "refused", code: "bad-request", says: `the body is not one whole ${encoding}` });
    const finish = (): void => {
      if (!isReceived || !isUnpacked) return;
      // Of several frames of zstd, Node unpacks the first and says nothing of the others.
      if (unpacker !== null && unpacker.bytesWritten < bytes.sent) return damaged();
      end({ kind: "read", body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces) });
    };
    const onData = (chunk: Buffer): void => {
      bytes.sent += chunk.length;
      if (bytes.sent > most) return end(tooLarge("sent", most));
      if (unpacker === null) return keep(chunk);
      if (isUnpacked) return damaged();
      if (!unpacker.write(chunk)) {
        stream.pause();
        unpacker.once("drain", () => {
          if (!isOver) stream.resume();
        });
      }
    };
    const onEnd = (): void => {
      isReceived = true;
      // An empty body is empty, however it is said to be packed.
      if (bytes.sent === 0) isUnpacked = true;
      else unpacker?.end();
      finish();
    };
    const onClose = (): void => {
      if (!stream.readableEnded) end({ kind: "cut_off" });
    };
    unpacker?.on("data", keep);
    unpacker?.on("end", () => {
      isUnpacked = true;
      finish();
    });
    unpacker?.on("error", damaged);
    stream.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
    // What was closed before anybody listened says nothing any more.
    if (stream.destroyed) onClose();
  });
}

function unpackerOf(encoding: Encoding): Gunzip | ZstdDecompress | null {
  switch (encoding) {
    case "identity":
      return null;
    case "gzip":
      return createGunzip({ chunkSize: 64 * 1_024 });
    case "zstd":
      return createZstdDecompress({ chunkSize: 64 * 1_024 });
  }
}

function tooLarge(what: "sent" | "unpacked", most: number): BodyRead {
  const of = what === "sent" ? "a body" : "a body that is unpacked";
  return { kind: "refused", code: "too-large", says: `${of} may have ${most / MIB} MiB at most; send smaller batches` };
}

function tooTight({ timesPacked }: BodyLimits): BodyRead {
  const says = `the body unpacks to more than ${timesPacked} times its size, which no batch of alerts does`;
  return { kind: "refused", code: "too-large", says };
}
