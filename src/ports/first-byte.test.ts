// The border between "never sent" and "may have arrived", where a tunnel and TLS lie between a call and the vendor.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { callerWith, Folder, proxyOutside, VENDOR_NAME, vendorOutside } from "../../test/fixtures/outside.ts";

const ca = new FakeCa("Corp CA");
const OPENED = "HTTP/1.1 200 Opened\r\n\r\n";

interface OddProxy {
  readonly url: string;
  /** How often it was asked. */
  readonly asked: () => number;
}

/** Does this to whoever has asked it for a tunnel. */
async function oddProxy(then: (socket: Socket) => void): Promise<OddProxy> {
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.once("data", () => {
      asked += 1;
      then(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

describe("nothing was written, whatever a proxy does with a tunnel that it has opened", () => {
  test.each<readonly [string, (socket: Socket) => void, string]>([
    ["leads it nowhere", (socket) => socket.write(OPENED), "connect_timeout"],
    ["closes it at once", (socket) => socket.end(OPENED), "connection_reset"],
    ["cuts it at once", (socket) => socket.write(OPENED, () => socket.resetAndDestroy()), "connection_reset"],
    ["closes it on the first word of TLS", closeOnWord, "connection_reset"],
    ["answers the first word of TLS in plain text", (socket) => answerWord(socket), "tls_failed"],
    ["sends a page along", (socket) => socket.end(`${OPENED}<html>Log in</html>`), "tls_failed"],
  ])("when it %s", async (_, then, reason) => {
    const { url, asked } = await oddProxy(then);

    const failed = await callerWith({ proxy: url }, { connectTimeoutMs: 1_500 }).failedPost();

    expect(failed).toMatchObject({ written: false, reason });
    expect(asked()).toBe(1);
  });

  function closeOnWord(socket: Socket): void {
    socket.write(OPENED);
    socket.once("data", () => socket.end());
  }

  function answerWord(socket: Socket): void {
    socket.write(OPENED);
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  }

  test("and one call asks for one tunnel, also where what comes out of it speaks first", async () => {
    const { url, asked } = await oddProxy((socket) => socket.write(`${OPENED}220 mail.invalid ESMTP\r\n`));

    const failed = await callerWith({ proxy: url }).failedPost("http://mail.invalid/");

    expect(failed).toMatchObject({ written: false, reason: "unreadable_answer" });
    expect(failed.says).toContain("look whether the port is right");
    expect(asked()).toBe(1);
  });
});

test("a tunnel without TLS that is cut once the request is in it leaves the call unknown", async () => {
  const { url } = await oddProxy((socket) => {
    socket.write(OPENED);
    socket.once("data", () => socket.destroy());
  });

  expect(await callerWith({ proxy: url }).failedPost("http://plain.invalid/")).toMatchObject({ written: true });
});

describe("a connection that is kept", () => {
  test("and cut by the proxy while the next call is in it leaves only that one unknown", async () => {
    const vendor = await vendorOutside({
      tls: ca.issue({ names: [VENDOR_NAME] }),
      faults: (n) => (n === 2 ? { kind: "reset-after-commit" } : null),
    });
    const proxy = await proxyOutside({ hosts: { [VENDOR_NAME]: Number(new URL(vendor.url).port) } });
    const caller = callerWith({ proxy: proxy.url, ca: new Folder().write("ca.pem", ca.certificate) });

    const ends = [await caller.post(), await caller.post(), await caller.post()];

    expect(ends).toMatchObject([{ status: 200 }, { written: true, reason: "connection_reset" }, { status: 200 }]);
    // The second was sent once, and by the connection of the first.
    expect(vendor.requests).toHaveLength(3);
    expect(proxy.asked).toHaveLength(2);
  });

  test("goes on under the old settings for the call in it, and no longer", async () => {
    const tls = ca.issue({ names: [VENDOR_NAME] });
    const vendor = await vendorOutside({ tls, faults: (n) => (n === 2 ? { kind: "slow", delayMs: 300 } : null) });
    const hosts = { [VENDOR_NAME]: Number(new URL(vendor.url).port) };
    const [former, next] = [await proxyOutside({ hosts }), await proxyOutside({ hosts })];
    const caFile = new Folder().write("ca.pem", ca.certificate);
    const caller = callerWith({ proxy: former.url, ca: caFile });
    await caller.post();

    const inFlight = caller.post();
    await vendor.arrived(2);
    caller.use({ proxy: next.url, ca: caFile });
    const after = await caller.post();

    expect([await inFlight, after]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect([former.asked.length, next.asked.length]).toEqual([1, 1]);
    await expect.poll(() => former.open).toBe(0);
  });
});

// What a vendor thinks of our certificate can be known before it has read anything, or after. Node's own servers say
// nothing then, so OpenSSL's stands in.
test.skipIf(spawnSync("openssl", ["version"]).status !== 0)(
  "a vendor that has read the call before it asks for our certificate, and then refuses it, leaves it unknown",
  async () => {
    const clients = new FakeCa("Clients").certificate;
    const stranger = new FakeCa("Others").issue();
    const folder = new Folder();
    const vendor = await renegotiatingServer(folder, clients);
    const caller = callerWith({
      ca: folder.write("ca.pem", ca.certificate),
      cert: folder.write("client.pem", stranger.certificate),
      key: { file: folder.write("client-key.pem", stranger.key) },
    });

    const failed = await caller.failedPost(vendor.url);

    expect(vendor.said()).toContain("POST / HTTP/1.1");
    // It says so once it has ended the connection.
    await expect.poll(() => vendor.said()).toContain("certificate verify failed");
    expect(failed).toMatchObject({ written: true, reason: "connection_reset" });
    expect(failed.says).toContain("look whether http_client.cert is still valid");
  },
);

interface Renegotiating {
  readonly url: string;
  readonly said: () => string;
}

/** Speaks TLS 1.2, and asks for a certificate once it has read a whole request. */
async function renegotiatingServer(folder: Folder, clientCa: string): Promise<Renegotiating> {
  const { certificate, key } = ca.issue({ names: ["127.0.0.1"] });
  const files = ["-cert", folder.write("cert", certificate), "-key", folder.write("key", key)];
  const judging = ["-verify_return_error", "-CAfile", folder.write("clients", clientCa)];
  const child = spawn("openssl", [
    "s_server",
    "-accept",
    "127.0.0.1:0",
    "-tls1_2",
    "-no_resumption_on_reneg",
    ...files,
    ...judging,
  ]);
  onTestFinished(() => void child.kill());
  let said = "";
  let hasAsked = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const port = /^ACCEPT .*:(\d+)$/m.exec(said)?.[1];
      if (port !== undefined) resolve({ url: `https://127.0.0.1:${port}`, said: () => said });
      if (hasAsked || !said.includes("{}")) return;
      hasAsked = true;
      child.stdin.write("R\n");
    });
  });
}

test("a variable that would have Node trust anybody has no say", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const foreign = new FakeCa("Another CA");
  const vendor = await vendorOutside({ tls: foreign.issue({ names: ["127.0.0.1"] }) });
  const proxy = await proxyOutside({ hosts: {}, tls: foreign.issue({ names: ["127.0.0.1"] }) });

  const straight = await callerWith({}).failedPost(vendor.url);
  const through = await callerWith({ proxy: proxy.url }).failedPost();

  expect([straight, through]).toMatchObject([{ reason: "tls_failed" }, { reason: "proxy_failed" }]);
  expect([vendor.requests, proxy.asked]).toEqual([[], []]);
});

