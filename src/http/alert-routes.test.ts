import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openIntakeRig, type IntakeRig } from "../../test/fixtures/intake-rig.ts";
import { wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";

const grave = (user = "ana"): object => wazuhAlert({ id: "120100", level: 10, description: `guess on ${user}` });
const low = (): object => wazuhAlert({ id: "5710", level: 5, description: "x" });
const ndjson = (...alerts: readonly object[]): string => alerts.map((alert) => `${JSON.stringify(alert)}\n`).join("");
const json = { "content-type": "application/json" };

function raws(rig: IntakeRig): readonly string[] {
  return rig.stretches.flatMap(({ alerts }) => alerts.map(({ raw }) => raw));
}

describe("what is taken", () => {
  test("NDJSON is stored before it is answered, byte for byte, and counted line by line", async () => {
    const rig = await openIntakeRig();
    const [first, second] = [grave(), low()];

    const { status, body } = await rig.post(ndjson(first, second));

    expect(status).toBe(200);
    expect(body).toEqual({ read: 2, kept: 1, duplicate: 0, ignored: 1, malformed: 0, refused: [], filter: "f1" });
    expect(await rig.counts()).toEqual([2, 1, 0, 0, 1]);
    expect(raws(rig)).toEqual([JSON.stringify(first)]);
  });

  test("the same sent again is known, whatever shape it comes in the second time", async () => {
    const rig = await openIntakeRig();
    const alert = grave();
    await rig.post(ndjson(alert));

    const again = await rig.post(ndjson(alert));
    const otherwise = await rig.post(JSON.stringify([{ date: 1.5, log: JSON.stringify(alert) }]), json);

    expect([again.body, otherwise.body]).toMatchObject([
      { read: 1, kept: 0, duplicate: 1 },
      { read: 1, kept: 0, duplicate: 1 },
    ]);
    expect(await rig.counts()).toEqual([3, 0, 0, 2, 1]);
  });

  const [alert, other] = [grave("ben"), grave("cia")];
  const text = JSON.stringify(alert);
  const shapes: Readonly<Record<string, readonly [body: string, kept: number]>> = {
    "a JSON object": [text, 1],
    "a JSON object over several lines": [JSON.stringify(alert, null, 2), 1],
    "a JSON array": [JSON.stringify([alert, other]), 2],
    "an array over several lines": [JSON.stringify([alert, other], null, 2), 2],
    "NDJSON that calls itself JSON": [ndjson(alert, other), 2],
    "with a byte order mark": [`\ufeff${text}`, 1],
    "Fluent Bit, json": [JSON.stringify([{ date: 1_795_445_715.5, ...alert }]), 1],
    "Fluent Bit, json_lines": [
      `${JSON.stringify({ date: 1.5, log: text })}\n${JSON.stringify({ log: `${text}\n` })}\n`,
      2,
    ],
    "Fluent Bit, json_stream": [
      `${JSON.stringify({ date: 1.5, log: text })}${JSON.stringify({ date: 2.5, ...other })}`,
      2,
    ],
    "Vector, text": [
      ndjson({ file: "/var/ossec/logs/alerts/alerts.json", host: "m", message: text, source_type: "file" }),
      1,
    ],
    "Vector, parsed, as an array": [JSON.stringify([{ host: "m", message: alert }]), 1],
    "Logstash, json_batch": [JSON.stringify([{ "@version": "1", event: { original: text }, message: "cut" }]), 1],
    "Logstash, one event": [JSON.stringify({ "@timestamp": "x", message: text, log: { file: { path: "/a" } } }), 1],
    "a monitor's hits": [
      JSON.stringify({
        monitor: { name: "grave" },
        ctx: { results: [{ hits: { total: { value: 2 }, hits: [hit(alert), hit(other)] } }] },
      }),
      2,
    ],
    "a monitor's list of hits": [JSON.stringify([hit(alert), hit(other)]), 2],
    "a monitor for each document": [JSON.stringify({ alerts: [{ sample_documents: [hit(alert)] }] }), 1],
    "a monitor that found nothing": [JSON.stringify({ ctx: { results: [{ hits: { hits: [] } }] } }), 0],
  };
  test.each(Object.entries(shapes))("%s", async (name, [body, kept]) => {
    const rig = await openIntakeRig();

    const answer = await rig.post(body, json);

    const known = name.includes("json_lines") ? { kept: 1, duplicate: 1 } : { kept, duplicate: 0 };
    expect(answer).toMatchObject({ status: 200, body: { ...known, malformed: 0, refused: [] } });
    const ids = raws(rig).map((raw) => (JSON.parse(raw) as { id: string }).id);
    expect(ids).toEqual(ids.length === 0 ? [] : expect.arrayContaining([(alert as { id: string }).id]));
  });

  test("gzip and zstd", async () => {
    const rig = await openIntakeRig();
    const body = ndjson(grave(), grave(), low());

    const answers = [
      await rig.post(gzipSync(body), { "content-encoding": "gzip" }),
      await rig.post(zstdCompressSync(body), { "content-encoding": "zstd" }),
    ];

    expect(answers.map(({ body: { kept, duplicate } }) => [kept, duplicate])).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  test("an alert without an id or a time gets one from its bytes, the same when it is sent again", async () => {
    const rig = await openIntakeRig();
    const { id: _, timestamp: __, ...bare } = grave() as { id: string; timestamp: string };

    const answers = [await rig.post(ndjson(bare)), await rig.post(ndjson(bare))];

    expect(answers.map(({ body }) => [body.kept, body.duplicate])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("each sender has counters of its own", async () => {
    const rig = await openIntakeRig({ senders: ["master", "worker"] });
    const alert = grave();

    await rig.post(ndjson(alert));
    await rig.post(ndjson(alert, low()), { "x-test-caller": "worker" });

    expect([await rig.counts("master"), await rig.counts("worker")]).toEqual([
      [1, 0, 0, 0, 1],
      [2, 1, 0, 1, 0],
    ]);
  });

  test("what a sender refused where it read is counted with what it sends, and a heartbeat without a line is stored", async () => {
    const rig = await openIntakeRig();

    await rig.post(ndjson(grave()), { "riposte-ignored": "40", "riposte-malformed": "2" });
    const { body } = await rig.post("", { "riposte-read-to": "2026-11-23T10:00:00.000Z", "riposte-ignored": "7" });

    expect(body).toMatchObject({ read: 7, ignored: 7, malformed: 0, kept: 0 });
    expect(await rig.counts()).toEqual([50, 47, 2, 0, 1]);
    expect(rig.sources["master"]?.status().sender).toMatchObject({ beats: true, lastBatch: { read: 7 } });
  });
});

describe("the good part of a batch", () => {
  test("is taken, and each bad line is named", async () => {
    const rig = await openIntakeRig({ limits: { lineBytes: 4_096 } });
    const lines = [
      JSON.stringify(grave()),
      '{"timestamp":"2026-',
      "[[1],[2]]",
      "",
      '{"a":1}',
      JSON.stringify({ wazuh: { rule: { id: "x" } } }),
      `{"rule":{},"x":"${"y".repeat(5_000)}"}`,
      JSON.stringify(grave()),
    ];

    const { status, body } = await rig.post(lines.join("\n"));

    expect(status).toBe(200);
    expect(body).toMatchObject({ read: 8, kept: 2, ignored: 1, malformed: 5 });
    expect(body.refused).toEqual([
      { line: 2, why: "it is not JSON" },
      { line: 3, why: "it is JSON and no alert: an object was expected" },
      { line: 5, why: expect.stringContaining("it has no rule") },
      { line: 6, why: "it is a finding of Wazuh 5, which are not read yet" },
      { line: 7, why: expect.stringContaining("it is longer than") },
    ]);
    const quarantined = await rig.reader.quarantine("forwarders/master");
    expect(quarantined.map(({ why }) => why).toSorted()).toEqual([
      "not_an_alert",
      "not_an_alert",
      "not_an_alert",
      "not_json",
      "too_long",
    ]);
  });

  test.each([
    ["JSON that stops half-way", `[${JSON.stringify(low())},{"rule":{"level":1`, { read: 2, ignored: 1, malformed: 1 }],
    ["lines of which one is cut", `${ndjson(grave())}{"a":{"b"\n${ndjson(low())}`, { read: 3, kept: 1, malformed: 1 }],
    ["arrays of arrays", `[[${JSON.stringify(grave())}],[[]]]`, { read: 2, malformed: 2, kept: 0 }],
    ["a page", "<html>\n<p>\n</html>\n", { read: 3, malformed: 3 }],
    ["numbers and words", '1, "a]b", null]', { malformed: 4, kept: 0 }],
    ["a million levels", `{"message":${"[".repeat(1e6)}${"]".repeat(1e6)}}`, { read: 1, malformed: 1 }],
    ["a wrapped million levels", `{"message":{"rule":{},"x":${"[".repeat(1e6)}${"]".repeat(1e6)}}}`, { malformed: 1 }],
    ["nothing", "", { read: 0, malformed: 0 }],
    ["white space", " \n \n", { read: 0, malformed: 0 }],
  ])("%s", async (_, body, counts) => {
    const rig = await openIntakeRig();

    const answer = await rig.post(body, json);

    expect(answer).toMatchObject({ status: 200, body: counts });
    const { read, kept, duplicate, ignored, malformed } = answer.body;
    expect(read).toBe(kept + duplicate + ignored + malformed);
  });
});

function hit(alert: object): object {
  return { _index: "wazuh-alerts-4.x-2026.11.23", _id: "a", _score: 1, _source: { "@timestamp": "x", ...alert } };
}
