import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import type { FakeProxy, FakeProxyOptions } from "../../test/fakes/connect-proxy.ts";
import { unreachableUrl, type ServedVendor, type ServeOptions } from "../../test/fakes/serve.ts";
import {
  callerWith,
  Folder,
  proxyOutside,
  SetClock,
  VENDOR_NAME,
  vendorOutside,
  type Caller,
  type CallerOptions,
} from "../../test/fixtures/outside.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

const ca = new FakeCa("Corp CA");
/** Longer than a name's part may be, so that the resolver refuses it by itself: nothing leaves the machine. */
const NO_NAME = `${"a".repeat(64)}.invalid`;

interface World {
  readonly caller: Caller;
  readonly proxy: FakeProxy;
  readonly vendor: ServedVendor;
}

interface WorldOptions extends CallerOptions {
  readonly proxy?: Partial<FakeProxyOptions>;
  readonly vendor?: ServeOptions;
  readonly settings?: Partial<WayOutSettings>;
}

async function world({ proxy: asProxy, vendor: asVendor, settings, ...options }: WorldOptions = {}): Promise<World> {
  const vendor = await vendorOutside({ tls: ca.issue({ names: [VENDOR_NAME] }), ...asVendor });
  const proxy = await proxyOutside({ hosts: { [VENDOR_NAME]: Number(new URL(vendor.url).port) }, ...asProxy });
  const caFile = new Folder().write("ca.pem", ca.certificate);
  return { vendor, proxy, caller: callerWith({ proxy: proxy.url, ca: caFile, ...settings }, options) };
}

describe("through a proxy", () => {
  test("a vendor is reached whose name only the proxy knows, and sees nothing of the proxy", async () => {
    const { caller, proxy, vendor } = await world({ proxy: { login: "riposte:pass" }, settings: {} });
    caller.use({ ...(await settingsOf(proxy, "http://riposte:pass@")) });

    expect(await caller.post()).toMatchObject({ kind: "answered", status: 200, body: "ok" });
    expect(proxy.asked).toMatchObject([{ target: `${VENDOR_NAME}:443`, status: 200 }]);
    expect(vendor.requests).toMatchObject([{ method: "POST", path: "/in", body: "{}" }]);
    expect(Object.keys(vendor.requests[0]?.headers ?? {})).not.toContain("proxy-authorization");
  });

  test("one tunnel carries many calls", async () => {
    const { caller, proxy } = await world();

    for (let n = 0; n < 3; n += 1) await caller.post();

    expect(proxy.asked).toHaveLength(1);
  });

  test("a login that was replaced is used without a restart", async () => {
    const folder = new Folder();
    const clock = new SetClock();
    const { caller, proxy } = await world({
      proxy: { login: "riposte:p%s w:rd" },
      settings: { proxy: { file: folder.write("proxy", "") } },
      clock,
    });
    folder.write("proxy", proxy.url.replace("//", "//riposte:stale-password@"));

    const failed = await caller.failedPost();
    folder.write("proxy", `${proxy.url.replace("//", "//riposte:p%25s%20w%3Ard@")}/\n`);
    clock.putForward(2_000);

    expect(failed).toMatchObject({ written: false, reason: "proxy_failed" });
    expect(failed.says).toBe(
      `the proxy 127.0.0.1:${proxy.port} opened no tunnel (407): it does not take the login; correct the name and password where http_client.proxy says they are`,
    );
    expect(await caller.post()).toMatchObject({ status: 200 });
    expect(proxy.asked.map(({ status }) => status)).toEqual([407, 200]);
  });

  test("that speaks TLS itself: it is trusted by the same CA", async () => {
    const { caller, proxy } = await world({ proxy: { tls: ca.issue({ names: ["127.0.0.1"] }) } });

    expect(proxy.url).toMatch(/^https:/);
    expect(await caller.post()).toMatchObject({ status: 200 });
  });

  test("neither this machine is called nor whoever is excepted", async () => {
    const { caller, proxy } = await world({ settings: { noProxy: [".invalid"] } });
    const near = await vendorOutside({});

    expect(await caller.post(near.url)).toMatchObject({ status: 200 });
    // That its name is looked up here, and in vain, shows that it was called straight.
    expect(await caller.failedPost(`https://${NO_NAME}/`)).toMatchObject({ reason: "name_not_resolved" });

    expect(proxy.asked).toEqual([]);
  });

  test("a call goes from the moment that there is one, and no longer when it is gone", async () => {
    const { caller, proxy } = await world();
    const near = await vendorOutside({ tls: ca.issue({ names: ["localhost"] }) });
    const caFile = new Folder().write("ca.pem", ca.certificate);
    await caller.post();

    caller.use({ ca: caFile });
    expect(await caller.failedPost(`https://${NO_NAME}/`)).toMatchObject({ reason: "name_not_resolved" });
    expect(await caller.post(near.url.replace("127.0.0.1", "localhost"))).toMatchObject({ status: 200 });
    caller.use({ ca: caFile, proxy: proxy.url });
    expect(await caller.post()).toMatchObject({ status: 200 });

    expect(proxy.asked).toHaveLength(2);
  });
});

