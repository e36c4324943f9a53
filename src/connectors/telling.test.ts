import { expect, it } from "vitest";
import { bruteForce, withMoments } from "../../test/fixtures/pictures.ts";
import type { MomentKind } from "../core/moments.ts";
import { leadingMoment } from "./telling.ts";

it.each<[readonly MomentKind[], MomentKind]>([
  [["opened", "note"], "opened"],
  [["opened", "action", "note"], "opened"],
  [["escalated", "note", "resolved", "note"], "resolved"],
  [["action", "note"], "note"],
  [["note"], "note"],
])("what is told of %j together is headed by %s", (kinds, lead) => {
  const { moments } = withMoments({ ...bruteForce(), moments: [] }, ...kinds);

  expect(leadingMoment(moments)?.kind).toBe(lead);
});
