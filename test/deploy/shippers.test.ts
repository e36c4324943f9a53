import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { openIntakeRig, type IntakeRig } from "../fixtures/intake-rig.ts";
import { shipped, shippedAlerts, type Packed } from "./shipped.ts";

const [brute, , exotic] = shippedAlerts();

/** What came back: the status, and the body as JSON. */
function answerIn(text: string): { readonly status: number; readonly body: unknown } {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  const plain = /transfer-encoding: chunked/i.test(head) ? unchunked(body) : body;
  return { status: Number(head.split(" ")[1]), body: JSON.parse(plain) as unknown };
}

function unchunked(text: string): string {
  let plain = "";
  for (let rest = text; rest !== "";) {
    const at = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, at), 16);
    if (length === 0) break;
    plain += rest.slice(at + 2, at + 2 + length);
    rest = rest.slice(at + 4 + length);
  }
  return plain;
}

/** The lines that are kept, as they are stored. */
async function kept(rig: IntakeRig): Promise<readonly string[]> {
  const incidents = await rig.reader.incidents({ limit: 9 });
  const bodies = await Promise.all(incidents.map(({ id }) => rig.reader.bodies(id)));
  return inOrder(bodies.flat().map(({ raw }) => raw));
}

function inOrder(lines: readonly string[]): readonly string[] {
  return lines.toSorted((a, b) => a.localeCompare(b));
}

const SENT: readonly (readonly [string, Packed])[] = [
  ["fluent-bit", "identity"],
  ["fluent-bit", "gzip"],
  ["fluent-bit", "zstd"],
  ["fluent-bit-json", "identity"],
  ["vector", "identity"],
  ["vector", "gzip"],
  ["vector", "zstd"],
  ["vector-json", "gzip"],
];

describe.each(SENT)("what %s puts on the wire (%s)", (name, packed) => {
  it("is taken, and each alert is stored byte for byte as Wazuh wrote it; sent again it counts once", async () => {
    const rig = await openIntakeRig();

    expect(answerIn(await rig.raw(shipped(name, packed)))).toMatchObject({
      status: 200,
      body: { read: 3, kept: 2, ignored: 1, malformed: 0, duplicate: 0, refused: [] },
    });
    expect(answerIn(await rig.raw(shipped(name, packed)))).toMatchObject({
      status: 200,
      body: { read: 3, kept: 0, duplicate: 2 },
    });

    expect(await kept(rig)).toEqual(inOrder([brute!, exotic!]));
    expect(await rig.counts()).toEqual([6, 2, 0, 2, 2]);
  });
});