describe("a proxy that opens no tunnel leaves nothing written, and it is said what to do", () => {
  const answers: readonly [FakeProxy["answer"], string][] = [
    [403, "(403): let it allow CONNECT to the destination's host and port, or name the host in http_client.no_proxy"],
    [407, "(407): it wants a login; put its address with name and password into a file and write proxy: { file: … }"],
    [502, "(502): it could not reach the other side; its log says why"],
    [302, "(302): it did not answer as a proxy does; look at http_client.proxy"],
    ["cut", "cut the connection instead of opening a tunnel; its log says why"],
    ["silence", "did not open a tunnel in time; look whether it is up and can be reached from here"],
  ];

  test.each(answers)("when it answers %s", async (answer, says) => {
    const { caller, proxy, vendor } = await world({ connectTimeoutMs: 500 });
    proxy.answer = answer;

    const failed = await caller.failedPost();

    expect(failed).toMatchObject({ written: false, reason: "proxy_failed" });
    expect(failed.says).toContain(`the proxy 127.0.0.1:${proxy.port} `);
    expect(failed.says).toContain(says);
    expect(vendor.requests).toEqual([]);
    proxy.answer = null;
    expect(await caller.post()).toMatchObject({ status: 200 });
  });

  test("when it knows no such name", async () => {
    const { caller, proxy } = await world();

    expect(await caller.failedPost("https://unheard-of.invalid:8443/")).toMatchObject({
      written: false,
      reason: "proxy_failed",
    });
    expect(proxy.asked).toMatchObject([{ target: "unheard-of.invalid:8443", status: 502 }]);
  });

  test("when it wants a login of a kind that Riposte can't do", async () => {
    const { caller } = await world({ proxy: { login: "a:b", loginOffered: "Negotiate" } });

    expect((await caller.failedPost()).says).toContain("a login of another kind than Basic");
  });

  test.each([
    ["is not there", unreachableUrl, "nothing listens at the proxy 127.0.0.1:"],
    ["has a name that nobody knows", () => `http://${NO_NAME}:3128`, "is not known; look at http_client.proxy"],
    ["speaks no HTTP", speechless, "is no HTTP proxy"],
    ["shows a certificate from elsewhere", () => showing("Another CA", "127.0.0.1"), "from a CA that is not trusted"],
    ["shows a certificate for another name", () => showing(null, VENDOR_NAME), "its certificate is for another name"],
  ])("when it %s", async (_, urlOf, says) => {
    const { caller, vendor } = await world({ settings: { proxy: await urlOf() } });

    const failed = await caller.failedPost();

    expect(failed).toMatchObject({ written: false, reason: "proxy_failed" });
    expect(failed.says).toContain(says);
    expect(vendor.requests).toEqual([]);
  });

  test.each([
    ["NO_PROXY_THERE", "the environment variable NO_PROXY_THERE is not set"],
    ["ODD_PROXY", "neither http:// nor https://"],
    ["ODD_LOGIN", "percent-encoded"],
  ])("when its address in the variable %s can't be used", async (name, says) => {
    const env = { ODD_PROXY: "socks5://a:not-a-real-secret@h", ODD_LOGIN: "http://a:%not-a-real-secret@h:1" };
    const { caller } = await world({ settings: { proxy: { env: name } }, env });

    const failed = await caller.failedPost();

    expect(failed).toMatchObject({ written: false, reason: "secret_unreadable" });
    expect(failed.says).toContain(says);
    expect(failed.says).toMatch(/^http_client\.proxy: /);
    expect(failed.says).not.toContain("not-a-real-secret");
  });
});

describe("behind a proxy", () => {
  test("a call that was cut after it was written is as unknown as anywhere", async () => {
    const { caller } = await world({ vendor: { faults: () => ({ kind: "reset-after-commit" }) } });

    expect(await caller.failedPost()).toEqual({ kind: "failed", written: true, reason: "connection_reset" });
  });

  test("no tunnel stays open that led to a vendor who is not trusted", async () => {
    const foreigner = new FakeCa("Another CA").issue({ names: [VENDOR_NAME] });
    const { caller, proxy } = await world({ vendor: { tls: foreigner } });

    expect(await caller.failedPost()).toMatchObject({ written: false, reason: "tls_failed" });
    await expect.poll(() => proxy.open).toBe(0);
  });
});

async function settingsOf(proxy: FakeProxy, prefix: string): Promise<Partial<WayOutSettings>> {
  const folder = new Folder();
  const address = proxy.url.replace("http://", prefix);
  return { proxy: { file: folder.write("proxy", address) }, ca: folder.write("ca.pem", ca.certificate) };
}

async function speechless(): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.6\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Null: from the CA that is trusted. */
async function showing(from: string | null, name: string): Promise<string> {
  const tls = (from === null ? ca : new FakeCa(from)).issue({ names: [name] });
  return (await proxyOutside({ hosts: {}, tls })).url;
}
