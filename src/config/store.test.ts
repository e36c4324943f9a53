import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";
import { folderOf, nameOfStore } from "./store.ts";

const REST = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
policies: [{ name: any, when: { rule.level: 3 }, tell: [] }]
`;

function load(store: string): unknown {
  const loaded = loadConfig(`store: ${store}\n${REST}`, "riposte.yaml", testConnectors);
  if (loaded.kind === "refused") return loaded.errors.map(({ line, column, path, says }) => [line, column, path, says]);
  const { store: found, socket } = loaded.config;
  return { store: found, socket, name: nameOfStore(found), folder: folderOf(loaded.config) };
}

test("a file on a local disk", () => {
  expect(load("sqlite:/srv/riposte/riposte.db")).toEqual({
    store: { kind: "sqlite", path: "/srv/riposte/riposte.db" },
    socket: "/srv/riposte/riposte.sock",
    name: "/srv/riposte/riposte.db",
    folder: "/srv/riposte",
  });
});

test.each([
  ["{ file: /etc/riposte/postgres }", { file: "/etc/riposte/postgres" }, "PostgreSQL (/etc/riposte/postgres)"],
  ["{ env: RIPOSTE_POSTGRES }", { env: "RIPOSTE_POSTGRES" }, "PostgreSQL (RIPOSTE_POSTGRES)"],
])("a PostgreSQL database, whose connection string is %s", (written, connection, name) => {
  expect(load(`{ postgres: ${written} }`)).toEqual({
    store: { kind: "postgres", connection },
    socket: "/var/lib/riposte/riposte.sock",
    name,
    folder: "/var/lib/riposte",
  });
});

const RULE =
  "expected sqlite: and an absolute path, or { postgres: { file: /etc/riposte/postgres } }. Example: sqlite:/var/lib/riposte/riposte.db";

test.each([
  ["mysql://db", [[1, 8, "store", RULE]]],
  ["{ file: /etc/riposte/postgres }", [[1, 8, "store", RULE]]],
  ["[]", [[1, 8, "store", RULE]]],
  [
    "{ postgres: { files: /etc/riposte/postgres } }",
    [[1, 20, "store.postgres", "expected { file: /etc/riposte/NAME }, { env: NAME } or { aws: NAME }"]],
  ],
  [
    "{ postgres: { file: etc/postgres } }",
    [[1, 28, "store.postgres.file", "expected an absolute path. Example: /etc/riposte/slack-webhook"]],
  ],
  ["{ postgres: { env: RIPOSTE_POSTGRES }, shema: x }", [[1, 47, "store.shema", "unknown key. Known here: postgres"]]],
])("%s is told what is wrong with it", (written, errors) => {
  expect(load(written)).toEqual(errors);
});

test.each(["postgres://riposte:canary-7f21@db/riposte", "{ postgres: postgres://riposte:canary-7f21@db/riposte }"])(
  "a connection string in the config is refused and not repeated (%#)",
  (written) => {
    const errors = JSON.stringify(load(written));

    expect(errors).toContain("does not belong in this file");
    expect(errors).not.toContain("canary");
  },
);
