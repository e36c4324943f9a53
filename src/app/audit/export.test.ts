import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import {
  openAnsweredIncident,
  AUDIT_KEY as known,
  PASSWORD,
  type AnsweredIncident,
} from "../../../test/fixtures/answered-incident.ts";
import { auditKeyFrom } from "../../../test/fixtures/audit-key.ts";
import { sha256 } from "../../core/sha256.ts";
import { openReader } from "../../store/queries.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import { StoreError } from "../../store/store.ts";
import { exportFrom, type ExportReport } from "./export.ts";
import { knownKeyOf } from "./signer.ts";
import { readTar } from "./tar.ts";
import { verify, type VerifyReport } from "./verify.ts";

let answered: AnsweredIncident;
let folder = "";
let bundle: ExportReport;

beforeAll(async () => {
  answered = await openAnsweredIncident();
  ({ folder } = answered);
  const report = await exportFrom({ config: answered.config, incident: 1, out: join(folder, "bundle") });
  if ("code" in report) throw new Error(report.message);
  bundle = report;
});
afterAll(() => rmSync(folder, { recursive: true }));

function files(of = join(folder, "bundle")): string[] {
  const found = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map(({ parentPath, name }) => join(parentPath, name).slice(of.length + 1)).toSorted();
}

function textOf(name: string): string {
  return readFileSync(join(folder, "bundle", name), "utf8");
}

async function verified(place: string, of: Partial<Parameters<typeof verify>[0]> = {}): Promise<VerifyReport> {
  const report = await verify({ config: null, secrets: answered.secrets, place, keys: [known], anchors: [], ...of });
  if ("code" in report) throw new Error(report.message);
  return report;
}

function script(place: string, ...shell: string[]): { readonly status: number | null; readonly says: string } {
  const [command = "sh", ...args] = shell;
  const { status, stdout, stderr } = spawnSync(command, [...args, join(place, "verify.sh")], { encoding: "utf8" });
  return { status, says: stdout + stderr };
}

const hasBusybox = spawnSync("busybox", ["true"]).status === 0;

describe("the evidence of an incident", () => {
  it("has its alerts, decisions, approvals, orders, what was told, and the rows of the audit with their seals", () => {
    expect(bundle).toMatchObject({ incident: 1, rows: 9, unsealed: 0, seals: 2, signedBy: known.key });
    expect(files()).toEqual([
      "README.txt",
      `SHA256SUMS`,
      `SHA256SUMS.${known.key}.sig`,
      "audit/rows/000001.jsonl",
      "audit/rows/000002.jsonl",
      "audit/seals.jsonl",
      "audit/segments/000001.txt",
      "audit/segments/000002.txt",
      "audit/signatures.txt",
      "incident/alerts.jsonl",
      "incident/config.json",
      "incident/incident.json",
      "incident/moments.jsonl",
      "incident/responses.jsonl",
      "incident/story.txt",
      "incident/told.jsonl",
      `keys/${known.key}.pem`,
      "verify.sh",
    ]);
    const whats = ["000001", "000002"].flatMap((name) =>
      textOf(`audit/rows/${name}.jsonl`)
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { what: string }).what),
    );
    expect(whats).toEqual([
      "response_planned",
      "response_held",
      "approval_refused",
      "response_allowed",
      "approve_response",
      "respond",
      "response_sent",
      "response_verified",
      "resolve",
    ]);
    expect(textOf("incident/story.txt")).toContain("ana approve response, R1");
    expect(textOf("README.txt")).toContain("HOW TO CHECK IT");
  });

  it("has no secret in it: none of an alert, no token that could speak for an agent, no key", () => {
    const { token, pem } = answered;
    const all = files()
      .map((name) => textOf(name))
      .join("\n");

    expect(textOf("incident/alerts.jsonl")).toContain("password=[redacted]");
    for (const secret of [PASSWORD, token, pem.split("\n")[1]!, sha256(PASSWORD)]) expect(all).not.toContain(secret);
    expect(all).not.toContain("PRIVATE KEY");
  });

  it("has nothing of another incident but the hashes of its rows", () => {
    const rows = textOf("audit/rows/000001.jsonl") + textOf("audit/rows/000002.jsonl");

    expect(rows).not.toContain('"incident":2');
    expect(textOf("audit/segments/000001.txt").split("\n").length).toBeGreaterThan(8);
  });

  it.each([["sh"], ["busybox", "sh"]].filter(([name]) => name !== "busybox" || hasBusybox))(
    "is found whole where there is no Riposte, by %s",
    (...shell) => {
      const { status, says } = script(join(folder, "bundle"), ...shell);

      expect(says).toContain("OK: 16 files, 9 rows of the audit and 2 seals are as they were.");
      expect(says).toContain("2 seals carry a signature that holds");
      expect(says).toContain(`The export itself is signed with key ${known.key}`);
      expect(says).toContain(`The last seal: segment 2, ${bundle.lastSeal?.hash}`);
      expect(status).toBe(0);
    },
  );

  it("is found whole by Riposte, with the key and the seals that came another way", async () => {
    const anchors = [{ segment: 2, hash: bundle.lastSeal!.hash }];

    expect(await verified(join(folder, "bundle"), { anchors })).toMatchObject({
      fault: null,
      kind: "export",
      rows: 9,
      signaturesChecked: 2,
      anchorsHeld: 1,
    });
    const other = knownKeyOf(auditKeyFrom("another"))!;
    expect((await verified(join(folder, "bundle"), { keys: [other] })).fault?.says).toContain("not signed with a key");
    const wrong = [{ segment: 2, hash: "0123456789abcdef" }];
    expect((await verified(join(folder, "bundle"), { anchors: wrong })).fault?.segment).toBe(2);
  });
});

