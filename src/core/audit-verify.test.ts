import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { signerOf } from "../app/audit/signer.ts";
import { auditKeyFrom } from "../../test/fixtures/audit-key.ts";
import { chainOf, INSTALL, verdictOf } from "../../test/fixtures/audit-rows.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { sealsOf } from "../../test/fixtures/sealed-rows.ts";
import { auditLine, chained } from "./audit-chain.ts";
import { sha256 } from "./sha256.ts";
import { differingRow, nextSeal, sealLine, SEGMENT_ROWS, whyNotNext, type Seal } from "./audit-seal.ts";
import type { AuditRow } from "./change.ts";
import { DAY_MS, MINUTE_MS } from "./time.ts";

const rows = chainOf(12, (id) => (id % 3 === 0 ? { incident: id, response: 7, detail: '{"was":null}' } : {}));
const seals = sealsOf(rows, [4, 4], INSTALL);
const head = rows.at(-1)!.hash!;

test("the form in which rows and seals are hashed is the one that exports have had since there are any", () => {
  const row = { id: 7, at: 1_795_435_200_000, who: "anä\n", what: "resolve", about: "#12", incident: 12 };

  expect(auditLine(row, "ab")).toBe(
    String.raw`{"id":7,"at":1795435200000,"who":"anä\n","what":"resolve","about":"#12","incident":12,"response":null,"detail":null,"before":"ab"}`,
  );
  expect(chained(row, "ab").hash).toBe("f65c520be7210969d3b01430aca28a04b723736705492d446d13fb975a36da45");
  expect(sealLine(seals[1]!, INSTALL)).toBe(
    `{"v":1,"install":"abcd1234","segment":2,"firstId":5,"lastId":8,"count":4,"fromAt":1795435204000,"toAt":1795435207000,"sealedAt":1795435207000,"rows":"${seals[1]!.rows}","head":"${rows[7]!.hash}","previous":"${seals[0]!.hash}"}`,
  );
  expect(seals[1]!.hash).toBe("d4abaa9649e14989da760aca5fb82bde17183dcabcf04110f2c4b6e920d06a36");
});

describe("an audit that is whole", () => {
  it("is found so, with what is not sealed yet", async () => {
    expect(await verdictOf(rows, seals)).toMatchObject({ fault: null, rows: 12, segments: 2, unsealed: 4, head });
  });

  it("may be empty", async () => {
    expect(await verdictOf([], [])).toMatchObject({ fault: null, rows: 0, segments: 0 });
  });

  it("may have lost rows to retention, whose seals stay", async () => {
    const later = { now: noon + 401 * DAY_MS };
    expect(await verdictOf(rows.slice(4), seals, later)).toMatchObject({ fault: null, gone: 1, rows: 8 });
    expect(await verdictOf(rows.slice(8), seals, later)).toMatchObject({ fault: null, gone: 2, rows: 4 });
    expect(await verdictOf([], seals, { ...later, head: seals[1]!.head, lastId: 8 })).toMatchObject({ fault: null });
  });

  it("may begin with rows from before rows were chained, which their seal alone knows", async () => {
    const found = [1, 2, 3].map((id): AuditRow => ({ id, at: noon, who: "ben", what: "resolve", about: `#${id}` }));
    const after = chained({ ...found[0]!, id: 4 }, "");
    const mixed = [...found, after, chained({ ...found[0]!, id: 5 }, after.hash)];

    expect(await verdictOf(mixed, [])).toMatchObject({ fault: null, foundRows: 3, unsealed: 5 });
    for (const counts of [[2, 3], [3, 2], [2, 2], [5]])
      expect(await verdictOf(mixed, sealsOf(mixed, counts, INSTALL))).toMatchObject({ fault: null, foundRows: 3 });
    const old = { now: noon + 401 * DAY_MS };
    expect(await verdictOf(mixed.slice(2), sealsOf(mixed, [2, 3], INSTALL), old)).toMatchObject({ fault: null });
    const changed = mixed.with(1, { ...mixed[1]!, who: "eve" });
    expect((await verdictOf(changed, sealsOf(mixed, [2, 3], INSTALL))).fault?.segment).toBe(1);
  });
});

