import { spawn, spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { FakeCa, type Issued } from "../../test/fakes/certificates.ts";
import type { ServedVendor } from "../../test/fakes/serve.ts";
import { callerWith, Folder, SetClock, vendorOutside, type Caller } from "../../test/fixtures/outside.ts";

const ca = new FakeCa("Corp CA");
const here = { names: ["127.0.0.1", "localhost"] };

function caFile(of: FakeCa = ca): string {
  return new Folder().write("ca.pem", of.certificate);
}

function vendorWith(tls: Issued & { clientCa?: string } = ca.issue(here)): Promise<ServedVendor> {
  return vendorOutside({ tls });
}

describe("a vendor's certificate", () => {
  test("is trusted when it is from the CA in the file, by name and by address", async () => {
    const { url } = await vendorWith();
    const caller = callerWith({ ca: caFile() });

    expect(await caller.post(url)).toMatchObject({ status: 200 });
    expect(await caller.post(url.replace("127.0.0.1", "localhost"))).toMatchObject({ status: 200 });
  });

  const another = new FakeCa("Another CA");
  const hour = 3_600_000;
  const refused: readonly (readonly [string, Issued, string])[] = [
    ["from another CA", another.issue(here), "name its certificate in http_client.ca"],
    ["that has expired", ca.issue({ ...here, validUntilMs: Date.now() - 1_000 }), "its certificate has expired"],
    ["that is not valid yet", ca.issue({ ...here, validFromMs: Date.now() + hour }), "is not valid yet"],
    ["for another name", ca.issue({ names: ["other.invalid"] }), "its certificate is for another name"],
  ];

  test.each(refused)("%s is not, and nothing was written", async (_, issued, says) => {
    const vendor = await vendorWith(issued);
    const failed = await callerWith({ ca: caFile() }).failedPost(vendor.url);

    expect(failed).toMatchObject({ written: false, reason: "tls_failed" });
    expect(failed.says).toContain(says);
    expect(vendor.requests).toEqual([]);
  });

  test("from a CA of ours is not trusted as long as nobody names it", async () => {
    const { url } = await vendorWith();

    expect(await callerWith({}).failedPost(url)).toMatchObject({ written: false, reason: "tls_failed" });
  });
});

describe("a vendor that asks for a client certificate", () => {
  const clients = new FakeCa("Clients");

  function showing(issued: Issued): Caller {
    const folder = new Folder();
    const key = { file: folder.write("key.pem", issued.key) };
    return callerWith({ ca: caFile(), cert: folder.write("client.pem", issued.certificate), key });
  }

  test("is shown ours", async () => {
    const { url } = await vendorWith({ ...ca.issue(here), clientCa: clients.certificate });

    expect(await showing(clients.issue()).post(url)).toMatchObject({ status: 200 });
  });

  // Since TLS 1.3 it says so when we have written already, but what it never let in it has not read. Node's own servers
  // close without a word then, so OpenSSL's stands in for the others.
  describe.skipIf(spawnSync("openssl", ["version"]).status !== 0)("and says what it thinks of it", () => {
    const shown: readonly (readonly [string, Issued | null, string])[] = [
      ["that is missing", null, "it asks for a client certificate; name one in http_client.cert"],
      ["from elsewhere", new FakeCa("Others").issue(), "it does not take our client certificate"],
      [
        "that has expired",
        clients.issue({ validUntilMs: Date.now() - 1_000 }),
        "it does not take our client certificate",
      ],
    ];

    test.each(shown)("one %s means that nothing was read", async (_, issued, says) => {
      const url = await opensslServer(ca.issue(here), clients.certificate);
      const caller = issued === null ? callerWith({ ca: caFile() }) : showing(issued);

      const failed = await caller.failedPost(url);

      expect(failed).toMatchObject({ written: false, reason: "tls_failed" });
      expect(failed.says).toContain(says);
    });
  });
});

/** Sends an alert to whoever does not show a certificate that it likes. */
function opensslServer({ certificate, key }: Issued, clientCa: string): Promise<string> {
  const folder = new Folder();
  const files = ["-cert", folder.write("cert", certificate), "-key", folder.write("key", key)];
  const asking = ["-Verify", "2", "-verify_return_error", "-CAfile", folder.write("clients", clientCa)];
  const child = spawn("openssl", ["s_server", "-accept", "127.0.0.1:0", "-www", ...files, ...asking]);
  onTestFinished(() => void child.kill());
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const port = /^ACCEPT .*:(\d+)$/m.exec(said)?.[1];
      if (port !== undefined) resolve(`https://127.0.0.1:${port}`);
    });
    child.once("exit", () => reject(new Error(`openssl serves nothing: ${said}`)));
  });
}

describe("files that are renewed", () => {
  test("are in use two seconds later, without a restart", async () => {
    const { url } = await vendorWith();
    const folder = new Folder();
    const clock = new SetClock();
    const caller = callerWith({ ca: folder.write("ca.pem", new FakeCa("Old CA").certificate) }, { clock });
    await caller.failedPost(url);

    folder.write("ca.pem", ca.certificate);
    expect(await caller.post(url)).toMatchObject({ reason: "tls_failed" });
    clock.putForward(2_000);

    expect(await caller.post(url)).toMatchObject({ status: 200 });
    expect(caller.troubles).toEqual([]);
  });

  test("by something that can't be used: what was good stays in use, and it is told once when it lasts", async () => {
    const { url } = await vendorWith();
    // Each call takes a connection of its own.
    const other = await vendorWith();
    const third = await vendorWith();
    const folder = new Folder();
    const clock = new SetClock();
    const path = folder.write("ca.pem", ca.certificate);
    const caller = callerWith({ ca: path }, { clock });
    await caller.post(url);

    folder.write("ca.pem", "half a fi");
    clock.putForward(2_000);
    expect(await caller.post(other.url)).toMatchObject({ status: 200 });
    expect(caller.troubles).toEqual([]);
    for (const again of [third, await vendorWith(), await vendorWith()]) {
      clock.putForward(10_000);
      expect(await caller.post(again.url)).toMatchObject({ status: 200 });
    }

    expect(caller.troubles).toEqual([
      `http_client.ca: ${path} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`,
    ]);
  });

  test("that never could be used say so with each call, until they can", async () => {
    const { url } = await vendorWith();
    const folder = new Folder();
    const clock = new SetClock();
    const path = folder.write("ca.pem", "");
    const caller = callerWith({ ca: path }, { clock });

    const failed = await caller.failedPost(url);
    folder.write("ca.pem", ca.certificate);
    clock.putForward(2_000);

    expect(failed).toMatchObject({ written: false, reason: "tls_failed" });
    expect(failed.says).toContain(`http_client.ca: ${path} `);
    expect(await caller.post(url)).toMatchObject({ status: 200 });
  });
});