describe("an export that was tampered with", () => {
  /** Whoever changes a file changes what is said of it as well, as far as he can. */
  function tampered(change: (place: string) => void, keepsSums = false): string {
    const place = mkdtempSync(join(folder, "tampered-"));
    cpSync(join(folder, "bundle"), place, { recursive: true });
    change(place);
    if (keepsSums) return place;
    rmSync(join(place, `SHA256SUMS.${known.key}.sig`));
    const lines = files(place)
      .filter((name) => name !== "SHA256SUMS")
      .map((name) => `${sha256(readFileSync(join(place, name), "utf8"))}  ${name}\n`);
    writeFileSync(join(place, "SHA256SUMS"), lines.join(""));
    return place;
  }
  const edit = (name: string, from: string | RegExp, to: string) => (place: string) => {
    const text = readFileSync(join(place, name), "utf8");
    expect(text).toMatch(from);
    writeFileSync(join(place, name), text.replace(from, to));
  };

  it.each<[what: string, change: (place: string) => void, says: RegExp, keepsSums?: boolean]>([
    [
      "a word of a row",
      edit("audit/rows/000001.jsonl", '"who":"ana"', '"who":"eve"'),
      /row \d+ .*not the one that was sealed/,
    ],
    [
      "a row put in",
      edit("audit/rows/000002.jsonl", /^/, '{"id":99,"before":""}\n'),
      /row 99 .*not the one that was sealed/,
    ],
    [
      "a hash of a segment",
      edit("audit/segments/000002.txt", /^\d+ ./, "9 0"),
      /segments?.*(?:not what was sealed|not those that were sealed)/,
    ],
    ["a time in a seal", edit("audit/seals.jsonl", /"sealedAt":1/, '"sealedAt":2'), /seal of segment 1/],
    ["a seal taken out", edit("audit/seals.jsonl", /^.*\n/, ""), /seal of segment 2/],
    ["a signature", edit("audit/signatures.txt", / (\S{10})\S{4}(\S+)\n/, " $1AAAA$2\n"), /sign/],
    [
      "a word of the story",
      edit("incident/story.txt", "pentest", "attack"),
      /story.txt is not the file that was exported/,
      true,
    ],
    ["a file put in", (place) => writeFileSync(join(place, "more.txt"), "x"), /more.txt was not exported/, true],
    ["a file taken out", (place) => rmSync(join(place, "incident/told.jsonl")), /told.jsonl is missing/, true],
    [
      "the sums, and not their signature",
      edit("SHA256SUMS", /$/, `${sha256("x")}  SHA256SUMS\n`),
      /SHA256SUMS is not|not signed/,
      true,
    ],
  ])("is seen by both: %s", async (_what, change, says, keepsSums) => {
    const place = tampered(change, keepsSums);

    const found = script(place);
    expect(found.says).toMatch(/^DIFFERS: /);
    expect(found.says).toMatch(says);
    expect(found.status).toBe(1);
    expect((await verified(place)).fault?.says).toMatch(says);
  });

  it("is seen by whoever kept a seal, though all of it was made anew", async () => {
    const place = tampered((at) => {
      const seals = readFileSync(join(at, "audit/seals.jsonl"), "utf8").replace(/"sealedAt":1\d*/, '"sealedAt":17');
      const [one = "", two = ""] = seals.split("\n");
      const second = two.replace(/"previous":"\w+"/, `"previous":"${sha256(one)}"`);
      writeFileSync(join(at, "audit/seals.jsonl"), `${one}\n${second}\n`);
      writeFileSync(join(at, "audit/signatures.txt"), `1 ${sha256(one)} - -\n2 ${sha256(second)} - -\n`);
    });

    expect(script(place)).toMatchObject({ status: 0, says: expect.stringContaining("No seal is signed") as string });
    expect((await verified(place)).fault?.says).toContain("not signed with a key");
    const anchors = [{ segment: 1, hash: textOf("audit/signatures.txt").split(" ")[1]! }];
    expect((await verified(place, { keys: [], anchors })).fault?.says).toContain("is not the one that was kept");
  });
});

