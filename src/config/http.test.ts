import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";

function load(http: string) {
  return loadConfig(
    `wazuh: { alerts: /a }
http: ${http}
destinations: { chat: { type: slack, webhook: { env: SLACK } } }
policies: [{ name: a, when: { rule.id: 504 }, tell: [chat] }]`,
    "riposte.yaml",
    testConnectors,
  );
}

const files = "{ certificate: /c.pem, key: /k.pem }";
const mutual = "{ certificate: /c.pem, key: /k.pem, client_ca: /ca.pem }";

test("the short form opens a port for health and numbers, and names nobody", () => {
  expect(load("{ listen: 127.0.0.1:8080 }")).toMatchObject({
    config: { http: { host: "127.0.0.1", port: 8080, tls: null, tokens: [] } },
  });
});

test("all that may be said comes out as it was meant", () => {
  const tokens = `[
  { name: master, secret: { file: /t/master }, may: [send] },
  { name: rule, secret: { env: RULE_TOKEN }, may: [hooks, send] },
  { name: grafana, certificate: grafana.corp.example, role: viewer },
  { name: oncall, secret: { file: /t/oncall }, role: responder },
  { name: root, secret: { file: /t/root }, role: admin } ]`;

  expect(load(`{ listen: "0.0.0.0:8443", tls: ${mutual}, tokens: ${tokens} }`)).toMatchObject({
    config: {
      http: {
        host: "0.0.0.0",
        port: 8443,
        tls: { certificate: "/c.pem", key: "/k.pem", clientCa: "/ca.pem" },
        tokens: [
          { name: "master", proof: { kind: "secret", secret: { file: "/t/master" } }, may: ["send"] },
          { name: "rule", proof: { kind: "secret", secret: { env: "RULE_TOKEN" } }, may: ["send", "hooks"] },
          { name: "grafana", proof: { kind: "certificate", subject: "grafana.corp.example" }, may: ["read"] },
          { name: "oncall", may: ["read", "act"] },
          { name: "root", may: ["send", "hooks", "read", "act"] },
        ],
      },
    },
  });
});

test.each(["off", "false"])("tls: %s is taken at the word, on any address", (word) => {
  const tokens = "[{ name: a, secret: { env: A }, role: viewer }]";

  expect(load(`{ listen: "0.0.0.0:80", tls: ${word}, tokens: ${tokens} }`)).toMatchObject({
    config: { http: { tls: "off" } },
  });
});

test.each(["127.0.0.1:80", "127.9.9.9:80", '"[::1]:80"', "localhost:80"])(
  "on this machine alone (%s) tokens need no TLS",
  (listen) => {
    expect(load(`{ listen: ${listen}, tokens: [{ name: a, secret: { env: A }, role: viewer }] }`).kind).toBe("loaded");
  },
);

const one = (token: string, tls = files): string => `{ listen: "0.0.0.0:8443", tls: ${tls}, tokens: [${token}] }`;

test.each([
  [
    '{ listen: "0.0.0.0:8443", tokens: [{ name: a, secret: { env: A }, role: viewer }] }',
    "http.tokens: without tls anybody on the way to 0.0.0.0 could read the tokens. Write tls: { certificate: /etc/riposte/tls.crt, key: /etc/riposte/tls.key }, or tls: off where a proxy before Riposte ends TLS",
  ],
  [
    '{ listen: "0.0.0.0:8443", tls: on, tokens: [] }',
    "http.tls: expected { certificate: /etc/riposte/tls.crt, key: /etc/riposte/tls.key }, or off where a proxy before Riposte ends TLS",
  ],
  [
    '{ listen: "0.0.0.0:8443", tls: { certificate: c.pem, key: /k.pem } }',
    "http.tls.certificate: expected an absolute path",
  ],
  [
    '{ listen: "0.0.0.0:8443", tls: { certificate: /c.pem } }',
    "http.tls.key: is missing. Example: /etc/riposte/tls.key",
  ],
  ['{ listen: "0.0.0.0:8443", tls: { certificate: /c, key: /k, ca: /ca } }', "http.tls.ca: unknown key"],
  [one("{ name: a, role: viewer }"), "http.tokens[0]: says not how it is known. Write secret:"],
  [
    one("{ name: a, secret: { env: A } }"),
    "http.tokens[0]: may nothing. Write may: [send] (send, hooks, read, act) or role: viewer",
  ],
  [one("{ name: a, secret: { env: A }, may: [] }"), "http.tokens[0].may: too few: at least 1"],
  [
    one("{ name: a, secret: { env: A }, may: [sent] }"),
    "http.tokens[0].may[0]: expected one of send, hooks, read, act. Did you mean send?",
  ],
  [
    one("{ name: a, secret: { env: A }, role: responders }"),
    "http.tokens[0].role: expected one of viewer, responder, admin. Did you mean responder?",
  ],
  [
    one("{ name: a, secret: { env: A }, may: [send], role: admin }"),
    "http.tokens[0].role: either may or role, not both",
  ],
  [
    one("{ name: a, secret: not-a-real-secret, role: admin }"),
    "http.tokens[0].secret: a secret itself does not belong in this file",
  ],
  [
    one("{ name: a b, secret: { env: A }, role: admin }"),
    "http.tokens[0].name: a name has letters, digits and hyphens",
  ],
  [one("{ name: a, certificate: a.example, role: viewer }"), "http.tokens[0].certificate: needs client_ca in http.tls"],
  [
    one("{ name: a, certificate: a.example, secret: { env: A }, role: viewer }", mutual),
    "http.tokens[0].certificate: either secret or certificate",
  ],
  [
    one("{ name: a, secret: { env: A }, role: viewer }, { name: a, secret: { env: B }, role: viewer }"),
    "http.tokens[1].name: another token has this name",
  ],
  [
    one("{ name: a, secret: { env: A }, role: viewer }, { name: b, secret: { env: A }, role: viewer }"),
    "http.tokens[1].secret: another token has this secret",
  ],
  [
    one("{ name: a, certificate: x, role: viewer }, { name: b, certificate: x, role: viewer }", mutual),
    "http.tokens[1].certificate: another token has this",
  ],
])("http: %s is refused with the place and what to do", (http, says) => {
  const loaded = load(http);

  const lines = loaded.kind === "refused" ? loaded.errors.map((error) => `${error.path}: ${error.says}`) : [];
  expect(lines).toEqual([expect.stringContaining(says)]);
  expect(lines[0]).not.toContain("not-a-real-secret");
});

test("a client_ca that lets nobody in is pointed out", () => {
  const tokens = "[{ name: a, secret: { env: A }, role: viewer }]";

  expect(load(`{ listen: "0.0.0.0:8443", tls: ${mutual}, tokens: ${tokens} }`)).toMatchObject({
    kind: "loaded",
    warnings: [{ path: "http.tls.client_ca", says: expect.stringContaining("nobody gets in by one") }],
  });
});