describe("what Filebeat puts on the wire", () => {
  it("asks who is there, and is told a version that it speaks to", async () => {
    const rig = await openIntakeRig();

    const { status, body } = answerIn(await rig.raw(shipped("filebeat-ping")));

    expect(status).toBe(200);
    expect(body).toMatchObject({ version: { number: "7.10.2" }, tagline: expect.stringContaining("no Elasticsearch") });
  });

  it.each<Packed>(["identity", "gzip"])("is taken (%s), each document with its own answer", async (packed) => {
    const rig = await openIntakeRig();

    expect(answerIn(await rig.raw(shipped("filebeat-bulk", packed)))).toMatchObject({
      status: 200,
      body: { errors: false, items: Array(3).fill({ index: { status: 201 } }) },
    });

    expect(await kept(rig)).toEqual(inOrder([brute!, exotic!]));
    expect(await rig.counts()).toEqual([3, 1, 0, 0, 2]);
  });

  it("a document with no alert in it is refused by itself, so that Filebeat goes on with the next", async () => {
    const rig = await openIntakeRig();
    const bulk = shipped("filebeat-bulk", "identity", (body) => body.replace('"message":"{', '"message":"not {'));

    const { status, body } = answerIn(await rig.raw(bulk));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      errors: true,
      items: [
        { index: { status: 400, error: { type: "no_alert", reason: expect.stringContaining("no alert") } } },
        { index: { status: 201 } },
        { index: { status: 201 } },
      ],
    });
    expect(await rig.counts()).toEqual([3, 1, 1, 0, 1]);
  });

  it("what can't be stored now is answered so that Filebeat sends all of it again", async () => {
    const rig = await openIntakeRig();
    rig.storing = () => Promise.reject(new Error("disk full"));
    expect(answerIn(await rig.raw(shipped("filebeat-bulk"))).status).toBe(503);

    rig.storing = (next) => next();
    expect(answerIn(await rig.raw(shipped("filebeat-bulk"))).status).toBe(200);
    expect(await kept(rig)).toHaveLength(2);
  });

  it.each([
    ["an action that takes something away", (body: string) => body.replace('{"index":', '{"delete":'), /line 1/],
    ["an action without its document", (body: string) => `${body}{"index":{}}\n`, /line 7: no document follows/],
    ["a document without its action", (body: string) => body.slice(body.indexOf("\n") + 1), /line 1/],
    ["a batch that stops half-way", (body: string) => body.slice(0, body.indexOf("\n") + 20), null],
  ])("%s: nothing of the batch is taken", async (_, edit, says) => {
    const rig = await openIntakeRig();

    const { status, body } = answerIn(await rig.raw(shipped("filebeat-bulk", "identity", edit)));

    if (says === null) {
      // It has an action and something behind it: that is no alert, and is said of it alone.
      expect([status, await rig.counts()]).toEqual([200, [1, 0, 1, 0, 0]]);
      return;
    }
    expect(status).toBe(400);
    expect((body as { detail: string }).detail).toMatch(says);
    expect(await kept(rig)).toEqual([]);
  });

  it("whoever may not send is told so, and Filebeat keeps what it has", async () => {
    const rig = await openIntakeRig();
    const bulk = shipped("filebeat-bulk").toString().replace("Accept: ", "X-Test-Caller: stranger\r\nAccept: ");

    expect(answerIn(await rig.raw(bulk)).status).toBe(409);
  });
});

describe("the recipes", () => {
  const read = (name: string): string =>
    readFileSync(new URL(`../../deploy/shippers/${name}`, import.meta.url), "utf8");

  it("are YAML, name no token, and go where the alerts are taken", () => {
    for (const name of ["fluent-bit.yaml", "vector.yaml", "filebeat.yml"]) {
      const text = read(name);
      expect(parse(text)).toBeTypeOf("object");
      expect(text).toContain("${RIPOSTE_TOKEN}");
      expect(text).toContain("/var/ossec/logs/alerts/alerts.json");
    }
  });

  it("say what the bytes above were written for", () => {
    const fluentBit = parse(read("fluent-bit.yaml")) as {
      pipeline: { outputs: Record<string, unknown>[]; inputs: Record<string, unknown>[] };
    };
    expect(fluentBit.pipeline.outputs[0]).toMatchObject({
      name: "http",
      uri: "/v1/alerts",
      format: "json_lines",
      json_date_key: false,
      compress: "gzip",
      retry_limit: "no_limits",
    });
    expect(fluentBit.pipeline.inputs[0]).toMatchObject({ name: "tail", "storage.type": "filesystem" });
    const vector = parse(read("vector.yaml")) as { sinks: { riposte: Record<string, unknown> } };
    expect(vector.sinks.riposte).toMatchObject({
      type: "http",
      encoding: { codec: "text" },
      framing: { method: "newline_delimited" },
      acknowledgements: { enabled: true },
      request: { headers: { "Content-Type": "application/x-ndjson" } },
    });
    const filebeat = parse(read("filebeat.yml")) as Record<string, unknown>;
    expect(filebeat).toMatchObject({
      "output.elasticsearch": { path: "/v1/filebeat" },
      "setup.template.enabled": false,
      "setup.ilm.enabled": false,
    });
  });
});
