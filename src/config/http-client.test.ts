import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";

function load(httpClient: string) {
  return loadConfig(
    `wazuh: { alerts: /a }
http_client: ${httpClient}
destinations: { chat: { type: slack, webhook: { env: SLACK } } }
policies: [{ name: a, when: { rule.id: 504 }, tell: [chat] }]`,
    "riposte.yaml",
    testConnectors,
  );
}

test("nothing is said: everything goes straight out", () => {
  expect(load("{}")).toMatchObject({
    config: { httpClient: { proxy: null, noProxy: [], ca: null, cert: null, key: null } },
  });
});

test.each([
  ["http://proxy.example:3128", "http://proxy.example:3128"],
  ['"https://[fd00::1]"', "https://[fd00::1]"],
  ["{ env: HTTPS_PROXY }", { env: "HTTPS_PROXY" }],
  ["{ file: /etc/riposte/proxy }", { file: "/etc/riposte/proxy" }],
])("proxy: %s is taken", (written, proxy) => {
  expect(load(`{ proxy: ${written} }`)).toMatchObject({ config: { httpClient: { proxy } } });
});

test.each([
  ["3128", "expected a proxy's address, or { file: … } or { env: … } where a password is in it"],
  ["null", "expected a proxy's address"],
  ["proxy.example:3128", "neither http:// nor https://"],
  ["socks5://proxy.example:1080", "neither http:// nor https://; other kinds of proxy are not supported"],
  ["http://proxy.example:3128/pac?token=not-a-real-secret", "a proxy's address ends with its port"],
  ["http://a:not-a-real-secret@proxy.example:3128", "a login does not belong in this file"],
  ["http://not-a-real-secret@proxy.example:3128", "a login does not belong in this file"],
  ['"http://a:%not-a-real-secret@proxy.example"', "percent-encoded"],
  ["{ file: proxy }", "expected an absolute path"],
  ["{ file: /a, env: A }", "either file or env, not both"],
  ["[http://proxy.example]", "expected { file: /etc/riposte/NAME }, { env: NAME } or { aws: NAME }"],
])("proxy: %s is refused with the place and what to do, and not repeated", (written, says) => {
  const loaded = load(`{ proxy: ${written} }`);

  expect(loaded).toMatchObject({ kind: "refused", errors: [{ line: 2 }] });
  const [error] = loaded.kind === "refused" ? loaded.errors : [];
  expect(error?.path).toMatch(/^http_client\.proxy(\.file)?$/);
  expect(error?.says).toContain(says);
  expect(error?.says).not.toContain("not-a-real-secret");
});

test("AWS is reached the same way, but for what is itself a secret in AWS", () => {
  expect(
    load("{ proxy: { file: /p }, no_proxy: [10.0.0.0/8], ca: /ca.pem, cert: /c.pem, key: { file: /k } }"),
  ).toMatchObject({
    config: { aws: { wayOut: { proxy: { file: "/p" }, ca: "/ca.pem", cert: "/c.pem", key: { file: "/k" } } } },
  });
  expect(load("{ proxy: { aws: proxy }, ca: /ca.pem, cert: /c.pem, key: { aws: client-key } }")).toMatchObject({
    config: { aws: { wayOut: { proxy: null, ca: "/ca.pem", cert: null, key: null } } },
  });
});
