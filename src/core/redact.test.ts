import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, USUAL_REDACTION } from "./redact.ts";
import { secretNames } from "./secret-names.ts";
import { secretHint, secretSpans } from "./secret-spans.ts";

const usual = createRedactor(USUAL_REDACTION);

function shown(text: string): string {
  return usual.text(text, []);
}

function lineOf(document: object, redactor = usual): unknown {
  return JSON.parse(redactor.line(JSON.stringify(document)).line);
}

describe("what a text does not show", () => {
  test.each([
    ["mysql -u root -phunter2 shop", "mysql -u root -p[redacted] shop"],
    ["mysqldump --password=hunter2 --all", "mysqldump --password=[redacted] --all"],
    ["some-tool -u bob -p hunter2 run", "some-tool -u bob -p [redacted] run"],
    ["PGPASSWORD=hunter2 psql -h db", "PGPASSWORD=[redacted] psql -h db"],
    ["PGPASSWORD='hunter two' psql", "PGPASSWORD='[redacted]' psql"],
    [`x --password=hun'ter'"2" y`, "x --password=[redacted] y"],
    ["password=hunter2,with&signs;in", "password=[redacted]"],
    ["curl -u bob:hunter2 https://x.example", "curl -u bob:[redacted] https://x.example"],
    ["curl -ubob:hunter2 x.example", "curl -ubob:[redacted] x.example"],
    ["smbclient -U bob%hunter2 //nas/x", "smbclient -U bob%[redacted] //nas/x"],
    ["curl -H 'Authorization: Bearer abc.def' x", "curl -H 'Authorization: Bearer [redacted]' x"],
    ['-H "Authorization: Basic Ym9iOmh1bnRlcjI=" x', '-H "Authorization: Basic [redacted]" x'],
    ["Authorization: Digest username=bob, response=abc\nHost: x", "Authorization: [redacted]\nHost: x"],
    ["Cookie: a=b; c=d", "Cookie: [redacted]"],
    ["GET https://bob:hunter2@x.example/a?b=c", "GET https://bob:[redacted]@x.example/a?b=c"],
    ["GET /a?token=hunter2&page=3 HTTP/1.1", "GET /a?token=[redacted]&page=3 HTTP/1.1"],
    ["/blob?se=2026&sig=a%2Bb%3D&sp=r", "/blob?se=2026&sig=[redacted]&sp=r"],
    ["AWS_SECRET_ACCESS_KEY=wJalrXUtn/K7MD aws s3 ls", "AWS_SECRET_ACCESS_KEY=[redacted] aws s3 ls"],
    ["by AKIAIOSFODNN7EXAMPLE now", "by [redacted] now"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4 end", "jwt [redacted] end"],
    ["xoxb-123456789-abcdefgh", "[redacted]"],
    ["https://hooks.slack.com/services/T000/B000/abc", "https://hooks.slack.com/services/[redacted]"],
    ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted]"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\nend", "[redacted]\nend"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE that was cut", "[redacted]"],
    ['{"password":"hunter2","user":"bob"}', '{"password":"[redacted]","user":"bob"}'],
    [String.raw`{\"password\":\"hunter2\",\"user\":1}`, String.raw`{\"password\":\"[redacted]\",\"user\":1}`],
    ["Server=x;Uid=bob;Pwd=hunter2;Database=z", "Server=x;Uid=bob;Pwd=[redacted];Database=z"],
    ["net user bob hunter2 /add", "net user bob [redacted] /add"],
    ["echo bob:hunter2 | chpasswd", "echo [redacted]| chpasswd"],
    ["sshpass -p hunter2 ssh bob@x", "sshpass -p [redacted] ssh bob@x"],
    ["psexec -u bob -p hunter2 cmd", "psexec -u bob -p [redacted] cmd"],
    ["xfreerdp /u:bob /p:hunter2 /v:x", "xfreerdp /u:bob /p:[redacted] /v:x"],
    ["connect -Password hunter2", "connect -Password [redacted]"],
    ['a0="tool" a1="--password" a2="hunter2"', 'a0="tool" a1="--password" a2="[redacted]"'],
    ["bob:$6$saltsalt$abcdefghijklmnopqrstuv:19000", "bob:[redacted]:19000"],
  ])("%s", (text, without) => {
    expect(shown(text)).toBe(without);
  });

  test.each([
    "Failed password for invalid user bob from 192.0.2.7 port 22 ssh2",
    "sudo: bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/ls -p",
    "ssh -l bob -p 2222 x.example",
    "sudo -u bob mkdir -p /srv/x",
    "docker run -u 1000:1000 -p 80:80 nginx",
    "sqlmap -u http://x.example/?a=1",
    "Elevated Token:\t\tYes\r\nImpersonation Level:\t\t-",
    "bypass=1 compass: north",
    "curl $TOKEN --password=$PASSWORD",
    "oval:ssg-no_empty_password:def:1",
    "ssh://git@x.example/a.git",
  ])("what is no secret stays: %s", (text) => {
    expect(shown(text)).toBe(text);
  });

  test("how long a secret was can't be seen", () => {
    expect(shown("password=a1b2c3")).toBe(shown(`password=${"a1b2c3".repeat(1_000)}`));
  });

  test("what looks like more secrets than any log has is left out whole", () => {
    expect(shown("password=x ".repeat(1_000))).toBe("[redacted]");
  });

  test("what was taken out is not taken for a secret again", () => {
    const once = shown("curl -u bob:hunter2 'https://a:b@x/?token=c' --password d");
    expect(shown(once)).toBe(once);
  });
});

