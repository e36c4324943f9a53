import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldMoments, type Moment, type MomentKind } from "./moments.ts";

const kinds: readonly MomentKind[] = ["opened", "escalated", "reopened", "acknowledged", "note", "resolved"];

function moment(kind: MomentKind, n: number): Moment {
  return { incident: 1, n, kind, at: n, severity: "high", count: n, by: null, text: null };
}

function told(...of: readonly MomentKind[]): readonly string[] {
  return foldMoments(of.map(moment)).map(({ kind }) => kind);
}

describe("moments that waited together", () => {
  it("are told without the steps that a later one makes old", () => {
    expect(told("opened", "resolved")).toEqual(["opened", "resolved"]);
    expect(told("resolved", "reopened")).toEqual(["reopened"]);
    expect(told("opened", "escalated", "escalated", "acknowledged")).toEqual(["opened", "escalated", "acknowledged"]);
    expect(told("acknowledged", "note", "resolved", "reopened", "resolved")).toEqual(["note", "reopened", "resolved"]);
  });

  it("stay in order, with every first word, every note and the last of all", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 30 }), (of) => {
        const moments = of.map(moment);
        const folded = foldMoments(moments);

        expect(folded).toEqual(moments.filter((one) => folded.includes(one)));
        expect(folded.at(-1)).toEqual(moments.at(-1));
        const said = moments.filter(({ kind }) => kind === "opened" || kind === "note");
        expect(folded).toEqual(expect.arrayContaining(said));
        expect(foldMoments(folded)).toEqual(folded);
      }),
    );
  });
});