describe("an archive", () => {
  it("of the whole audit is one that tar reads, and says what is not sealed yet", async () => {
    const out = join(folder, "all.tar");
    const report = await exportFrom({ config: answered.config, incident: null, out });
    expect(report).toMatchObject({ incident: null, unsealed: 1, seals: 2 });

    const place = mkdtempSync(join(folder, "unpacked-"));
    expect(spawnSync("tar", ["-xf", out, "-C", place]).status).toBe(0);
    expect(statSync(join(place, "verify.sh")).mode & 0o100).toBe(0o100);
    const { status, says } = script(place);
    expect(says).toContain("1 of the rows were not sealed yet");
    expect(status).toBe(0);
    expect(await verified(out)).toMatchObject({ fault: null, unsealed: 1, rows: (report as ExportReport).rows });

    const again = join(folder, "again.tar");
    spawnSync("tar", ["-cf", again, "-C", folder, "bundle"]);
    expect(await verified(again)).toMatchObject({ fault: null, rows: 9 });
  });

  it("that is cut short is none", () => {
    const whole = readFileSync(join(folder, "all.tar"));
    expect(readTar(whole.subarray(0, 5_000))).toBeNull();
    expect(readTar(Buffer.from("x".repeat(600)))).toBeNull();
  });
});

describe("a place", () => {
  it("that is taken, or can't be, is not written to", async () => {
    const refused = async (out: string) =>
      (await exportFrom({ config: answered.config, incident: 1, out })) as { message: string };

    expect((await refused(join(folder, "bundle"))).message).toContain("is there already");
    expect((await refused(join(folder, "none", "bundle"))).message).toContain("is no folder that is there");
    expect(
      (await exportFrom({ config: answered.config, incident: 77, out: join(folder, "x") })) as object,
    ).toMatchObject({
      message: "there is no incident #77",
    });
    expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

test("the database itself is verified by its config, by its file, and with what it says of responses", async () => {
  const { config, database } = answered;
  const at = { config, place: null, keys: [] };
  expect(await verified("", at)).toMatchObject({ fault: null, kind: "database", unsealed: 1, signaturesChecked: 2 });
  expect(await verified(database)).toMatchObject({ fault: null, segments: 2 });

  const copy = join(folder, "copy.db");
  cpSync(database, copy);
  const store = openSqliteStore({ path: copy, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  const reader = openReader(copy);
  if (reader instanceof StoreError) throw reader;
  const response = (await reader.responding.response(1))!;
  store.commit([{ table: "response", row: { ...response, state: "lifted" } }]);
  await reader.close();
  store.close();
  expect((await verified(copy)).fault?.says).toBe("R1 is lifted, and the audit says that it became verified");
});