describe("what is found", () => {
  const remade = (from: number, of: Partial<AuditRow>): AuditRow[] => {
    let before = rows[from - 2]?.hash ?? "";
    return rows.map((row, i) => {
      if (i < from - 1) return row;
      const next = chained({ ...row, ...(i === from - 1 && of) }, before);
      before = next.hash;
      return next;
    });
  };
  const without = (...ids: number[]): AuditRow[] => rows.filter(({ id }) => !ids.includes(id));
  const { hash: _, ...bare } = rows[5]!;

  it.each<
    [what: string, of: AuditRow[], sealed: readonly Seal[], says: string, segment: number | null, row: number | null]
  >([
    [
      "a sealed row that was rewritten",
      rows.with(5, { ...rows[5]!, about: "#9" }),
      seals,
      "row 6 is not as it was written",
      2,
      6,
    ],
    [
      "one that waits and was rewritten",
      rows.with(9, { ...rows[9]!, who: "eve" }),
      seals,
      "row 10 is not as it was written",
      null,
      10,
    ],
    [
      "a sealed row that was rewritten, with all hashes behind it",
      remade(6, { who: "eve" }),
      seals,
      "not those that were sealed",
      2,
      null,
    ],
    ["a sealed row that is missing", without(6), seals, "row 6 is missing", 2, 6],
    ["the first of a segment that is missing", without(5, 6), seals, "rows 5 to 6 are missing", 2, 5],
    ["the last of a segment that is missing", without(8), seals, "row 8 is missing", 2, 8],
    ["one that waits and is missing", without(11), seals, "row 11 is missing", null, 11],
    ["rows of a segment that are too young to be gone", without(1, 2, 3, 4), seals, "too young to have gone", 1, null],
    ["a row that lost its hash", rows.with(5, bare), seals, "row 6 has lost its hash", 2, 6],
    [
      "a seal that was rewritten",
      rows,
      [seals[0]!, { ...seals[1]!, count: 3 }],
      "seal of segment 2 is not as it was written",
      2,
      null,
    ],
    ["a seal that is missing", rows, [seals[1]!], "the seal of segment 1 is missing", 1, null],
    [
      "a seal that was made anew",
      rows,
      [...sealsOf(rows, [3], INSTALL), seals[1]!],
      "does not follow that of segment 1",
      2,
      null,
    ],
    ["seals of another database", rows, sealsOf(rows, [4, 4], "other123"), "is not as it was written", 1, null],
    ["a row that no segment has", [{ ...rows[0]!, id: 0 }, ...rows], seals, "row 0 is in no segment", 1, 0],
  ])("is %s", async (_what, of, sealed, says, segment, row) => {
    const { fault } = await verdictOf(of, sealed, { head, lastId: 12 });

    expect(fault).toMatchObject({ segment, row });
    expect(fault?.says).toContain(says);
  });

  it("is that the newest rows are missing, as far as the database counts them apart", async () => {
    expect((await verdictOf(without(12), seals, { head, lastId: 12 })).fault?.says).toBe("row 12 is missing");
    const lesser = { head, lastId: 11 };
    expect((await verdictOf(without(12), seals, lesser)).fault?.says).toContain("not the last that was written");
  });

  it("is any change to any row or seal", async () => {
    const change = fc.record({
      at: fc.nat(11),
      key: fc.constantFrom("id", "at", "who", "what", "about", "incident", "response", "detail", "hash"),
      to: fc.oneof(fc.string(), fc.integer()),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, key, to }) => {
        const value = ["id", "at", "incident", "response"].includes(key) ? Number(to) || 0 : String(to);
        if (rows[at]![key as keyof AuditRow] === value) return;
        const other = rows.with(at, { ...rows[at]!, [key]: value });
        expect((await verdictOf(other, seals, { head, lastId: 12 })).fault).not.toBeNull();
      }),
    );
    const keys = [
      "segment",
      "firstId",
      "lastId",
      "count",
      "fromAt",
      "toAt",
      "sealedAt",
      "rows",
      "head",
      "previous",
      "hash",
    ] as const;
    for (const [i, seal] of seals.entries()) {
      for (const key of keys) {
        const other = seals.with(i, {
          ...seal,
          [key]: typeof seal[key] === "number" ? seal[key] + 1 : `${seal[key]}0`,
        });
        expect((await verdictOf(rows, other)).fault, `${key} of ${i}`).not.toBeNull();
      }
    }
  });
});