describe("names and addresses", () => {
  test("go to the proxy in the form that the network knows", async () => {
    const proxy = await proxyOutside({ hosts: {} });
    const caller = callerWith({ proxy: proxy.url });

    for (const host of ["größe.invalid", "[fd00::1]:8443", "192.0.2.7", "UPPER.invalid."])
      expect(await caller.failedPost(`https://${host}/`)).toMatchObject({ written: false, reason: "proxy_failed" });

    expect(proxy.asked.map(({ target }) => target)).toEqual([
      "xn--gre-6ka8i.invalid:443",
      "[fd00::1]:8443",
      "192.0.2.7:443",
      "upper.invalid.:443",
    ]);
  });

  test("a name with several addresses is tried at each", async () => {
    // Listens at one of the two addresses that this name usually has.
    const vendor = await vendorOutside({ tls: ca.issue({ names: ["localhost"] }) });
    const caller = callerWith({ ca: new Folder().write("ca.pem", ca.certificate) });

    expect(await caller.post(vendor.url.replace("127.0.0.1", "localhost"))).toMatchObject({ status: 200 });
  });

  test("an IPv6 address is reached as it stands", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 204 Taken\r\n\r\n")));
    onTestFinished(() => void server.close());
    server.listen(0, "::1");
    await once(server, "listening");

    const answer = await callerWith({}).post(`http://[::1]:${(server.address() as AddressInfo).port}/`);

    expect(answer).toMatchObject({ status: 204 });
  });
});
