import { expect, test } from "vitest";
import { saidByEnvironment, settingsOf, type SaidOf } from "./settings.ts";

const least: SaidOf = {
  to: { value: "https://riposte:8443/", where: "--to" },
  token_file: { value: "/etc/riposte/token", where: "--token-file" },
};

test("two settings are enough", () => {
  expect(settingsOf(least)).toEqual({
    kind: "settings",
    settings: {
      alerts: "/var/ossec/logs/alerts/alerts.json",
      to: "https://riposte:8443",
      tokenFile: "/etc/riposte/token",
      ca: null,
      cert: null,
      key: null,
      state: "/var/lib/riposte-forward",
      node: null,
      start: "end",
      compress: "zstd",
    },
  });
});

test("what is said first counts: flags before the environment before the file", () => {
  const flags: SaidOf = { node: { value: "by/flag", where: "--node" } };
  const { said } = saidByEnvironment({ RIPOSTE_FORWARD_NODE: "by/env", RIPOSTE_FORWARD_COMPRESS: "gzip", HOME: "/" });
  const file: SaidOf = { ...least, compress: { value: "off", where: "f:1:1 compress" } };

  expect(settingsOf(flags, said, file)).toMatchObject({ settings: { node: "by/flag", compress: "gzip" } });
});

test("a misspelt variable is told, and not passed over", () => {
  const { mistakes } = saidByEnvironment({ RIPOSTE_FORWARD_TOKENFILE: "/x", RIPOSTE_FORWARD_CONFIG: "/y" });

  expect(mistakes).toEqual(["RIPOSTE_FORWARD_TOKENFILE: unknown variable. Did you mean RIPOSTE_FORWARD_TOKEN_FILE?"]);
});

const wrong: readonly [name: string, value: string, says: string][] = [
  ["to", "riposte:8443", "not a URL. Example: https://riposte.example.net:8443"],
  ["to", "ftp://riposte", "not a URL"],
  ["to", "http://riposte:8080", "http: would show the token and the alerts to everybody on the way"],
  ["to", "https://me:pw@riposte", "a login does not belong here: the token goes in token_file"],
  ["to", "https://riposte/?a=b", "nothing may follow the path"],
  ["alerts", "alerts.json", "expected an absolute path"],
  ["token_file", "token", "expected an absolute path"],
  ["cert", "/etc/c.pem", "needs key beside it"],
  ["key", "/etc/k.pem", "needs cert beside it"],
  ["key", "/etc/riposte/token", "token_file: is the same file as key"],
  ["node", "wäzuh/1", "expected a name in ASCII"],
  ["start", "beginnig", "expected end, beginning or a time with its zone. Did you mean beginning?"],
  ["start", "2026-11-20T10:00", "this time has no zone"],
  ["compress", "gzipp", "expected one of zstd, gzip, off. Did you mean gzip?"],
  ["tls", "on", "expected off, or nothing"],
];
test.each(wrong)("%s: %s is refused with what to write", (key, value, says) => {
  const read = settingsOf({ ...least, [key]: { value, where: `forward.yaml:3:5 ${key}` } });

  expect(read.kind === "wrong" ? read.mistakes.join("\n") : "").toContain(says);
});

test.each([
  ["http://127.0.0.1:8080", undefined],
  ["http://localhost:8080", undefined],
  ["http://[::1]:8080", undefined],
  ["http://riposte:8080", "off"],
])("%s is taken where nobody listens in on it, or tls is %s", (to, tls) => {
  const said = { ...least, to: { value: to, where: "--to" }, ...(tls && { tls: { value: tls, where: "--tls" } }) };

  expect(settingsOf(said).kind).toBe("settings");
});

test("without a server or anything to be known by, both are missed at once", () => {
  const read = settingsOf({});

  expect(read).toMatchObject({
    mistakes: [expect.stringContaining("to: is missing"), expect.stringContaining("token_file: is missing")],
  });
});

test("a client certificate stands in place of a token", () => {
  const { token_file: _, ...others } = least;
  const said: SaidOf = {
    ...others,
    cert: { value: "/c.pem", where: "--cert" },
    key: { value: "/k.pem", where: "--key" },
  };

  expect(settingsOf(said)).toMatchObject({ settings: { tokenFile: null, cert: "/c.pem" } });
});
