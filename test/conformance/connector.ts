import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Io } from "../../src/connectors/connector.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { systemClock } from "../../src/ports/clock.ts";
import { openUndiciHttp, type UndiciHttp } from "../../src/ports/undici-http.ts";
import { serveVendor, unreachableUrl, type ServedVendor, type ServeOptions } from "../fakes/serve.ts";
import type { VendorAnswer, VendorRequest } from "../fakes/vendor.ts";
import { hostilePictures } from "../fixtures/hostile.ts";
import { destinationOf, firstStep, inspect, noLeak, stepOf, type ConnectorCase } from "./connector-case.ts";
import { connectorPlans } from "./connector-plans.ts";
import { connectorSecrets } from "./connector-secrets.ts";
import { secretsOf } from "./secrets.ts";
import { serveBytes, serveReset } from "./serve-bytes.ts";

export type { ConnectorCase } from "./connector-case.ts";

/**
 * What every connector promises, over real sockets. `make` is given the address of the vendor, without a slash at the
 * end, and puts it wherever its config wants it.
 */
export function connectorSuite<Config>(name: string, make: (url: string) => ConnectorCase<Config>): void {
  describe(`${name}, as every connector`, () => {
    let http: UndiciHttp;
    const served: ServedVendor[] = [];
    const sample = make("http://127.0.0.1:9");

    beforeAll(() => {
      http = openUndiciHttp({ connectionsPerOrigin: 4, clock: systemClock });
    });
    afterAll(() => http.close(0));
    afterEach(async () => {
      for (const vendor of served.splice(0)) await vendor.close();
    });

    async function serve(
      answer: (request: VendorRequest) => VendorAnswer,
      options?: ServeOptions,
    ): Promise<ServedVendor> {
      const vendor = await serveVendor({ handle: answer }, options);
      served.push(vendor);
      return vendor;
    }

    function ioOf({ secrets }: ConnectorCase<Config>, deadlineMs = 10_000): Io {
      return { http, secrets: secretsOf(secrets), now: Date.now(), deadlineMs };
    }

    async function perform(url: string, deadlineMs?: number): Promise<Outcome> {
      const made = make(url);
      return noLeak(made, await destinationOf(made).perform(firstStep(made), ioOf(made, deadlineMs)));
    }

    connectorPlans(sample);

    describe("what becomes of it", () => {
      test("a call that goes well is done", async () => {
        const vendor = await serve(() => sample.ok);
        expect(await perform(vendor.url)).toMatchObject({ kind: "done" });
        expect(vendor.requests).toHaveLength(1);
      });

      test("every status from 200 to 599 means what it should", async () => {
        let status = 200;
        const vendor = await serve(() => ({ ...sample.ok, status }));
        const wrong: string[] = [];
        for (status = 200; status < 600; status += 1) {
          const expected = sample.statusMeans?.(status) ?? usualMeaning(status);
          const outcome = await perform(vendor.url);
          if (outcome.kind !== expected) wrong.push(`${status}: ${outcome.kind}, not ${expected}`);
          if (outcome.kind === "later" && outcome.scope !== "destination") wrong.push(`${status}: only the work waits`);
        }
        expect(wrong).toEqual([]);
      });

      test("an answer that never comes is unknown at the deadline", async () => {
        const vendor = await serve(() => sample.ok, { faults: () => ({ kind: "timeout-done" }) });
        expect(await perform(vendor.url, 200)).toMatchObject({ kind: "unknown", reason: "timeout" });
      });

      test("a connection cut after the request was read is unknown", async () => {
        const vendor = await serve(() => sample.ok, { faults: () => ({ kind: "reset-after-commit" }) });
        expect(await perform(vendor.url)).toMatchObject({ kind: "unknown", reason: "connection_reset" });
      });

      test("a connection cut before the request was read is not taken for a success or a refusal", async () => {
        const { url, close } = await serveReset();
        // By then the request is on its way, and nobody can tell that it was not read.
        const { kind } = await perform(url);
        await close();
        expect(["later", "unknown"]).toContain(kind);
      });

      test("a refused connection, and one that speaks no TLS, wait for later", async () => {
        expect(await perform(await unreachableUrl())).toMatchObject({
          kind: "later",
          scope: "destination",
          reason: "connection_refused",
        });
        const vendor = await serve(() => sample.ok);
        expect(await perform(vendor.brokenTlsUrl)).toMatchObject({
          kind: "later",
          scope: "destination",
          reason: "tls_failed",
        });
        expect(vendor.requests).toHaveLength(0);
      });

      test.each([
        ["cut in its middle", Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ok`)],
        [
          "not UTF-8",
          Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"), Buffer.from([0xff, 0xfe])]),
        ],
        ["endless", Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n${"x".repeat(2_000_000)}`)],
      ])("a success whose body is %s is what the vendor's readme says", async (_, bytes) => {
        const { url, close } = await serveBytes(bytes);
        const { kind } = await perform(url);
        await close();
        expect(kind).toBe(sample.unreadable);
      });

      test("an answer that is not HTTP is unknown", async () => {
        const { url, close } = await serveBytes(Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"));
        const outcome = await perform(url);
        await close();
        expect(outcome).toMatchObject({ kind: "unknown" });
      });

      test("a 429 waits as long as it asks for, in seconds or until a date", async () => {
        const inAMinute = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 60_000).toUTCString();
        const values = ["7", inAMinute, "nonsense"];
        const vendor = await serve(() => {
          return { ...sample.ok, status: 429, headers: { "retry-after": values.shift() ?? "" } };
        });
        expect(await perform(vendor.url)).toMatchObject({ kind: "later", reason: "rate_limited", retryAfterMs: 7_000 });
        const dated = await perform(vendor.url);
        expect(dated.kind === "later" && Math.round((dated.retryAfterMs ?? 0) / 10_000)).toBe(6);
        expect(await perform(vendor.url)).toMatchObject({ kind: "later", retryAfterMs: null });
      });

      test("a redirect is not followed", async () => {
        const elsewhere = await serve(() => sample.ok);
        const vendor = await serve(() => ({ status: 307, headers: { location: elsewhere.url }, body: "" }));
        expect(await perform(vendor.url)).toMatchObject({ kind: "later", reason: "destination_gone" });
        expect(elsewhere.requests).toHaveLength(0);
      });
    });

    connectorSecrets(async () => {
      const vendor = await serve(() => sample.ok);
      const made = make(vendor.url);
      return {
        made,
        useless: make("http://sEcReT-cAnArY-41.invalid"),
        io: (secrets, deadlineMs) => ({ ...ioOf(made, deadlineMs), secrets }),
        calls: () => vendor.requests.length,
      };
    });

    describe("secrets and a vendor that repeats them", () => {
      test("none is in a step, and none in what comes of it, even where the vendor repeats all that it was sent", async () => {
        let answer = { status: 200, own: "" };
        const vendor = await serve(({ path, headers, body }) => {
          const echo = JSON.stringify({ path, headers, body });
          return { status: answer.status, headers: { "x-echo": echo, location: path }, body: answer.own || echo };
        });
        const made = make(vendor.url);
        noLeak(made, firstStep(made));
        for (const status of [200, 302, 400, 401, 404, 429, 500]) {
          for (const own of ["", ...made.canaries]) {
            answer = { status, own };
            await perform(vendor.url);
            noLeak(made, await destinationOf(made).probe(ioOf(made)));
          }
        }
        await perform(vendor.url.replace("http:", "https:"));
      });
    });

    describe("hostile alerts", () => {
      test.each([...hostilePictures()])("%s: shown harmless, within every limit, and sent", async (_, picture) => {
        const vendor = await serve(() => sample.ok);
        const made = make(vendor.url);
        const destination = destinationOf(made);
        const step = stepOf(destination, picture);

        inspect(made, step, picture);
        expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
        expect(await destination.perform(step, ioOf(made))).toMatchObject({ kind: "done" });
        const [request] = vendor.requests;
        JSON.parse(request?.body ?? "");
      });
    });
  });
}

function usualMeaning(status: number): Outcome["kind"] {
  if (status < 300) return "done";
  if (status < 400 || [401, 402, 403, 404, 405, 407, 410, 421, 426, 429, 451].includes(status)) return "later";
  if (status === 408 || status >= 500) return "unknown";
  return "never";
}