describe("signatures", () => {
  const [ours, hers] = ["ours", "hers"].map((name) => signerOf(auditKeyFrom(name))!) as [SignerOf, SignerOf];
  type SignerOf = NonNullable<ReturnType<typeof signerOf>>;
  const signed = sealsOf(rows, [4, 4], INSTALL, ours);
  const known = (...keys: SignerOf[]) => ({
    mustBeSigned: true,
    isSigned: (key: string, line: string, signature: string) => {
      const one = keys.find((each) => each.key === key);
      return one === undefined ? null : one.sign(line) === signature;
    },
  });

  it("hold where the key made them", async () => {
    expect(await verdictOf(rows, signed, known(ours))).toMatchObject({ fault: null, signaturesChecked: 2, signed: 2 });
    expect(await verdictOf(rows, signed)).toMatchObject({ fault: null, signaturesChecked: 0, signed: 2 });
  });

  it("of a later seal vouch for all before it, by whichever key those were signed or by none", async () => {
    const after = [seals[0]!, { ...signed[1]!, previous: seals[0]!.hash }];
    const line = sealLine(after[1]!, INSTALL);
    const last: Seal = { ...after[1]!, hash: sha256(line), key: hers.key, signature: hers.sign(line) };
    const firstUnsigned = [after[0]!, last];
    const firstOther = [{ ...signed[0]! }, last];

    expect(await verdictOf(rows, firstUnsigned, known(hers))).toMatchObject({ fault: null, signaturesChecked: 1 });
    expect(await verdictOf(rows, firstOther, known(hers))).toMatchObject({ fault: null, signaturesChecked: 1 });
  });

  it.each([
    ["were stripped", signed.map((seal) => ({ ...seal, key: null, signature: null })), "is not signed"],
    ["were made with a key that was not given", sealsOf(rows, [4, 4], INSTALL, hers), `is signed with key ${hers.key}`],
    ["are forged", signed.map((seal) => ({ ...seal, signature: hers.sign("x") })), "did not make"],
  ])("that %s are no proof", async (_what, forged, says) => {
    expect((await verdictOf(rows, forged, known(ours))).fault?.says).toContain(says);
  });
});

describe("a seal", () => {
  it("is made once rows have waited long enough, or are many", () => {
    const soon = rows[0]!.at + 9 * MINUTE_MS;
    expect(nextSeal(null, rows, soon, 10 * MINUTE_MS)).toBeNull();
    expect(nextSeal(null, rows, soon + MINUTE_MS, 10 * MINUTE_MS)).toMatchObject({
      segment: 1,
      firstId: 1,
      lastId: 12,
    });
    expect(nextSeal(null, rows, rows[0]!.at - DAY_MS, 10 * MINUTE_MS)).not.toBeNull();
    expect(nextSeal(null, chainOf(SEGMENT_ROWS + 1), noon, 10 * MINUTE_MS)).toMatchObject({ count: SEGMENT_ROWS });
    expect(nextSeal(null, [], noon, 0)).toBeNull();
  });

  it("goes behind the last one, and behind no other", () => {
    expect(whyNotNext(seals[1]!, seals[0]!, 12)).toBeNull();
    expect(whyNotNext(seals[1]!, null, 12)).toBe("segment 2 is not the next");
    expect(whyNotNext(seals[1]!, { ...seals[0]!, hash: "other" }, 12)).toBe("segment 2 follows another seal");
    expect(whyNotNext(seals[1]!, seals[0]!, 7)).toBe("its rows are not those that wait");
    expect(whyNotNext({ ...seals[1]!, firstId: 4 }, seals[0]!, 12)).toBe("its rows are not those that wait");
  });

  it("is no reason not to see that what it seals is not what was written", () => {
    expect(differingRow(seals[0]!, rows.slice(4))).toBeNull();
    expect(differingRow(null, rows)).toBeNull();
    expect(differingRow(seals[0]!, rows.slice(4).with(2, { ...rows[6]!, who: "eve" }))).toBe(7);
  });
});
