import { Socket } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openIntakeRig, type IntakeRig } from "../../test/fixtures/intake-rig.ts";
import { briskClock } from "../../test/fixtures/start-desk.ts";
import { wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";

const grave = (user = "ana"): object => wazuhAlert({ id: "120100", level: 10, description: `guess on ${user}` });
const ndjson = (...alerts: readonly object[]): string => alerts.map((alert) => `${JSON.stringify(alert)}\n`).join("");
const json = { "content-type": "application/json" };

describe("what is refused as a whole", () => {
  const half: Readonly<Record<string, readonly [Buffer | string, Record<string, string>, number, string]>> = {
    "too much is said to come": ["x", { "content-length": `${1 << 30}` }, 413, "1 MiB at most"],
    "too much comes": ["x".repeat(2 << 20), {}, 413, "1 MiB at most"],
    "it unpacks to too much": [gzipSync(counting(600_000)), { "content-encoding": "gzip" }, 413, "unpacked"],
    "a bomb": [zstdCompressSync(Buffer.alloc(60 << 20)), { "content-encoding": "zstd" }, 413, "500 times its size"],
    "it is no gzip": ["not gzip", { "content-encoding": "gzip" }, 400, "not one whole gzip"],
    "it is half a gzip": [
      gzipSync(counting(9_000)).subarray(0, 4_000),
      { "content-encoding": "gzip" },
      400,
      "not one whole gzip",
    ],
    "it is two frames of zstd": [
      Buffer.concat([zstdCompressSync("{}\n"), zstdCompressSync("{}\n")]),
      { "content-encoding": "zstd" },
      400,
      "not one whole zstd",
    ],
    "something stands behind the zstd": [
      Buffer.concat([zstdCompressSync(counting(9_000)), Buffer.alloc(300_000)]),
      { "content-encoding": "zstd" },
      400,
      "not one whole zstd",
    ],
    "an encoding that nobody knows": ["x", { "content-encoding": "br" }, 415, "gzip, zstd and identity"],
    MessagePack: ["x", { "content-type": "application/msgpack" }, 415, "application/x-ndjson"],
    "a form": ["x", { "content-type": "multipart/form-data; boundary=x" }, 415, "application/json"],
    "too many lines": ["{}\n".repeat(101), {}, 413, "100 lines"],
    "a time that is none": ["", { "riposte-read-to": "soon" }, 400, "Riposte-Read-To"],
    "a number that is none": ["", { "riposte-ignored": "-1" }, 400, "Riposte-Ignored"],
  };
  test.each(Object.entries(half))("%s", async (_, [body, headers, status, says]) => {
    const rig = await openIntakeRig({
      body: { sentBytes: 1 << 20, unpackedBytes: 2 << 20 },
      limits: { lines: 100 },
    });

    const { status: answered, problem } = await sent(rig, body, headers);

    expect(answered).toBe(status);
    expect(problem).toContain(says);
    expect(await rig.counts()).toEqual([]);
    expect(rig.sources["master"]?.status()).toMatchObject({
      trouble: null,
      sender: { refused: { says: expect.any(String) } },
    });
    // The next one is taken, and what was wrong is over.
    expect((await rig.post(ndjson(grave()))).status).toBe(200);
    expect(rig.events.map(({ kind }) => kind)).toEqual(["batch_refused", "well"]);
  });

  /** As it is sent where a client would not send a length that is not true. */
  async function sent(rig: IntakeRig, body: Buffer | string, headers: Record<string, string>) {
    const length = headers["content-length"];
    if (length === undefined) {
      const { status, body: answer } = await rig.post(body, headers);
      return { status, problem: answer.detail };
    }
    const said = await rig.raw(`POST /v1/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`, "x");
    return { status: Number(said.split(" ")[1]), problem: said };
  }

  test("a sender that takes too long is told so", async () => {
    const rig = await openIntakeRig({ clock: briskClock, body: { withinMs: 500 } });

    const said = await rig.raw("POST /v1/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n", "{");

    expect(said).toContain("HTTP/1.1 408");
    expect(said).toContain("did not come within");
  });

  test("a sender that goes away in the middle leaves nothing behind", async () => {
    const rig = await openIntakeRig({ room: { ofOneSender: 1 } });
    const socket = new Socket();
    socket.connect(rig.port, "127.0.0.1");
    socket.write("POST /v1/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    await answered(() => rig.post(ndjson(grave())), 429);
    socket.destroy();

    await answered(() => rig.post(ndjson(grave())), 200);

    expect(rig.logged).toEqual([]);
  });
});

describe("back-pressure", () => {
  test("beyond what may be on its way a sender is asked to come again, and nothing was taken", async () => {
    const rig = await openIntakeRig({ room: { ofOneSender: 1 }, senders: ["master", "worker"] });
    const stored = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    rig.storing = async (next) => {
      arrived.resolve();
      await stored.promise;
      return next();
    };
    const first = rig.post(ndjson(grave()));
    await arrived.promise;

    const second = await rig.post(ndjson(grave()));
    const others = rig.post(ndjson(grave()), { "x-test-caller": "worker" });
    stored.resolve();

    expect(second).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect(second.body.detail).toContain("nothing of this batch was taken");
    expect([(await first).status, (await others).status]).toEqual([200, 200]);
    expect(await rig.counts()).toEqual([1, 0, 0, 0, 1]);
  });

  test("what all of them hold has an end as well", async () => {
    const rig = await openIntakeRig({ room: { bytes: 1_000 } });

    const { status } = await rig.post(`${" ".repeat(2_000)}${ndjson(grave())}`, json);

    expect(status).toBe(429);
    expect((await rig.post(ndjson(grave()))).status).toBe(200);
  });

  test("what the store refuses is not answered as taken, and taken once when it is sent again", async () => {
    const rig = await openIntakeRig({ limits: { alerts: 1 } });
    const body = ndjson(grave("a"), grave("b"), grave("c"));
    let n = 0;
    rig.storing = (next) => ((n += 1) === 2 ? Promise.reject(new Error("the disk is full")) : next());

    const refused = await rig.post(body);
    const trouble = rig.sources["master"]?.status().trouble;
    const again = await rig.post(body);

    expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(refused.body.detail).toContain("the disk is full");
    expect(trouble).toContain("the disk is full");
    expect(again.body).toMatchObject({ read: 3, kept: 2, duplicate: 1 });
    expect(await rig.counts()).toEqual([4, 0, 0, 1, 3]);
    expect(rig.sources["master"]?.status().trouble).toBeNull();
    expect(rig.events.map(({ kind }) => kind)).toEqual(["batch_not_stored", "well"]);
  });

  test("while another config is put in force a sender is asked to come again", async () => {
    const rig = await openIntakeRig();
    await rig.sources["master"]?.drain();

    expect((await rig.post(ndjson(grave()))).status).toBe(429);
  });

  test("who is no sender is told what he lacks", async () => {
    const rig = await openIntakeRig();

    const { status, body } = await rig.post(ndjson(grave()), { "x-test-caller": "grafana" });

    expect([status, body.detail]).toEqual([409, expect.stringContaining("a token that may send")]);
  });
});

/** Packs about as well as alerts do. */
function counting(to: number): string {
  return Array.from({ length: to }, (_, n) => n % 5_000).join("\n");
}

async function answered(ask: () => Promise<{ readonly status: number }>, status: number): Promise<void> {
  while ((await ask()).status !== status) await new Promise((resolve) => setImmediate(resolve));
}