describe("what a line does not show", () => {
  test("a line in which nothing is looks the same to the byte, odd numbers and all", () => {
    const line = '{"rule":{"id":"1","level":3 },"data":{"n":12345678901234567890,"n":1.0}}';
    expect(usual.line(line)).toEqual({ line, values: [], found: [] });
  });

  test("all else of a line stays as it is written", () => {
    const line = String.raw`{"n":12345678901234567890, "a":"x\/y","password":"p" ,"a":"é"}`;
    expect(usual.line(line).line).toBe(
      String.raw`{"n":12345678901234567890, "a":"x\/y","password":"[redacted]" ,"a":"é"}`,
    );
  });

  test("a value under a secret's name, whatever its kind, and the same value elsewhere", () => {
    const document = {
      data: { db: { password: "hunter2!", pin_token: 4711, keys: { api_key: ["a", "b"] } } },
      full_log: "said hunter2! aloud",
    };
    expect(lineOf(document)).toEqual({
      data: {
        db: { password: "[redacted]", pin_token: "[redacted]", keys: { api_key: ["[redacted]", "[redacted]"] } },
      },
      full_log: "said [redacted] aloud",
    });
  });

  test("arguments that stand one by one are read as one command", () => {
    expect(
      lineOf({
        execve: { a0: "mysql", a1: "-phunter2", a2: "--token", a3: "two words" },
        argv: ["curl", "-u", "bob:hunter2"],
      }),
    ).toEqual({
      execve: { a0: "mysql", a1: "-p[redacted]", a2: "--token", a3: "[redacted]" },
      argv: ["curl", "-u", "bob:[redacted]"],
    });
  });

  test("a word that is written in escapes is the same word", () => {
    expect(JSON.parse(usual.line(String.raw`{"a":"\u0070assword=hunter2","b":"https:\/\/a:hunter2@x"}`).line)).toEqual({
      a: "password=[redacted]",
      b: "https://a:[redacted]@x",
    });
  });

  test("what is left out is told by its field and its kind, and not by its value", () => {
    const { found } = usual.line(JSON.stringify({ data: { command: "x --password=hunter2" } }));
    expect(found).toEqual([{ path: "data.command", kind: "a value with the name of a secret" }]);
  });

  test("fields that are named go whole, and their values wherever they stand by themselves", () => {
    const redactor = createRedactor({ secrets: true, names: [], fields: ["data.srcuser", "agent"] });
    const document = {
      agent: { id: "003", name: "web-01" },
      data: { srcuser: "Bob" },
      full_log: "bob on web-01, not bobby",
    };
    expect(lineOf(document, redactor)).toEqual({
      agent: { id: "[redacted]", name: "[redacted]" },
      data: { srcuser: "[redacted]" },
      full_log: "[redacted] on [redacted], not bobby",
    });
  });

  test("names of one's own are secrets as well, and the usual ones can stay", () => {
    const redactor = createRedactor({ secrets: true, names: ["employee_pin"], fields: [] });
    expect(lineOf({ employee_pin: 12, log: "employee_pin=34" }, redactor)).toEqual({
      employee_pin: "[redacted]",
      log: "employee_pin=[redacted]",
    });
    const lax = createRedactor({ secrets: false, names: [], fields: ["a"] });
    expect(lineOf({ a: "gone", b: "password=hunter2" }, lax)).toEqual({ a: "[redacted]", b: "password=hunter2" });
  });
});

const PIECES = [
  "password",
  "PASS",
  "token",
  "secret",
  "Authorization",
  "Cookie",
  "=",
  ":",
  ": ",
  "--",
  "-p",
  "-u ",
  "/p:",
  " ",
  "\n",
  "\t",
  '"',
  "'",
  "\\",
  "bob",
  "bob:x",
  "https://",
  "@",
  "&sig=",
  "?key=",
  "eyJabcdef.ghijk",
  "xoxb-abcdefghij",
  "AKIAIOSFODNN7EXAMPLE",
  "mysql",
  "sshpass ",
  "curl ",
  "echo ",
  "| chpasswd",
  "net user a b",
  "$6$abc$abcdefghijklmnopqrstuv",
  "-----BEGIN X PRIVATE KEY-----",
  "Bearer abcdefghijklmnopq",
  "-psecret",
  "é",
  ".",
  ",",
  "sk-abcdefghijklmnopq",
];

test("one look at a line is enough to tell that nothing is in it", () => {
  const names = secretNames([]);
  const mayHold = secretHint(names);
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })), { maxLength: 10 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      if (secretSpans(text, names).length === 0) return;
      expect(mayHold(text)).toBe(true);
      const line = JSON.stringify({ rule: { id: "1" }, a: text });
      expect(line.includes("\\u") || mayHold(line)).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

test("whatever stands in a line, it stays JSON", () => {
  const keys = fc.constantFrom("password", "a", "a1", "rule", "é", '"', "\\");
  const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((all) => all.join(""));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      texts,
      fc.double(),
      fc.constantFrom(true, null),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(keys, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(keys, tree), (document) => {
      const { line } = usual.line(JSON.stringify(document));
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
